/* Real time that nobody sets: for what is waited for and how long something took. */
#ifndef PL_BASE_MONOTONIC_H
#define PL_BASE_MONOTONIC_H

#include <stdint.h>
#include <time.h>

/** CLOCK_MONOTONIC in ns. */
static inline int64_t pl_monotonic_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

#endif
