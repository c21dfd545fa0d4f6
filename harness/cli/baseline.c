/* `plimsoll baseline DIR... [--renew]`: class D of runs against the committed baseline. */
#include <stdio.h>

#include "allocators/base/printable.h"
#include "harness/cli/arguments.h"
#include "harness/cli/cli.h"
#include "harness/compare/baseline.h"
#include "harness/report/writers/text.h"
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
        pl_printable_line(stdout, "class D is as in %s", folder);
        return PL_EXIT_OK;
    }
    pl_printable_line(stderr,
                      "plimsoll: %zu values differ from %s; if they should, `make baseline` renews "
                      "it and the diff shows them",
                      differences, folder);
    return PL_EXIT_UNEXPECTED;
}

/* The cells of all folders in the first one's document. */
static int load_all(char **folders, int count, json_t **root, struct pl_error *error)
{
    int rc = pl_document_load(folders[0], root, error);
    for (int i = 1; !rc && i < count; i++) {
        json_t *more = NULL;
        rc = pl_document_load(folders[i], &more, error);
        if (!rc)
            json_array_extend(json_object_get(*root, "cells"), json_object_get(more, "cells"));
        json_decref(more);
    }
    return rc;
}

int pl_cli_baseline(int argc, char **argv)
{
    const char *renew = NULL, *folder = FOLDER;
    struct pl_error error;
    json_t *root = NULL;
    int code = pl_arguments_take(&argc, argv, "--renew", true, &renew);
    if (code == PL_EXIT_OK)
        code = pl_arguments_take(&argc, argv, "--in", false, &folder);
    if (code == PL_EXIT_OK && (argc < 2 || argv[1][0] == '-'))
        code = pl_cli_usage(
            "no folder of results; expected DIR... and, if need be, --renew and --in FOLDER");
    if (code == PL_EXIT_OK && load_all(argv + 1, argc - 1, &root, &error))
        code = pl_cli_fail(PL_EXIT_USAGE, &error);
    if (code == PL_EXIT_OK && renew && pl_baseline_write(root, folder, &error))
        code = pl_cli_fail(PL_EXIT_USAGE, &error);
    else if (code == PL_EXIT_OK && renew)
        pl_printable_line(stdout, "renewed: %s", folder);
    else if (code == PL_EXIT_OK)
        code = check(root, folder);
    json_decref(root);
    return code;
}
