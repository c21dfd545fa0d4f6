/* Temporary folders that don't outlive their use: what a program that was killed left of them is
 * removed when the next one makes one. */
#ifndef PL_BASE_TEMPORARY_H
#define PL_BASE_TEMPORARY_H

#include "allocators/base/error.h"

struct pl_temporary {
    char path[1024];
    int fd; /* holds it; -1: there is none */
};

/** Removes what programs of ours and this user left behind. */
void pl_temporary_clean(void);

/** Makes $TMPDIR/plimsoll-WHAT-MARK (mark.h), or below /tmp, for this user alone, and cleans. One
 * of each kind a process.
 *  @param what a short name @return 0 or a negative errno with the reason */
int pl_temporary_make(struct pl_temporary *temporary, const char *what, struct pl_error *error);

/** Likewise in memory, below /dev/shm, where that can be had. */
int pl_temporary_make_in_memory(struct pl_temporary *temporary, const char *what,
                                struct pl_error *error);

/** Removes it with all that lies in it; nothing where there is none. */
void pl_temporary_remove(struct pl_temporary *temporary);

#endif
