/* A program that was named on the command line, as the scenario that it stands for. */
#ifndef PL_CLI_COMMAND_H
#define PL_CLI_COMMAND_H

#include "harness/cli/arguments.h"

/** Makes the scenario of `run [OPTIONS] -- PROGRAM [ARGUMENT...]`, --set included: pipeline
 * program, in the present folder, for 30 s under glibc where nothing else is said.
 *  @return 0 or a negative errno with one line */
int pl_command_scenario(const struct pl_arguments *arguments, struct pl_scenario *scenario,
                        struct pl_error *error);

#endif
