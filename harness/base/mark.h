/* Names of folders that live as long as a process: who made one can be told from its name, and
 * whether its maker still runs from the name and a lock. Nothing else is ever taken for ours. */
#ifndef PL_BASE_MARK_H
#define PL_BASE_MARK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define PL_MARK_MAX 64 /* bytes of a mark, with its NUL */

/** Writes this process's mark, `<pid namespace>-<pid>-<start time>`: no two processes of a boot
 * share one. The start time is in clock ticks since the boot (man 5 proc, field 22). Where /proc
 * tells nothing, namespace and start time are 0 and the lock alone decides. */
void pl_mark_own(char mark[PL_MARK_MAX]);

/** Whether a text has the form of a mark. */
bool pl_mark_is(const char *text);

/** Whether the process of a mark has ended, as far as its number tells: a process of another pid
 *  namespace counts as ended, since its number means nothing here. */
bool pl_mark_ended(const char *mark);

/** Makes a folder and locks it (flock) for as long as this process lives or keeps the descriptor.
 *  @param mode as for mkdir
 *  @return the descriptor, or a negative errno: -EBUSY where it can't be held, since another holds
 *  it or owns it */
int pl_mark_hold(const char *folder, mode_t mode);

/** Takes over a folder that its maker, who held it, has left behind.
 *  @param mark of its maker
 *  @return a descriptor that holds it, or -1: the maker lives, or the folder is gone */
int pl_mark_take_over(const char *folder, const char *mark);

#endif
