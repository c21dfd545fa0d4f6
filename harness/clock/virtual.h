/* The virtual clock of a cell: what allocators and libraries read instead of the real one.
 *
 * An allocator that gives memory back by time must live in the replay's time, or an accelerated
 * replay lies about it. So plimsoll-cell exports clock_gettime, gettimeofday, time and
 * timespec_get (export.c), which are served from here. Virtual time starts at a fixed epoch that a
 * static initialiser sets, since jemalloc and mimalloc read the clock before main. */
#ifndef PL_CLOCK_VIRTUAL_H
#define PL_CLOCK_VIRTUAL_H

#include <stdatomic.h>
#include <stdint.h>

#define PL_NS_PER_S INT64_C(1000000000)

/** What CLOCK_MONOTONIC reads at replay time 0: an hour of uptime, since a clock near 0 has no
 *  room below it for code that subtracts. */
#define PL_VIRTUAL_MONOTONIC_NS (INT64_C(3600) * PL_NS_PER_S)

/** What CLOCK_REALTIME reads at replay time 0: 2025-08-10T00:00:00Z. */
#define PL_VIRTUAL_REALTIME_NS (INT64_C(1754784000) * PL_NS_PER_S)

extern _Atomic int64_t pl_virtual_ns; /* the replay's time; written by pl_virtual_advance only */

/** The replay's time in ns since its start. Any thread. */
static inline int64_t pl_virtual_now(void)
{
    return atomic_load_explicit(&pl_virtual_ns, memory_order_relaxed);
}

/** Moves the replay's time to `ns`; it never goes back. One thread at a time. */
static inline void pl_virtual_advance(int64_t ns)
{
    if (ns > pl_virtual_now())
        atomic_store_explicit(&pl_virtual_ns, ns, memory_order_relaxed);
}

#endif
