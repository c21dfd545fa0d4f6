/* What a recorded program has beside its heap: what it mapped itself, its threads' stacks, and
 * what the loader needed. What is left of its private memory without a file is the heap's. One
 * thread. */
#ifndef PL_TRACE_BESIDE_H
#define PL_TRACE_BESIDE_H

#include "harness/trace/address_ranges.h"
#include "harness/trace/samples.h"

/** Starts as {0}. */
struct pl_beside {
    struct pl_address_ranges mapped; /* by the program */
    struct pl_address_ranges before; /* there when it began: the loader's */
    uint64_t *stacks; /* an address each, in its last page: it grows down from there */
    uint32_t stack_count, stack_capacity;
};

/** A thread has begun, with its stack there. @return 0 or -ENOMEM */
int pl_beside_add_stack(struct pl_beside *beside, uint64_t address);

/** The heap has handed out a block there: that memory is its own, whoever mapped it. Heaps of
 * several libraries map in one what another hands out, and some map before anything is recorded. */
void pl_beside_note_block(struct pl_beside *beside, uint64_t address);

/** Resident bytes of the heap as a sample saw them. A stack is known by the guard below it, which
 *  one that the program took from its heap has not. @return -1 when out of memory */
int64_t pl_beside_heap_bytes(const struct pl_beside *beside, const struct pl_memory_sample *sample);

void pl_beside_free(struct pl_beside *beside);

#endif
