/* Size classes for the blocks of a trace: the few sizes that lose the least when each block has the
 * smallest that holds it. Exact: by dynamic programming over all sizes that were asked for. */
#ifndef PL_TRACE_CLASSES_H
#define PL_TRACE_CLASSES_H

#include <stdint.h>

#include "harness/base/map.h"
#include "harness/trace/trace.h"

enum { PL_TRACE_CLASSES_MAX = 16, PL_TRACE_CLASS_STEP = 8 /* bytes: sizes are multiples of it */ };

/** A size that was asked for, rounded up to a multiple of PL_TRACE_CLASS_STEP. */
struct pl_trace_size {
    uint64_t bytes;
    uint64_t requests;
    uint64_t live, live_peak; /* blocks now; at most */
};

/** Starts as {0}. */
struct pl_trace_sizes {
    struct pl_trace_size *list;
    uint32_t count, capacity;
    struct pl_map places; /* of bytes in the list */
};

/** Bytes of a pool's block that an allocation or a resize needs: with room to align it where its
 *  alignment is more than 8, which every pool gives, or than it is owed. */
uint64_t pl_trace_needed(const struct pl_trace_event *event);

/** The place of a size in the list, which is added where it is new. @return -1 when out of memory
 */
int64_t pl_trace_size_place(struct pl_trace_sizes *sizes, uint64_t bytes);

/** Sorts them, the smallest first. They can only be read from then on. */
void pl_trace_sizes_sort(struct pl_trace_sizes *sizes);

/** How many of the sorted sizes classes have to serve: without those of more than `bytes_max`, and
 *  without those from the top on that are, together, less than one request in a thousand. */
uint32_t pl_trace_sizes_served(const struct pl_trace_sizes *sizes, uint64_t bytes_max);

/** Chooses classes for sorted sizes. A block that is rounded up loses what its class has more; of
 *  each size as many count as were live at most. Fewer classes than `max` are chosen where they
 *  lose at most a hundredth of all live bytes more.
 *  @param count of sizes, 1 or more @param max 1 to PL_TRACE_CLASSES_MAX
 *  @param classes set to bytes, the smallest first @param lost set to bytes, with those of rounding
 *  to a multiple not counted; may be NULL
 *  @return how many there are, or 0 when out of memory */
uint32_t pl_trace_classes_choose(const struct pl_trace_size *sizes, uint32_t count, uint32_t max,
                                 uint64_t classes[PL_TRACE_CLASSES_MAX], double *lost);

void pl_trace_sizes_free(struct pl_trace_sizes *sizes);

#endif
