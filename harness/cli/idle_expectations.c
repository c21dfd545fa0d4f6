#include "harness/cli/idle_expectations.h"

#include <stdio.h>
#include <stdlib.h>

#include "harness/cli/plan.h"
#include "harness/results/expect.h"
#include "harness/scenario/sweep.h"

static bool has_stack(const struct pl_scenario *s, const struct pl_expectation *e)
{
    char expanded[PL_LIST_TEXT_MAX], stack[PL_STACK_TEXT_MAX];
    struct pl_swept swept;
    const char *list = expanded, *sweep = s->sweep;
    if (pl_stack_list_expand(s->allocators, expanded, sizeof expanded, NULL))
        return true; /* a run says what is wrong */
    while (list && pl_stack_list_next(&list, stack, sizeof stack, NULL) == 0)
        if (pl_expectation_names(e, stack))
            return true;
    while (pl_sweep_next(&sweep, &swept))
        if (pl_expectation_names(e, swept.stack))
            return true;
    return false;
}

static bool is_planned(const struct pl_planned *p, const struct pl_expectation *e)
{
    for (size_t i = 0; p && i < p->stack_count; i++)
        if (pl_expectation_names(e, p->named[i]))
            return true;
    return false;
}

/* A tier may have fewer stacks than the expectations that it takes over. */
static bool has_stack_in_a_tier(const struct pl_scenario *s, const struct pl_expectation *e,
                                struct pl_scenario *other)
{
    bool found = has_stack(s, e);
    for (int tier = 0; !found && tier < PL_TIER_COUNT; tier++)
        found = pl_scenario_load(s->path, (enum pl_tier)tier, NULL, 0, other, NULL) ||
                has_stack(other, e);
    return found;
}

void pl_idle_expectation(const struct pl_scenario *s, const struct pl_planned *p, char *text,
                         size_t capacity)
{
    struct pl_scenario *other = malloc(sizeof *other);
    text[0] = '\0';
    for (uint32_t i = 0; other && !*text && i < s->expectation_count; i++) {
        const struct pl_expectation *e = &s->expectations[i];
        if (!e->inherited && !is_planned(p, e) && !has_stack_in_a_tier(s, e, other))
            snprintf(
                text, capacity,
                "line %u: %.200s of `expect` is none of `allocators`: nothing is checked by it",
                e->mark.line, e->stacks);
    }
    free(other);
}
