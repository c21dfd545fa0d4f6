#include "harness/stats/rank_sum.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/stats/hodges_lehmann.h"
#include "harness/stats/ranks.h"
#include "harness/stats/values.h"

/* ways[k * sums + s]: how many choices of k of the ranks seen so far have the doubled sum s. At
 * most 50 over 25 = 1.3e14 of them: a double holds each exactly. */
static void count_splits(uint64_t *ways, size_t sums, const size_t *doubled, size_t n,
                         size_t chosen)
{
    ways[0] = 1;
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1 < chosen ? i + 1 : chosen; k > 0; k--)
            for (size_t s = sums - 1; s >= doubled[i]; s--)
                ways[k * sums + s] += ways[(k - 1) * sums + s - doubled[i]];
}

/* With ties the distribution need not be symmetric: both tails are counted. */
static double smaller_tail(const uint64_t *ways, size_t sums, size_t sum)
{
    uint64_t all = 0, below = 0, above = 0;
    for (size_t s = 0; s < sums; s++) {
        all += ways[s];
        below += s <= sum ? ways[s] : 0;
        above += s >= sum ? ways[s] : 0;
    }
    return (double)(below < above ? below : above) / (double)all;
}

static int exact_p(const size_t *doubled, size_t n, size_t chosen, size_t sum, double *p)
{
    size_t sums = n * (n + 1) + 1;
    uint64_t *ways = calloc((chosen + 1) * sums, sizeof *ways);
    if (!ways)
        return -ENOMEM;
    count_splits(ways, sums, doubled, n, chosen);
    *p = fmin(2 * smaller_tail(ways + chosen * sums, sums, sum), 1);
    free(ways);
    return 0;
}

static double normal_p(double statistic, double m, double n, double ties)
{
    double all = m + n;
    double variance = m * n / 12 * (all + 1 - ties / (all * (all - 1)));
    return pl_ranks_normal_p(statistic - m * n / 2, variance);
}

static int judge(const size_t *doubled, double ties, size_t m, size_t n, struct pl_rank_sum *result)
{
    size_t sum = 0;
    for (size_t i = 0; i < m; i++)
        sum += doubled[i];
    result->statistic = (double)(sum - m * (m + 1)) / 2;
    result->exact = m + n <= PL_RANK_SUM_EXACT_MAX;
    if (result->exact)
        return exact_p(doubled, m + n, m, sum, &result->p);
    result->p = normal_p(result->statistic, (double)m, (double)n, ties);
    return 0;
}

int pl_rank_sum(const double *x, size_t x_count, const double *y, size_t y_count,
                struct pl_rank_sum *out)
{
    struct pl_rank_sum result;
    int rc = pl_hodges_lehmann_shift(x, x_count, y, y_count, &result.estimate);
    if (rc)
        return rc;
    size_t count = x_count + y_count;
    double ties, *pooled = malloc(count * sizeof *pooled);
    size_t *doubled = malloc(count * sizeof *doubled);
    rc = -ENOMEM;
    if (!pooled || !doubled)
        goto out;
    memcpy(pooled, x, x_count * sizeof *x);
    memcpy(pooled + x_count, y, y_count * sizeof *y);
    rc = pl_ranks(pooled, count, doubled, &ties);
    if (!rc)
        rc = judge(doubled, ties, x_count, y_count, &result);
    if (!rc)
        *out = result;
out:
    free(pooled);
    free(doubled);
    return rc;
}
