#include "harness/trace/shapes.h"

#include <errno.h>

enum { PLACES = 2 * PL_TRACE_SHAPES_MAX, EXPONENT = 63, ZEROED = 64, SITE_SHIFT = 7 };

static struct pl_trace_shape shape_of(const struct pl_trace_event *event)
{
    const uint64_t exponent = event->alignment ? (uint64_t)__builtin_ctzll(event->alignment) : 0;
    return (struct pl_trace_shape){.size = event->size,
                                   .rest = (uint64_t)event->site << SITE_SHIFT |
                                           (event->zeroed ? ZEROED : 0) | exponent};
}

static bool equal(const struct pl_trace_shape *a, const struct pl_trace_shape *b)
{
    return a->size == b->size && a->rest == b->rest;
}

/* Fibonacci hashing: 2^64 divided by the golden ratio (Knuth, TAOCP 6.4). */
static uint32_t hash(const struct pl_trace_shape *shape)
{
    const uint64_t mixed =
        (shape->size ^ shape->rest << 40 ^ shape->rest >> 24) * UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(mixed >> 32) % PLACES;
}

static bool has_room(struct pl_trace_shapes *shapes)
{
    if (shapes->count < shapes->capacity)
        return true;
    const uint32_t capacity = 2 * shapes->capacity + 256;
    void *grown = reallocarray(shapes->list, capacity, sizeof *shapes->list);
    if (!grown)
        return false;
    shapes->list = grown;
    shapes->capacity = capacity;
    return true;
}

/* Where a shape stands, or would. */
static uint32_t *place_of(const struct pl_trace_shapes *shapes, const struct pl_trace_shape *shape)
{
    uint32_t at = hash(shape);
    while (shapes->places[at] && !equal(&shapes->list[shapes->places[at] - 1], shape))
        at = (at + 1) % PLACES;
    return &shapes->places[at];
}

int64_t pl_trace_shape_number(struct pl_trace_shapes *shapes, const struct pl_trace_event *event,
                              struct pl_trace_shape *shape, bool *is_new)
{
    *shape = shape_of(event);
    if (!shapes->places && !(shapes->places = calloc(PLACES, sizeof *shapes->places)))
        return -1;
    uint32_t *place = place_of(shapes, shape);
    *is_new = !*place;
    if (*place)
        return *place - 1;
    if (shapes->count == PL_TRACE_SHAPES_MAX)
        return PL_TRACE_SHAPES_MAX;
    if (!has_room(shapes))
        return -1;
    shapes->list[shapes->count] = *shape;
    *place = ++shapes->count;
    return shapes->count - 1;
}

static const char *check(const struct pl_trace_shape *shape, uint32_t sites)
{
    if (shape->size > PL_TRACE_SIZE_MAX)
        return "a block larger than any address space";
    if ((shape->rest & EXPONENT) > 46)
        return "an alignment beyond any address space";
    return shape->rest >> SITE_SHIFT > sites ? "a call site that is not there" : NULL;
}

static void give(const struct pl_trace_shape *shape, struct pl_trace_event *event)
{
    const uint64_t exponent = shape->rest & EXPONENT;
    event->size = shape->size;
    event->alignment = exponent ? UINT64_C(1) << exponent : 0;
    event->zeroed = shape->rest & ZEROED;
    event->site = (uint32_t)(shape->rest >> SITE_SHIFT);
}

const char *pl_trace_shape_take(struct pl_trace_shapes *shapes, uint64_t number,
                                struct pl_trace_cursor *cursor, uint32_t sites,
                                struct pl_trace_event *event)
{
    struct pl_trace_shape shape;
    errno = 0;
    if (number > shapes->count)
        return "a shape that is not there";
    if (number < shapes->count) {
        give(&shapes->list[number], event);
        return NULL;
    }
    if (!pl_trace_take(cursor, &shape.size) || !pl_trace_take(cursor, &shape.rest))
        return "a shape that is cut off";
    const char *wrong = check(&shape, sites);
    if (wrong)
        return wrong;
    if (number < PL_TRACE_SHAPES_MAX) {
        if (!has_room(shapes)) {
            errno = ENOMEM;
            return "out of memory";
        }
        shapes->list[shapes->count++] = shape;
    }
    give(&shape, event);
    return NULL;
}

void pl_trace_shapes_free(struct pl_trace_shapes *shapes)
{
    free(shapes->list);
    free(shapes->places);
    *shapes = (struct pl_trace_shapes){0};
}
