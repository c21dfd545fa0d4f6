/* Metrics of a crew of workers; none where there is none. */
#include "harness/measure/value.h"

static const struct pl_final *crew_of(const struct pl_measured *m)
{
    const struct pl_final *final = pl_books_of(m);
    return final && final->threads_made + final->threads_failed > 0 ? final : NULL;
}

struct pl_value pl_metric_threads_made(const struct pl_measured *m)
{
    const struct pl_final *final = crew_of(m);
    return final ? pl_value_integer(final->threads_made) : pl_value_none();
}

struct pl_value pl_metric_threads_failed(const struct pl_measured *m)
{
    const struct pl_final *final = crew_of(m);
    return final ? pl_value_integer(final->threads_failed) : pl_value_none();
}
