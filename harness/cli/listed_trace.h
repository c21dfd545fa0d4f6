/* `plimsoll list FILE`: what is in a trace. */
#ifndef PL_CLI_LISTED_TRACE_H
#define PL_CLI_LISTED_TRACE_H

#include <stdbool.h>

/** Prints it. @param events each event in a line, in place of what they sum up to
 *  @return the exit code; of a trace that is cut off or corrupt what can be read is printed */
int pl_list_trace(const char *path, bool events);

#endif
