/* Commands that a person can paste: quoted for a shell. */
#ifndef PL_CLI_REPRODUCE_H
#define PL_CLI_REPRODUCE_H

#include "harness/cli/arguments.h"

/** The command that runs one cell again, once. */
void pl_reproduce(const struct pl_arguments *arguments, const struct pl_scenario *scenario,
                  const char *stack, enum pl_format format, char *text, size_t capacity);

/** The command as it was typed. @param argv from the command's name on */
void pl_reproduce_command(int argc, char **argv, char *text, size_t capacity);

#endif
