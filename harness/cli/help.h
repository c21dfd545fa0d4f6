/* Help: the page of each command, and the list of them all, out of the table. */
#ifndef PL_CLI_HELP_H
#define PL_CLI_HELP_H

#include <stdio.h>

#include "harness/cli/command_table.h"

/** Prints the page of a command: usage, what it does, options with defaults, examples, exit codes.
 */
void pl_cli_page(FILE *out, const struct pl_cli_command *command);

/** Prints what there is: commands with a few words each, and the exit codes. */
void pl_cli_overview(FILE *out);

#endif
