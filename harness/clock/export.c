/* Serves the C library's clocks from the virtual one. Linked into plimsoll-cell only: symbols of
 * the executable come before those of preloaded libraries and of libc.
 * CPU-time clocks stay real: they measure work, not the replay. */
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "harness/clock/virtual.h"

static struct timespec virtual_timespec(int64_t base_ns)
{
    int64_t ns = base_ns + pl_virtual_now();
    return (struct timespec){.tv_sec = ns / PL_NS_PER_S, .tv_nsec = ns % PL_NS_PER_S};
}

__attribute__((visibility("default"))) int clock_gettime(clockid_t clock, struct timespec *now)
{
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_TAI:
        *now = virtual_timespec(PL_VIRTUAL_REALTIME_NS);
        return 0;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_BOOTTIME:
        *now = virtual_timespec(PL_VIRTUAL_MONOTONIC_NS);
        return 0;
    default:
        return (int)syscall(SYS_clock_gettime, clock, now);
    }
}

__attribute__((visibility("default"))) int gettimeofday(struct timeval *restrict now,
                                                        void *restrict zone)
{
    (void)zone;
    struct timespec t = virtual_timespec(PL_VIRTUAL_REALTIME_NS);
    *now = (struct timeval){.tv_sec = t.tv_sec, .tv_usec = t.tv_nsec / 1000};
    return 0;
}

__attribute__((visibility("default"))) time_t time(time_t *out)
{
    time_t now = virtual_timespec(PL_VIRTUAL_REALTIME_NS).tv_sec;
    if (out)
        *out = now;
    return now;
}

__attribute__((visibility("default"))) int timespec_get(struct timespec *now, int base)
{
    if (base != TIME_UTC)
        return 0;
    *now = virtual_timespec(PL_VIRTUAL_REALTIME_NS);
    return base;
}
