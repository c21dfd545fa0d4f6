/* The hypergeometric distribution's upper tail, by logarithms of factorials (fisher.h). */
#include "harness/stats/fisher.h"

#include <math.h>

static double log_choose(size_t n, size_t k)
{
    return lgamma((double)n + 1) - lgamma((double)k + 1) - lgamma((double)(n - k) + 1);
}

double pl_fisher_greater(size_t a_hits, size_t a_count, size_t b_hits, size_t b_count)
{
    size_t hits = a_hits + b_hits, all = a_count + b_count;
    double p = 0;
    for (size_t k = b_hits; k <= b_count && k <= hits; k++)
        if (hits - k <= a_count)
            p +=
                exp(log_choose(b_count, k) + log_choose(a_count, hits - k) - log_choose(all, hits));
    return p > 1 ? 1 : p;
}
