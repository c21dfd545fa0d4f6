/* Shapes of a trace: what was asked for, by number (FORMAT.md). */
#ifndef PL_TRACE_SHAPES_H
#define PL_TRACE_SHAPES_H

#include "harness/trace/bytes.h"
#include "harness/trace/trace.h"

enum { PL_TRACE_SHAPES_MAX = 1 << 20 };

struct pl_trace_shape {
    uint64_t size;
    uint64_t rest; /* site << 7 | zeroed << 6 | exponent of the alignment */
};

/** Starts as {0}. */
struct pl_trace_shapes {
    struct pl_trace_shape *list;
    uint32_t count, capacity;
    uint32_t *places; /* a writer's: by hash, a number + 1 */
};

/** The number of an event's shape. @param is_new set to whether its definition has to follow
 *  @return -1 when out of memory */
int64_t pl_trace_shape_number(struct pl_trace_shapes *shapes, const struct pl_trace_event *event,
                              struct pl_trace_shape *shape, bool *is_new);

/** Gives an event what the shape of a number says, whose definition is taken where it is a new one.
 *  @param sites known so far @return NULL, or what is wrong; errno is ENOMEM where memory is */
const char *pl_trace_shape_take(struct pl_trace_shapes *shapes, uint64_t number,
                                struct pl_trace_cursor *cursor, uint32_t sites,
                                struct pl_trace_event *event);

void pl_trace_shapes_free(struct pl_trace_shapes *shapes);

#endif
