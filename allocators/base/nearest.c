#include "allocators/base/nearest.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define TOLERATED 3 /* of so many letters, or one fewer, one may be wrong */
#define TOLERATED_OF_A_BEGINNING 4

void pl_nearest_begin(struct pl_nearest *n, const char *word)
{
    *n = (struct pl_nearest){.word = word};
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The rows of Levenshtein's table that are still needed. */
struct rows {
    size_t before[PL_NEAREST_MAX + 1], last[PL_NEAREST_MAX + 1], now[PL_NEAREST_MAX + 1];
};

/* The row of the letter a[i]. */
static void fill(struct rows *r, const char *a, size_t i, const char *b, size_t width)
{
    r->now[0] = i + 1;
    for (size_t k = 1; k <= width; k++) {
        size_t changed = r->last[k - 1] + (a[i] != b[k - 1]);
        r->now[k] = least(changed, least(r->last[k], r->now[k - 1]) + 1);
        if (i > 0 && k > 1 && a[i] == b[k - 2] && a[i - 1] == b[k - 1])
            r->now[k] = least(r->now[k], r->before[k - 2] + 1);
    }
    memcpy(r->before, r->last, sizeof r->last);
    memcpy(r->last, r->now, sizeof r->now);
}

void pl_nearest_try(struct pl_nearest *n, const char *name)
{
    struct rows rows = {.now = {0}};
    size_t width = strnlen(name, PL_NEAREST_MAX), beginning = strnlen(n->word, PL_NEAREST_MAX);
    for (size_t k = 0; k <= width; k++)
        rows.last[k] = k;
    for (size_t i = 0; n->word[i] && i < PL_NEAREST_MAX; i++)
        fill(&rows, n->word, i, name, width);
    for (size_t k = 0; k <= width; k++)
        beginning = least(beginning, rows.last[k]);
    size_t whole = rows.last[width];
    if (n->name[0] &&
        (beginning > n->beginning || (beginning == n->beginning && whole >= n->whole)))
        return;
    n->beginning = beginning;
    n->whole = whole;
    snprintf(n->name, sizeof n->name, "%.*s", (int)width, name);
}

void pl_nearest_try_list(struct pl_nearest *n, const char *names)
{
    static const char between[] = ", |";
    char name[PL_NEAREST_MAX + 1];
    for (const char *at = names + strspn(names, between); *at; at += strspn(at, between)) {
        size_t length = strcspn(at, between);
        snprintf(name, sizeof name, "%.*s", (int)least(length, PL_NEAREST_MAX), at);
        pl_nearest_try(n, name);
        at += length;
    }
}

/* A beginning is in many names: it has to be the better known. */
const char *pl_nearest_name(const struct pl_nearest *n)
{
    size_t length = strlen(n->word);
    bool all = n->whole <= (length + 1) / TOLERATED;
    bool beginning =
        length > 1 && n->word[0] == n->name[0] && n->beginning <= length / TOLERATED_OF_A_BEGINNING;
    return n->name[0] && (all || beginning) ? n->name : NULL;
}

void pl_nearest_end(const struct pl_nearest *n, const char *others, char *text, size_t capacity)
{
    const char *name = pl_nearest_name(n);
    snprintf(text, capacity, name ? "; did you mean %s?" : "; expected %s", name ? name : others);
}

void pl_nearest_say(const char *kind, const char *word, const char *names, char *text,
                    size_t capacity)
{
    struct pl_nearest nearest;
    char end[512];
    pl_nearest_begin(&nearest, word);
    pl_nearest_try_list(&nearest, names);
    pl_nearest_end(&nearest, names, end, sizeof end);
    const char *quote = *word && !strchr(word, ' ') ? "" : "'"; /* where a word ends must be seen */
    snprintf(text, capacity, "unknown %s %s%.60s%s%s", kind, quote, word, quote, end);
}
