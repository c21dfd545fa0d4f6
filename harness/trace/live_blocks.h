/* The live blocks of a trace, and what is counted of all: what its reader and its writer both keep.
 */
#ifndef PL_TRACE_LIVE_BLOCKS_H
#define PL_TRACE_LIVE_BLOCKS_H

#include "harness/trace/trace.h"

/** A slot: a live block, or one of the free ones' list. */
struct pl_trace_block {
    uint64_t of_thread; /* it is the so-manieth of its thread, from 1; 0: the slot is free */
    uint64_t number;    /* in the trace */
    uint64_t size;
    uint32_t thread;
    uint32_t next; /* free slot + 1 */
};

struct pl_trace_thread {
    uint64_t blocks;     /* so far */
    uint64_t last_freed; /* of its blocks, the one that was freed or resized last */
};

/** Starts as {0}. */
struct pl_trace_live {
    struct pl_trace_block *slots;
    struct pl_trace_thread *threads; /* [0] of no thread */
    uint32_t slot_capacity, thread_capacity;
    uint32_t free_slot; /* + 1; 0: none */
    uint64_t live_bytes, live_blocks, latest_ms;
    struct pl_trace_totals totals;
};

/** Makes a thread known. @return 0, -EINVAL unless it is known or the next one, -ENOMEM */
int pl_trace_live_meet(struct pl_trace_live *live, uint32_t thread);

/** Whether a slot holds a block. */
static inline bool pl_trace_live_has(const struct pl_trace_live *live, uint32_t slot)
{
    return slot < live->totals.slots && live->slots[slot].of_thread;
}

/** Counts an event, whose slot is that of its block but for a new one; completes it: block, slot,
 *  size, the old block and its size. @return 0, -ENOMEM, or -EOVERFLOW for more than a trace may
 *  hold at a time */
int pl_trace_live_count(struct pl_trace_live *live, struct pl_trace_event *event);

void pl_trace_live_free(struct pl_trace_live *live);

#endif
