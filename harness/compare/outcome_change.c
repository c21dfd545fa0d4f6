/* Counting ends (outcome_change.h). The enum of outcomes goes from good to bad. */
#include "harness/compare/outcome_change.h"

#include <stdio.h>
#include <string.h>

#include "harness/results/document.h"
#include "harness/stats/fisher.h"

#define LEVEL .05

/* One side's ends. */
struct ends {
    size_t counts[PL_OUTCOME_COUNT];
    size_t total;
    int worst;
};

static int outcome_of(const json_t *cell)
{
    const char *name = pl_document_string(cell, "outcome");
    int i = 0;
    while (i + 1 < PL_OUTCOME_COUNT && strcmp(pl_outcome_name((enum pl_outcome)i), name) != 0)
        i++;
    return i;
}

static struct ends ends_of(const json_t *const *cells, size_t count)
{
    struct ends e = {.total = count};
    for (size_t i = 0; i < count; i++) {
        int outcome = outcome_of(cells[i]);
        e.counts[outcome]++;
        e.worst = outcome > e.worst ? outcome : e.worst;
    }
    return e;
}

static void say(const struct ends *e, char *text, size_t capacity)
{
    const char *name = pl_outcome_name((enum pl_outcome)e->worst);
    if (e->counts[e->worst] == e->total)
        snprintf(text, capacity, "%s", name);
    else
        snprintf(text, capacity, "%s %zu of %zu", name, e->counts[e->worst], e->total);
}

/* Both sides have the same worst end. */
static enum pl_change compare_shares(const struct ends *base, const struct ends *new)
{
    size_t a = base->counts[base->worst], b = new->counts[new->worst];
    if (a * new->total == b * base->total)
        return PL_CHANGE_SAME;
    if (pl_fisher_greater(a, base->total, b, new->total) < LEVEL)
        return PL_CHANGE_WORSE;
    return pl_fisher_greater(b, new->total, a, base->total) < LEVEL ? PL_CHANGE_BETTER
                                                                    : PL_CHANGE_INCONCLUSIVE;
}

enum pl_change pl_outcome_compare(const struct pl_match *m, char why[PL_OUTCOME_WHY_MAX])
{
    char before[64], after[64];
    if (m->new_failure[0]) {
        snprintf(why, PL_OUTCOME_WHY_MAX, "%s", m->new_failure);
        return PL_CHANGE_WORSE;
    }
    struct ends base = ends_of(m->base, m->base_count), new = ends_of(m->new, m->new_count);
    bool ended_itself = new.worst >= PL_OUTCOME_CRASHED &&base.worst < PL_OUTCOME_CRASHED;
    const char *against = m->not_comparable[0] ? m->not_comparable
                          : m->not_exact[0]    ? m->not_exact
                                               : m->not_noisy;
    if (against[0] && !(ended_itself && against == m->not_noisy)) {
        snprintf(why, PL_OUTCOME_WHY_MAX, "%s", against);
        return PL_CHANGE_NOT_COMPARABLE;
    }
    say(&base, before, sizeof before);
    say(&new, after, sizeof after);
    bool alike = strcmp(before, after) == 0;
    snprintf(why, PL_OUTCOME_WHY_MAX, alike ? "%s" : "%s, then %s", before, after);
    if (new.worst != base.worst)
        return new.worst > base.worst ? PL_CHANGE_WORSE : PL_CHANGE_BETTER;
    return compare_shares(&base, &new);
}
