/* Reading quantiles back from the log-linear histogram. */
#include "harness/base/histogram.h"

#include <math.h>

uint64_t pl_histogram_bucket_top(size_t bucket)
{
    size_t linear = (size_t)1 << PL_HISTOGRAM_BITS;
    if (bucket < linear)
        return bucket;
    unsigned shift = (unsigned)(bucket >> PL_HISTOGRAM_BITS) - 1;
    uint64_t bottom = (uint64_t)(linear + (bucket & (linear - 1))) << shift;
    return bottom + ((uint64_t)1 << shift) - 1;
}

uint64_t pl_histogram_quantile(const struct pl_histogram *h, double q)
{
    if (h->count == 0)
        return 0;
    uint64_t rank = (uint64_t)ceil(q * (double)h->count);
    if (rank < 1)
        rank = 1;
    uint64_t seen = 0;
    for (size_t i = 0; i < PL_HISTOGRAM_BUCKETS; i++) {
        seen += h->buckets[i];
        if (seen >= rank) {
            uint64_t top = pl_histogram_bucket_top(i);
            return top < h->max ? top : h->max;
        }
    }
    return h->max;
}

void pl_histogram_merge(struct pl_histogram *to, const struct pl_histogram *from)
{
    to->count += from->count;
    if (from->max > to->max)
        to->max = from->max;
    for (size_t i = 0; i < PL_HISTOGRAM_BUCKETS; i++)
        to->buckets[i] += from->buckets[i];
}
