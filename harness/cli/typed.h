/* What a person typed, held against the table of commands. */
#ifndef PL_CLI_TYPED_H
#define PL_CLI_TYPED_H

#include <stdbool.h>

#include "harness/cli/command_table.h"

/** A command line in one form: --option=VALUE as two words, beginnings of options in full. Words
 * behind `--` are a program's and stay. */
struct pl_typed {
    int argc;
    char **argv; /* argv[0] is the command's name */
    char **made; /* words that were made; NULL at the end */
    bool help;   /* its page was asked for */
};

/** @param argv from the command's name on
 *  @return PL_EXIT_OK, or PL_EXIT_USAGE with the line printed: an option that the command has not,
 *  with the nearest one, or one without its value. Free it in any case */
int pl_typed_read(const struct pl_cli_command *command, int argc, char **argv,
                  struct pl_typed *typed);

void pl_typed_free(struct pl_typed *typed);

#endif
