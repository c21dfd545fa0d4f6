/* Metrics of a heap that is asked to give memory back; none where it never was. */
#include "harness/measure/value.h"

/* NULL where none took place. A program counts its own; of a model that ended early none are known.
 */
static const struct pl_trims *trims_of(const struct pl_measured *m)
{
    const struct pl_final *final = pl_books_of(m);
    const struct pl_trims *trims = final ? &final->trims : &m->evidence->program.trims;
    return trims->count ? trims : NULL;
}

struct pl_value pl_metric_trims(const struct pl_measured *m)
{
    const struct pl_trims *trims = trims_of(m);
    return trims ? pl_value_integer(trims->count) : pl_value_none();
}

struct pl_value pl_metric_trimmed_bytes_total(const struct pl_measured *m)
{
    const struct pl_trims *trims = trims_of(m);
    return trims ? pl_value_integer(trims->bytes) : pl_value_none();
}

struct pl_value pl_metric_trim_ns_max(const struct pl_measured *m)
{
    const struct pl_trims *trims = trims_of(m);
    return trims ? pl_value_integer(trims->ns_max) : pl_value_none();
}

/* A program's are its own: nobody counts them from trim to trim. */
struct pl_value pl_metric_trim_faults(const struct pl_measured *m)
{
    const struct pl_final *books = pl_books_of(m);
    return books && books->trims.count ? pl_value_integer(books->trims.faults) : pl_value_none();
}
