/* Metrics of what a heap tells of itself; none of those that tell nothing. */
#include "harness/measure/value.h"

static struct pl_value told(const struct pl_measured *m, uint64_t value)
{
    return pl_books_of(m) && value ? pl_value_integer(value) : pl_value_none();
}

struct pl_value pl_metric_heap_arenas_end(const struct pl_measured *m)
{
    return told(m, m->evidence->final.heap.arenas);
}

struct pl_value pl_metric_heap_held_bytes_end(const struct pl_measured *m)
{
    return told(m, m->evidence->final.heap.held_bytes);
}
