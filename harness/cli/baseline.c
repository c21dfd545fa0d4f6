/* `plimsoll baseline DIR [--renew]`: class D of a run against the committed baseline. */
#include <stdio.h>

#include "harness/cli/arguments.h"
#include "harness/cli/cli.h"
#include "harness/compare/baseline.h"
#include "harness/report/text.h"
#include "harness/results/document.h"

#define FOLDER "results/baseline"

static void print(void *context, const char *line)
{
    (void)context;
    pl_text_plain(stdout, line);
    putchar('\n');
}

static int check(const json_t *root, const char *folder)
{
    struct pl_error error;
    size_t differences = 0;
    if (pl_baseline_check(root, folder, print, NULL, &differences, &error))
        return pl_cli_fail(PL_EXIT_USAGE, &error);
    if (!differences) {
        printf("class D is as in %s\n", folder);
        return PL_EXIT_OK;
    }
    fprintf(stderr,
            "plimsoll: %zu values differ from %s; if they should, `make baseline` renews it and "
            "the diff shows them\n",
            differences, folder);
    return PL_EXIT_UNEXPECTED;
}

int pl_cli_baseline(int argc, char **argv)
{
    const char *renew = NULL, *folder = FOLDER;
    struct pl_error error;
    json_t *root = NULL;
    int code = pl_arguments_take(&argc, argv, "--renew", true, &renew);
    if (code == PL_EXIT_OK)
        code = pl_arguments_take(&argc, argv, "--in", false, &folder);
    if (code == PL_EXIT_OK && (argc != 2 || argv[1][0] == '-'))
        code = pl_cli_usage("baseline takes one folder of results, --renew and --in FOLDER");
    if (code == PL_EXIT_OK && pl_document_load(argv[1], &root, &error))
        code = pl_cli_fail(PL_EXIT_USAGE, &error);
    if (code == PL_EXIT_OK && renew && pl_baseline_write(root, folder, &error))
        code = pl_cli_fail(PL_EXIT_USAGE, &error);
    else if (code == PL_EXIT_OK && renew)
        printf("renewed: %s\n", folder);
    else if (code == PL_EXIT_OK)
        code = check(root, folder);
    json_decref(root);
    return code;
}
