/* Making values: shared by the files that compute metrics. */
#ifndef PL_MEASURE_VALUE_H
#define PL_MEASURE_VALUE_H

#include <math.h>

#include "harness/measure/metrics.h"
#include "harness/scenario/traits.h"

static inline struct pl_value pl_value_none(void)
{
    return (struct pl_value){.kind = PL_VALUE_NONE};
}

static inline struct pl_value pl_value_integer(uint64_t integer)
{
    return (struct pl_value){.kind = PL_VALUE_INTEGER, .integer = integer};
}

/** None for NaN and infinities: JSON has neither. */
static inline struct pl_value pl_value_real(double real)
{
    return isfinite(real) ? (struct pl_value){.kind = PL_VALUE_REAL, .real = real}
                          : pl_value_none();
}

/** The final books, or NULL for a cell that did not reach its end: its counters stop wherever the
 *  kernel struck, or where the machine's memory ran short, so they are shown as its last sample,
 * not as metrics that have to repeat. */
static inline const struct pl_final *pl_final_of(const struct pl_measured *m)
{
    return m->evidence->has_final && !m->evidence->final.at_ceiling ? &m->evidence->final : NULL;
}

/** Likewise, of a cell that has books of ours: a foreign program has none. */
static inline const struct pl_final *pl_books_of(const struct pl_measured *m)
{
    return pl_traits_of(m->scenario)->foreign ? NULL : pl_final_of(m);
}

/** What says that something was not as it was left: blocks with other bytes in them, what the stack
 *  found damaged or never got back, and packets that are not all accounted for. */
static inline uint64_t pl_integrity_errors_of(const struct pl_final *books)
{
    uint64_t accounted = books->counts.delivered + books->counts.held;
    for (int i = 0; i < PL_DROP_COUNT; i++)
        accounted += books->counts.dropped[i];
    return books->counts.integrity_errors + books->stack.corruptions + (books->leaked_bytes != 0) +
           (accounted != books->counts.received);
}

/** Final books with timings that can be trusted: corruption withholds them. */
static inline const struct pl_final *pl_timings_of(const struct pl_measured *m)
{
    const struct pl_final *books = pl_books_of(m);
    return books && pl_integrity_errors_of(books) ? NULL : pl_final_of(m);
}

#endif
