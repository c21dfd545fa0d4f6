/* Metrics of pools whose blocks are made beforehand; none where the stack has none. */
#include "harness/measure/value.h"

static struct pl_value counted(const struct pl_final *final, uint64_t value)
{
    return final && final->stack.counts_hits ? pl_value_integer(value) : pl_value_none();
}

struct pl_value pl_metric_pool_hits(const struct pl_measured *m)
{
    const struct pl_final *final = pl_books_of(m);
    return counted(final, final ? final->stack.pool_hits : 0);
}

struct pl_value pl_metric_pool_misses(const struct pl_measured *m)
{
    const struct pl_final *final = pl_books_of(m);
    return counted(final, final ? final->stack.pool_misses : 0);
}
