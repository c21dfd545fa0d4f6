/* Pairs of two programs over the cells that a command line names: what `pairs` and `calibrate`
 * share. */
#ifndef PL_CLI_PAIRED_RUN_H
#define PL_CLI_PAIRED_RUN_H

#include "harness/cli/arguments.h"

struct pl_paired_run_options {
    const char *programs[2];    /* base's plimsoll, and new's */
    const char *directories[2]; /* program.directory of either side; NULL: the scenario's own */
    const char *folder;
    const char *command; /* as it was typed */
    uint32_t pairs;      /* of every cell */
    uint32_t confirming; /* fresh ones of what these flagged; 0 for none */
    uint64_t seed;       /* of order and coin */
};

/** Plans the cells as `run` does (in the smoke tier unless another is named), runs them as pairs
 * and tells what failed. @return an exit code, with the line printed */
int pl_paired_run(struct pl_arguments *arguments, const struct pl_paired_run_options *options);

/** The path of the program that runs now. @return an exit code, with the line printed */
int pl_paired_run_self(char *path, size_t capacity);

#endif
