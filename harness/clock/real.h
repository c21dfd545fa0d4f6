/* Real time, for the harness's own measuring, also where the virtual clock stands before libc's. */
#ifndef PL_CLOCK_REAL_H
#define PL_CLOCK_REAL_H

#include <stdint.h>

/** Finds the C library's own clock_gettime. Call once, before other threads start. */
void pl_real_init(void);

/** Real CLOCK_MONOTONIC in ns; ~27 ns a call. Any thread, after pl_real_init. */
int64_t pl_real_now(void);

/** CPU time of this process, user and system, in ns. Any thread, after pl_real_init. */
int64_t pl_real_cpu(void);

/** CPU time of the calling thread, likewise. */
int64_t pl_real_thread_cpu(void);

#endif
