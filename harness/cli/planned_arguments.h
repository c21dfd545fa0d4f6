/* The arguments of `plimsoll run --plan FILE --shard I/N`: what is run stands in the file. */
#ifndef PL_CLI_PLANNED_ARGUMENTS_H
#define PL_CLI_PLANNED_ARGUMENTS_H

#include <jansson.h>

#include "harness/cli/arguments.h"

struct pl_planned_arguments {
    json_t *plan; /* NULL: there is no --plan */
    char **argv;  /* what was typed, and the plan's words */
};

/** Reads the arguments; with --plan, those that the plan holds as if they had been typed, too.
 *  @param planned pl_planned_arguments_free, after the arguments, which point into it
 *  @return as pl_arguments_read; PL_EXIT_USAGE also where something that the plan says was typed */
int pl_planned_arguments_read(int argc, char **argv, struct pl_arguments *arguments,
                              struct pl_planned_arguments *planned);

void pl_planned_arguments_free(struct pl_planned_arguments *planned);

#endif
