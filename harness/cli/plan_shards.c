/* `plimsoll plan`: cuts the cells of scenarios into shards of about equal time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/base/printable.h"
#include "harness/cli/arguments.h"
#include "harness/cli/cli.h"
#include "harness/cli/plan.h"
#include "harness/cli/shard_plan.h"
#include "harness/results/history_file.h"
#include "harness/results/results.h"

struct wishes {
    const char *history; /* NULL: none is read */
    uint32_t shards;
    bool json;
};

static int take_wishes(int *argc, char **argv, struct wishes *w)
{
    const char *shards = NULL, *json = NULL;
    int code = pl_arguments_take(argc, argv, "--shards", false, &shards);
    if (code == PL_EXIT_OK)
        code = pl_arguments_take(argc, argv, "--history", false, &w->history);
    if (code == PL_EXIT_OK)
        code = pl_arguments_take(argc, argv, "--json", true, &json);
    w->json = json != NULL;
    if (code == PL_EXIT_OK && !shards)
        return pl_cli_usage("--shards is missing; expected --shards N, such as 20");
    if (code == PL_EXIT_OK)
        code = pl_arguments_count("shards", shards, PL_SHARDS_MAX, &w->shards);
    if (code == PL_EXIT_OK && w->shards == 0)
        return pl_cli_usage("--shards 0 is out of range; expected 1 to %d", PL_SHARDS_MAX);
    return code;
}

static void warn(void *context, const char *warning)
{
    (void)context;
    pl_printable_line(stderr, "plimsoll: warning: %s", warning);
}

static int make(const struct wishes *w, const struct pl_plan *plan, char *const *words,
                size_t word_count)
{
    struct pl_matrix matrix;
    struct pl_error error;
    json_t *runs = NULL;
    if (w->history && pl_history_read(w->history, warn, NULL, &runs, &error))
        return pl_cli_fail(PL_EXIT_USAGE, &error);
    pl_matrix_make(plan, &matrix);
    json_t *document = pl_shard_plan_make(&matrix, w->shards, runs, words, word_count);
    if (w->json) {
        json_dumpf(document, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
        putchar('\n');
    } else {
        pl_shard_plan_print(document);
    }
    for (size_t i = 0; i < plan->count; i++)
        if (plan->planned[i].skipped[0])
            pl_printable_line(stderr, "plimsoll: %s: %s", plan->planned[i].scenario.name,
                              plan->planned[i].skipped);
    if (w->shards > matrix.group_count)
        fprintf(stderr,
                "plimsoll: %zu groups of cells can't be parted into more shards than that: the "
                "others are empty\n",
                matrix.group_count);
    json_decref(document);
    json_decref(runs);
    pl_matrix_free(&matrix);
    return PL_EXIT_OK;
}

int pl_cli_plan(int argc, char **argv)
{
    struct pl_arguments arguments = {0};
    struct pl_plan plan = {0};
    struct wishes wishes = {0};
    int code = take_wishes(&argc, argv, &wishes);
    if (code != PL_EXIT_OK)
        return code;
    char **words = malloc((size_t)argc * sizeof *words); /* getopt moves them about */
    if (!words)
        return pl_cli_usage("out of memory");
    memcpy(words, argv, (size_t)argc * sizeof *words);
    code = pl_arguments_read(argc, argv, &arguments);
    if (code == PL_EXIT_OK && arguments.scenario_count == 0 && !arguments.command)
        code = pl_cli_usage("nothing to plan; expected a scenario (`plimsoll list scenarios` names "
                            "them)");
    if (code == PL_EXIT_OK)
        code = pl_plan_make(&arguments, &plan);
    if (code == PL_EXIT_OK)
        code = make(&wishes, &plan, words + 1, (size_t)argc - 1);
    pl_plan_free(&plan);
    pl_arguments_free(&arguments);
    free(words);
    return code;
}
