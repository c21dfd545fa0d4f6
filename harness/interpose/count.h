/* Counters of one thread that others may read at any time, and that a signal handler in that thread
 * may add to in the midst of an addition. On x86-64 one instruction does it: half the cost of an
 * atomic addition, since no other processor is kept off. */
#ifndef PL_INTERPOSE_COUNT_H
#define PL_INTERPOSE_COUNT_H

#include <stdbool.h>
#include <stdint.h>

#define PL_LIKELY(x) __builtin_expect(!!(x), 1)
#define PL_UNLIKELY(x) __builtin_expect(!!(x), 0)

/** Adds to a counter that no other thread writes. */
static inline void pl_count_own(uint64_t *counter, uint64_t amount)
{
#ifdef __x86_64__
    __asm__("addq %1, %0" : "+m"(*counter) : "er"(amount) : "cc");
#else
    __atomic_fetch_add(counter, amount, __ATOMIC_RELAXED);
#endif
}

/** Adds to a counter of all threads. */
static inline void pl_count_shared(uint64_t *counter, uint64_t amount)
{
    __atomic_fetch_add(counter, amount, __ATOMIC_RELAXED);
}

static inline uint64_t pl_count_read(const uint64_t *counter)
{
    return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

/** Raises a maximum. */
static inline void pl_count_max(uint64_t *maximum, uint64_t value)
{
    uint64_t known = pl_count_read(maximum);
    while (PL_UNLIKELY(value > known) &&
           !__atomic_compare_exchange_n(maximum, &known, value, true, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED))
        ;
}

#endif
