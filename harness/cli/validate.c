/* `plimsoll validate FILE...`: checks every tier of each scenario without running it. */
#include <stdio.h>
#include <stdlib.h>

#include "harness/cli/cli.h"
#include "harness/pipelines/pipeline.h"
#include "harness/results/expect.h"
#include "harness/scenario/scenario.h"

static int validate(const char *name)
{
    char path[1024];
    struct pl_error error;
    struct pl_scenario *s = malloc(sizeof *s);
    if (!s)
        return pl_cli_usage("out of memory");
    int code = PL_EXIT_OK;
    if (pl_scenario_find(name, path, sizeof path, &error))
        code = pl_cli_fail(PL_EXIT_USAGE, &error);
    for (int tier = 0; code == PL_EXIT_OK && tier < PL_TIER_COUNT; tier++)
        if (pl_scenario_load(path, (enum pl_tier)tier, NULL, 0, s, &error) ||
            pl_expectations_check(s, &error) ||
            pl_pipeline_of(s)->check(s, NULL, PL_FORMAT_F32, &error))
            code = pl_cli_fail(PL_EXIT_USAGE, &error);
    if (code == PL_EXIT_OK)
        printf("%s: valid\n", path);
    free(s);
    return code;
}

int pl_cli_validate(int argc, char **argv)
{
    if (argc < 2)
        return pl_cli_usage("validate takes scenario files");
    int worst = PL_EXIT_OK;
    for (int i = 1; i < argc; i++) {
        int code = validate(argv[i]);
        worst = code > worst ? code : worst;
    }
    return worst;
}
