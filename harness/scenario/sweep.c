/* The text that holds swept stacks (sweep.h): a line each, "LINE:COLUMN TEMPLATE NAME VALUE ...",
 * separated by tabs, which no part may hold. */
#include "harness/scenario/sweep.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *value_of(const struct pl_swept *swept, const char *name, size_t length)
{
    for (uint32_t i = 0; i < swept->value_count; i++)
        if (strlen(swept->values[i].name) == length &&
            strncmp(swept->values[i].name, name, length) == 0)
            return swept->values[i].text;
    return "";
}

/* Appends what stands in a place, or a piece of the template. */
static bool append(char *stack, size_t *used, const char *text, size_t length)
{
    if (*used + length >= PL_STACK_TEXT_MAX)
        return false;
    memcpy(stack + *used, text, length);
    *used += length;
    stack[*used] = '\0';
    return true;
}

int pl_sweep_fill(struct pl_swept *swept)
{
    size_t used = 0;
    swept->stack[0] = '\0';
    for (const char *at = swept->template; *at;) {
        size_t length = *at == '{' ? strcspn(at, "}") : strcspn(at, "{");
        const char *text = at;
        if (*at == '{')
            text = value_of(swept, at + 1, length - 1);
        if (!append(swept->stack, &used, text, *at == '{' ? strlen(text) : length))
            return -ENAMETOOLONG;
        at += length + (*at == '{' && at[length]);
    }
    return 0;
}

int pl_sweep_add(struct pl_scenario *s, const struct pl_swept *swept)
{
    char line[sizeof *swept];
    int n = snprintf(line, sizeof line, "%u:%u\t%s", swept->mark.line, swept->mark.column,
                     swept->template);
    for (uint32_t i = 0; i < swept->value_count; i++)
        n += snprintf(line + n, sizeof line - (size_t)n, "\t%s\t%s", swept->values[i].name,
                      swept->values[i].text);
    size_t used = strlen(s->sweep), length = (size_t)n;
    if (used + length + 2 > sizeof s->sweep)
        return -ENOSPC;
    memcpy(s->sweep + used, line, length);
    memcpy(s->sweep + used + length, "\n", 2);
    return 0;
}

/* Copies up to the next tab or the line's end, and moves behind the tab. */
static void take(const char **at, char *text, size_t capacity)
{
    size_t length = strcspn(*at, "\t\n");
    snprintf(text, capacity, "%.*s", (int)length, *at);
    *at += length + ((*at)[length] == '\t');
}

bool pl_sweep_next(const char **at, struct pl_swept *swept)
{
    char mark[32];
    if (!**at)
        return false;
    *swept = (struct pl_swept){0};
    take(at, mark, sizeof mark);
    sscanf(mark, "%u:%u", &swept->mark.line, &swept->mark.column);
    take(at, swept->template, sizeof swept->template);
    while (**at && **at != '\n' && swept->value_count < PL_SWEEP_NAMES_MAX) {
        struct pl_sweep_value *value = &swept->values[swept->value_count++];
        take(at, value->name, sizeof value->name);
        take(at, value->text, sizeof value->text);
    }
    *at += **at == '\n';
    return pl_sweep_fill(swept) == 0;
}

bool pl_sweep_find(const struct pl_scenario *s, const char *stack, struct pl_swept *swept)
{
    struct pl_swept each;
    for (const char *at = s->sweep; pl_sweep_next(&at, &each);)
        if (strcmp(each.stack, stack) == 0) {
            *swept = each;
            return true;
        }
    return false;
}

size_t pl_sweep_count(const struct pl_scenario *s)
{
    size_t count = 0;
    for (const char *at = s->sweep; (at = strchr(at, '\n')); at++)
        count++;
    return count;
}
