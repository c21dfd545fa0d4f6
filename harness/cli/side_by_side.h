/* Pairs of two programs over the cells that a command line names: what `pairs` and `calibrate`
 * share. */
#ifndef PL_CLI_SIDE_BY_SIDE_H
#define PL_CLI_SIDE_BY_SIDE_H

#include "harness/cli/arguments.h"

struct pl_side_by_side {
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
int pl_side_by_side_run(struct pl_arguments *arguments, const struct pl_side_by_side *options);

/** The path of the program that runs now. @return an exit code, with the line printed */
int pl_side_by_side_self(char *path, size_t capacity);

#endif
