/* `plimsoll pairs`: runs another build side by side with a new one, be it of plimsoll (--base) or
 * of the program that a scenario runs (--base-directory). */
#include <stdio.h>

#include "allocators/base/printable.h"
#include "harness/cli/cli.h"
#include "harness/cli/paired_run.h"
#include "harness/cli/reproduce.h"
#include "harness/compare/judge.h"

/* More pairs than the statistics take at once are of no use. */
#define PAIRS_MAX 1000

struct texts {
    const char *base, *new, *base_directory, *new_directory, *pairs, *confirming, *shuffle;
};

static int take(int *argc, char **argv, struct texts *t)
{
    const struct {
        const char *option;
        const char **value;
    } own[] = {{"--base", &t->base},
               {"--new", &t->new},
               {"--base-directory", &t->base_directory},
               {"--new-directory", &t->new_directory},
               {"--pairs", &t->pairs},
               {"--confirm", &t->confirming},
               {"--shuffle", &t->shuffle}};
    int code = PL_EXIT_OK;
    for (size_t i = 0; code == PL_EXIT_OK && i < sizeof own / sizeof *own; i++)
        code = pl_arguments_take(argc, argv, own[i].option, false, own[i].value);
    return code;
}

static int read_numbers(const struct texts *t, struct pl_paired_run_options *s)
{
    uint32_t shuffle = 1;
    int code = pl_arguments_count("pairs", t->pairs, PAIRS_MAX, &s->pairs);
    if (code == PL_EXIT_OK)
        code = pl_arguments_count("confirm", t->confirming, PAIRS_MAX, &s->confirming);
    if (code == PL_EXIT_OK)
        code = pl_arguments_count("shuffle", t->shuffle, UINT32_MAX, &shuffle);
    if (code == PL_EXIT_OK && s->pairs < PL_JUDGE_PAIRS_MIN)
        code = pl_cli_usage("--pairs: too few to show anything; expected %d or more",
                            PL_JUDGE_PAIRS_MIN);
    s->seed = shuffle;
    return code;
}

static int run(const struct texts *t, struct pl_arguments *a, const char *command)
{
    char self[4096];
    struct pl_paired_run_options s = {.pairs = PL_JUDGE_SCREENING_PAIRS,
                                      .confirming = PL_JUDGE_CONFIRMING_PAIRS,
                                      .folder = a->out,
                                      .command = command};
    int code = pl_paired_run_self(self, sizeof self);
    if (code == PL_EXIT_OK && !t->base && !t->base_directory)
        code = pl_cli_usage("no --base; expected --base PROGRAM, the plimsoll to compare with, or "
                            "--base-directory DIR, the other build of a scenario's program");
    if (code == PL_EXIT_OK && !a->out)
        code = pl_cli_usage("no --out; expected --out DIR, which gets base/ and new/");
    if (code == PL_EXIT_OK)
        code = read_numbers(t, &s);
    s.programs[0] = t->base ? t->base : self;
    s.programs[1] = t->new ? t->new : self;
    s.directories[0] = t->base_directory;
    s.directories[1] = t->new_directory;
    if (code == PL_EXIT_OK)
        code = pl_paired_run(a, &s);
    if (code == PL_EXIT_OK)
        pl_printable_line(stdout, "pairs: %s/base and %s/new (plimsoll compare %s/base %s/new)",
                          a->out, a->out, a->out, a->out);
    return code;
}

int pl_cli_pairs(int argc, char **argv)
{
    struct pl_arguments arguments = {0};
    struct texts texts = {0};
    char command[4096];
    pl_reproduce_command(argc, argv, command, sizeof command);
    int code = take(&argc, argv, &texts);
    if (code == PL_EXIT_OK)
        code = pl_arguments_read(argc, argv, &arguments);
    if (code == PL_EXIT_OK)
        code = run(&texts, &arguments, command);
    pl_arguments_free(&arguments);
    return code;
}
