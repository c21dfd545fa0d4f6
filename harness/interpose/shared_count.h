/* Counters of all threads, beside those of one (allocators/ledger/count.h), and what is likely. */
#ifndef PL_INTERPOSE_SHARED_COUNT_H
#define PL_INTERPOSE_SHARED_COUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "allocators/ledger/count.h"

#define PL_LIKELY(x) __builtin_expect(!!(x), 1)
#define PL_UNLIKELY(x) __builtin_expect(!!(x), 0)

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
