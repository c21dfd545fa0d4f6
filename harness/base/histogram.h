/* A log-linear histogram of times: what the meters put latencies into without allocating.
 *
 * Values below 32 have a bucket each; above, every power of two is cut into 32 equal buckets, so a
 * quantile read back is at most 1/32 (3.1 %) above the exact one and never below it. */
#ifndef PL_BASE_HISTOGRAM_H
#define PL_BASE_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#define PL_HISTOGRAM_BITS 5 /* log2 of the buckets in a power of two */
#define PL_HISTOGRAM_BUCKETS ((64 - PL_HISTOGRAM_BITS + 1) << PL_HISTOGRAM_BITS)

/** All zero is an empty histogram. One writer at a time. */
struct pl_histogram {
    uint64_t count;
    uint64_t max; /* exact */
    uint64_t buckets[PL_HISTOGRAM_BUCKETS];
};

/** The bucket of a value. */
static inline size_t pl_histogram_bucket(uint64_t value)
{
    if (value < (1u << PL_HISTOGRAM_BITS))
        return (size_t)value;
    unsigned shift = 63u - (unsigned)__builtin_clzll(value) - PL_HISTOGRAM_BITS;
    return ((size_t)(shift + 1) << PL_HISTOGRAM_BITS) +
           (size_t)((value >> shift) - (1u << PL_HISTOGRAM_BITS));
}

static inline void pl_histogram_add(struct pl_histogram *h, uint64_t value)
{
    h->count++;
    if (value > h->max)
        h->max = value;
    h->buckets[pl_histogram_bucket(value)]++;
}

/** Adds what another histogram holds. */
void pl_histogram_merge(struct pl_histogram *to, const struct pl_histogram *from);

/** The highest value that falls into a bucket. */
uint64_t pl_histogram_bucket_top(size_t bucket);

/** The value below or at which `q` (0 to 1) of the values lie, by nearest rank; 0 when empty. */
uint64_t pl_histogram_quantile(const struct pl_histogram *h, double q);

#endif
