/* Metrics of a modelled collector; none where the stack has none. */
#include "harness/measure/value.h"

static struct pl_value collected(const struct pl_final *final, uint64_t value)
{
    return final && final->stack.collected ? pl_value_integer(value) : pl_value_none();
}

struct pl_value pl_metric_gc_cycles(const struct pl_measured *m)
{
    const struct pl_final *final = pl_books_of(m);
    return collected(final, final ? final->stack.gc_cycles : 0);
}

struct pl_value pl_metric_gc_minor_collections(const struct pl_measured *m)
{
    const struct pl_final *final = pl_books_of(m);
    return collected(final, final ? final->stack.gc_minor_collections : 0);
}

struct pl_value pl_metric_gc_pause_ns_max(const struct pl_measured *m)
{
    const struct pl_final *final = pl_timings_of(m);
    return collected(final, final ? final->stack.gc_pause_ns_max : 0);
}
