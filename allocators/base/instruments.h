/* Tells the instruments (valgrind's tools, heaptrack) of objects that a pool hands out, so that
 * they see objects and not slabs. */
#ifndef PL_ALLOCATORS_BASE_INSTRUMENTS_H
#define PL_ALLOCATORS_BASE_INSTRUMENTS_H

#include <stdbool.h>
#include <stddef.h>

/** What is attached to this process. Plain data, filled in once when a pool is opened. */
struct pl_instruments {
    bool attached; /* any of the two: the one test in the hot path */
    bool valgrind, heaptrack;
};

/** Looks for them once. */
void pl_instruments_find(struct pl_instruments *instruments);

/** Before a pool writes into an object that is not handed out yet. */
void pl_instruments_open(const struct pl_instruments *instruments, void *object, size_t size);

/** The object is the caller's from here on, its contents undefined. */
void pl_instruments_acquired(const struct pl_instruments *instruments, void *object, size_t size);

/** The object is the pool's again; its first `kept` bytes stay in use by the pool. */
void pl_instruments_released(const struct pl_instruments *instruments, void *object, size_t kept);

#endif
