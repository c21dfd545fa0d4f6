#include "harness/cli/planned_arguments.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"
#include "harness/cli/cli.h"
#include "harness/cli/shard_plan.h"

/* Whether something was typed that decides what is run. */
static bool says_what(const struct pl_arguments *a)
{
    return a->scenario_count || a->command || a->allocators || a->formats || a->repeat ||
           a->setting_count || a->clock_given || a->tier_given || a->seed_given || a->ledger ||
           a->send_count || a->ready || a->instrument_count;
}

/* A `--` that the plan holds is its last words' beginning, and they come last. */
static void join(int argc, char **argv, struct pl_planned_arguments *p, int *joined)
{
    const json_t *words = json_object_get(p->plan, "arguments"), *word;
    size_t i;
    p->argv = pl_memory_take((size_t)argc + json_array_size(words) + 1, sizeof *p->argv);
    memcpy(p->argv, argv, (size_t)argc * sizeof *argv);
    *joined = argc;
    json_array_foreach(words, i, word) p->argv[(*joined)++] = (char *)json_string_value(word);
}

int pl_planned_arguments_read(int argc, char **argv, struct pl_arguments *a,
                              struct pl_planned_arguments *p)
{
    struct pl_error error;
    int joined;
    *p = (struct pl_planned_arguments){0};
    int code = pl_arguments_read(argc, argv, a);
    if (code != PL_EXIT_OK || !a->plan)
        return code;
    if (says_what(a))
        return pl_cli_usage("--plan beside what it says itself; expected --plan FILE --shard I/N, "
                            "and --out, --resume, --jobs, --force, --no-save or --json");
    if (pl_shard_plan_load(a->plan, &p->plan, &error))
        return pl_cli_fail(PL_EXIT_USAGE, &error);
    join(argc, argv, p, &joined);
    pl_arguments_free(a);
    return pl_arguments_read_again(joined, p->argv, a);
}

void pl_planned_arguments_free(struct pl_planned_arguments *p)
{
    free(p->argv);
    json_decref(p->plan);
}
