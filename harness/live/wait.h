/* Waiting in real time. */
#ifndef PL_LIVE_WAIT_H
#define PL_LIVE_WAIT_H

#include <stdbool.h>
#include <stdint.h>

/** Waits until `until_ns` (as pl_real_now counts), or until `fd` can be read.
 *  @return false when it can */
bool pl_live_wait(int fd, int64_t until_ns);

#endif
