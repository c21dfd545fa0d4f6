/* Blocks that are kept for ever: nobody knows how many there will be, so each holds the link to the
 * one before it. They are checked and released when a pipeline closes. */
#ifndef PL_PIPELINES_SESSION_LEAKS_H
#define PL_PIPELINES_SESSION_LEAKS_H

#include "harness/pipelines/stamp.h"

struct leaked_block;

/** One thread's. All zero is none. */
struct leaks {
    struct leaked_block *last;
};

/** Acquires a block and keeps it. A refusal is counted, and that is all.
 *  @param size PL_SESSION_FOR_EVER_MIN_BYTES or more @param site under which a ledger has it */
void leaks_add(struct leaks *leaks, struct pl_side *side, uint32_t class_index, uint32_t size,
               struct pl_site *site);

/** Checks and releases all, and counts those that were changed. A link that was changed leads
 *  nowhere: what was before it stays live. */
void leaks_release(struct leaks *leaks, struct pl_side *side);

#endif
