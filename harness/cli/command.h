/* A program or a trace that was named on the command line, as the scenario that it stands for. */
#ifndef PL_CLI_COMMAND_H
#define PL_CLI_COMMAND_H

#include "harness/cli/arguments.h"

/** Makes the scenario of `run [OPTIONS] -- PROGRAM [ARGUMENT...]`, --set included: pipeline
 * program, in the present folder, for 30 s under glibc where nothing else is said.
 *  @return 0 or a negative errno with one line */
int pl_command_scenario(const struct pl_arguments *arguments, struct pl_scenario *scenario,
                        struct pl_error *error);

/** Whether what was named is a trace: it ends in .trace. */
bool pl_command_is_trace(const char *named);

/** Makes the scenario of `run FILE.trace`, --set included: pipeline trace, for as long as was
 *  recorded, under glibc where nothing else is said.
 *  @return 0 or a negative errno with one line */
int pl_command_trace(const struct pl_arguments *arguments, const char *path,
                     struct pl_scenario *scenario, struct pl_error *error);

#endif
