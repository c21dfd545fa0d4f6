/* The scenarios that are meant where none was named (arguments.h). */
#include <stdlib.h>

#include "harness/cli/arguments.h"
#include "harness/cli/cli.h"

/* What can't be read stays: the plan says what is wrong with it. */
static bool is_gated(const char *path, enum pl_tier tier)
{
    struct pl_error error;
    struct pl_scenario *s = calloc(1, sizeof *s);
    bool gated = !s || pl_scenario_load(path, tier, NULL, 0, s, &error) ||
                 (s->gate && s->clock == PL_CLOCK_VIRTUAL);
    free(s);
    return gated;
}

/* Drops those that leave the gate to others. */
static int keep_gated(struct pl_arguments *a, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_gated(a->listed[i], a->tier))
            a->listed[kept++] = a->listed[i];
        else
            free(a->listed[i]);
    }
    a->scenario_count = kept;
    return kept ? PL_EXIT_OK
                : pl_cli_usage("no scenario is for the gate; expected the name of one");
}

int pl_arguments_all_scenarios(struct pl_arguments *a)
{
    struct pl_error error;
    if (a->scenario_count)
        return PL_EXIT_OK;
    int count = pl_scenario_list(&a->listed, &error);
    if (count < 0)
        return pl_cli_fail(PL_EXIT_USAGE, &error);
    a->scenarios = a->listed;
    return keep_gated(a, (size_t)count);
}
