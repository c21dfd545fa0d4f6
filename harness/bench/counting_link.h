/* Counting what a benchmark takes from its stack: a link before each class's chain, in the memory
 * pass alone, since it costs as much as a fast allocator. */
#ifndef PL_BENCH_COUNTING_LINK_H
#define PL_BENCH_COUNTING_LINK_H

#include <stdatomic.h>

#include "harness/bench/shim.h"
#include "harness/scenario/scenario.h"

struct books;

struct counted {
    struct pl_allocator link;
    struct books *books;
};

/** All classes together. Any thread. All zero is empty. */
struct books {
    struct counted links[PL_CLASSES_MAX];
    _Atomic uint64_t acquires;       /* that succeeded, since books_begin */
    _Atomic uint64_t acquired_bytes; /* likewise */
    _Atomic int64_t live_bytes;
    _Atomic int64_t live_bytes_peak;
};

/** Puts a counting link before a chain. Its blocks must be released through it.
 *  @param chain outlives the link @return the link */
struct pl_allocator *books_link(struct books *books, uint32_t class_index,
                                struct pl_allocator *chain);

/** Forgets what was acquired before: the loop that is measured begins. The peak stays, since what
 *  stands when the loop begins is a part of it. */
void books_begin(struct books *books);

/** What Google Benchmark calls (pl_bench_memory_hooks); the context is the books. */
void books_start(void *books);
void books_stop(void *books, struct pl_bench_memory *memory);

#endif
