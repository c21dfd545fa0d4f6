/* Counters that one thread writes and any other may read at any time: what a thread keeps books in
 * without a lock. On x86-64 and ARM64 they cost what plain ones do. */
#ifndef PL_BASE_COUNTER_H
#define PL_BASE_COUNTER_H

#include <stdint.h>

/** The counter's value, whole, at some moment of late. Any thread. */
static inline uint64_t pl_counter_read(const uint64_t *counter)
{
    return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

/** Sets it. Its own thread only. */
static inline void pl_counter_set(uint64_t *counter, uint64_t value)
{
    __atomic_store_n(counter, value, __ATOMIC_RELAXED);
}

/** Adds to it, or subtracts what is added as a negative number. Its own thread only.
 *  @return the new value */
static inline uint64_t pl_counter_add(uint64_t *counter, uint64_t amount)
{
    uint64_t value = pl_counter_read(counter) + amount;
    pl_counter_set(counter, value);
    return value;
}

#endif
