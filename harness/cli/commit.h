/* Which commit of the suite's own sources a run belongs to. */
#ifndef PL_CLI_COMMIT_H
#define PL_CLI_COMMIT_H

#include <stddef.h>

/** Asks git. @param folder the sources
 *  @param text out: the commit in full, with "-dirty" behind it where tracked files were changed;
 *  "unknown" where the folder is the top of no git tree, or git can't be run or takes over 10 s */
void pl_commit_of(const char *folder, char *text, size_t capacity);

#endif
