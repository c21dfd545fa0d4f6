/* The commit of the sources that this program was built from. */
#ifndef PL_CLI_TREE_COMMIT_H
#define PL_CLI_TREE_COMMIT_H

#include <stddef.h>

#define PL_TREE_COMMIT_MAX 100 /* characters */

/** Asks git. @param text out: the commit in full, with "-dirty" behind it where tracked files were
 *  changed; "unknown" where the sources are the top of no git tree, or git can't be run or takes
 *  over 10 s @param capacity PL_TREE_COMMIT_MAX + 1 at least */
void pl_tree_commit(char *text, size_t capacity);

#endif
