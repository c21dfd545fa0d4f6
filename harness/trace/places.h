/* Which slot the n-th block of a thread has: how a reader finds what a reference means. */
#ifndef PL_TRACE_PLACES_H
#define PL_TRACE_PLACES_H

#include "harness/trace/live.h"

/** Starts as {0}. The keys are in the slots. */
struct pl_trace_places {
    uint32_t *table; /* slot + 1; 0: free */
    uint32_t count, bits;
};

/** @return the slot, or -1 */
int64_t pl_trace_places_find(const struct pl_trace_places *places, const struct pl_trace_live *live,
                             uint32_t thread, uint64_t n);

/** Enters a slot under what it holds. @return 0 or -ENOMEM */
int pl_trace_places_add(struct pl_trace_places *places, const struct pl_trace_live *live,
                        uint32_t slot);

/** Removes a slot, as long as it holds what it was entered under. */
void pl_trace_places_remove(struct pl_trace_places *places, const struct pl_trace_live *live,
                            uint32_t slot);

#endif
