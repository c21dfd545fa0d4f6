/* Work done in a process of its own, so that what it allocates is no part of this one's heap. */
#ifndef PL_MEDIA_RUN_IN_CHILD_H
#define PL_MEDIA_RUN_IN_CHILD_H

#include "allocators/base/error.h"

/** Calls `work` in a child, and waits for it; what it leaves in shared memory stays.
 *  @return 0; a negative errno when there is no process; -EINVAL when it ended otherwise than by
 *  returning */
int pl_media_run_in_child(void (*work)(void *context), void *context, struct pl_error *error);

#endif
