/* `plimsoll agreement WALL1 WALL2 VIRTUAL`: whether the virtual clock gives the curves of RSS that
 * the wall clock gives. */
#include <stdio.h>

#include "allocators/base/printable.h"
#include "harness/cli/arguments.h"
#include "harness/cli/cli.h"
#include "harness/report/agreement/agreement.h"
#include "harness/report/writers/text.h"
#include "harness/results/joined_runs.h"

struct options {
    const char *folders[PL_AGREEMENT_COUNT];
    const char *out; /* where the files go */
};

static int read_options(int argc, char **argv, struct options *o)
{
    int code = pl_arguments_take(&argc, argv, "--out", false, &o->out);
    if (code != PL_EXIT_OK)
        return code;
    for (int i = 1; i < argc; i++)
        if (argv[i][0] == '-')
            return pl_cli_usage("unknown option %s; expected --out DIR", argv[i]);
    if (argc != 1 + PL_AGREEMENT_COUNT)
        return pl_cli_usage(
            "wrong number of folders; expected three of results: WALL1 WALL2 VIRTUAL");
    for (int side = 0; side < PL_AGREEMENT_COUNT; side++)
        o->folders[side] = argv[1 + side];
    o->out = o->out ? o->out : o->folders[PL_AGREEMENT_VIRTUAL];
    return PL_EXIT_OK;
}

static void print_reason(const struct pl_agreed *a)
{
    char name[PL_STACK_TEXT_MAX + 128];
    pl_cell_name_text(&a->cells.name, name, sizeof name);
    fputs("plimsoll: ", stderr);
    pl_text_plain(stderr, name);
    fprintf(stderr, " differs under the virtual clock: %s\n", a->why);
}

static int conclude(const struct options *o, const struct pl_agreement *a)
{
    pl_agreement_table(stdout, a);
    putchar('\n');
    pl_printable_line(stdout, "%s/agreement.md and agreement.json", o->out);
    fflush(stdout);
    for (size_t i = 0; i < a->count; i++)
        if (a->cells[i].verdict == PL_AGREEMENT_DIFFERS)
            print_reason(&a->cells[i]);
    return a->counts[PL_AGREEMENT_DIFFERS] ? PL_EXIT_UNEXPECTED : PL_EXIT_OK;
}

static int agree(const struct options *o, json_t *const roots[PL_AGREEMENT_COUNT])
{
    struct pl_agreement a;
    struct pl_error error;
    if (pl_agreement_make(roots, &a, &error))
        return pl_cli_fail(PL_EXIT_USAGE, &error);
    struct pl_agreement_page page = {.agreement = &a, .reasons = pl_agreement_reasons()};
    for (int side = 0; side < PL_AGREEMENT_COUNT; side++)
        page.folders[side] = o->folders[side];
    int code = pl_agreement_write(&page, o->out, stderr, &error)
                   ? pl_cli_fail(PL_EXIT_USAGE, &error)
                   : conclude(o, &a);
    pl_agreement_free(&a);
    return code;
}

int pl_cli_agreement(int argc, char **argv)
{
    struct options options = {0};
    struct pl_error error;
    json_t *roots[PL_AGREEMENT_COUNT] = {0};
    int code = read_options(argc, argv, &options);
    for (int side = 0; code == PL_EXIT_OK && side < PL_AGREEMENT_COUNT; side++)
        if (pl_document_gather(options.folders[side], &roots[side], &error))
            code = pl_cli_fail(PL_EXIT_USAGE, &error);
    if (code == PL_EXIT_OK)
        code = agree(&options, roots);
    for (int side = 0; side < PL_AGREEMENT_COUNT; side++)
        json_decref(roots[side]);
    return code;
}
