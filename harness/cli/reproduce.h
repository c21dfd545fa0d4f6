/* Commands that a person can paste: quoted for a shell. */
#ifndef PL_CLI_REPRODUCE_H
#define PL_CLI_REPRODUCE_H

#include "harness/cli/plan.h"

/** The command that runs one cell again, once. */
void pl_reproduce(const struct pl_arguments *arguments, const struct pl_planned *planned,
                  const struct pl_planned_cell *cell, char *text, size_t capacity);

/** The command as it was typed. @param argv from the command's name on */
void pl_reproduce_command(int argc, char **argv, char *text, size_t capacity);

#endif
