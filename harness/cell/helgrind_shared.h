/* Tells helgrind what is shared without a lock on purpose: counters that one thread writes and
 * others read at leisure, and atomics, which it does not know. Anywhere else a request is a few
 * instructions that do nothing. */
#ifndef PL_CELL_HELGRIND_SHARED_H
#define PL_CELL_HELGRIND_SHARED_H

#include <stddef.h>

#if defined __has_include
#if __has_include(<valgrind/helgrind.h>)
#include <valgrind/helgrind.h>
#endif
#endif

/** Shared without a lock: `bytes` from `start` on. */
static inline void pl_declare_shared(const void *start, size_t bytes)
{
#ifdef VALGRIND_HG_DISABLE_CHECKING
    VALGRIND_HG_DISABLE_CHECKING(start, bytes);
#else
    (void)start;
    (void)bytes;
#endif
}

#endif
