/* Counters of one thread that others may read at any time, and that a signal handler in that thread
 * may add to in the midst of an addition. On x86-64 one instruction does it: half the cost of an
 * atomic addition, since no other processor is kept off. */
#ifndef PL_ALLOCATORS_LEDGER_COUNT_H
#define PL_ALLOCATORS_LEDGER_COUNT_H

#include <stdint.h>

/** Adds to a counter that no other thread writes. */
static inline void pl_count_own(uint64_t *counter, uint64_t amount)
{
#ifdef __x86_64__
    __asm__("addq %1, %0" : "+m"(*counter) : "er"(amount) : "cc");
#else
    __atomic_fetch_add(counter, amount, __ATOMIC_RELAXED);
#endif
}

#endif
