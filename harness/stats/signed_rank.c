#include "harness/stats/signed_rank.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "harness/stats/hodges_lehmann.h"
#include "harness/stats/ranks.h"
#include "harness/stats/values.h"

#define EXACT_SUMS (PL_SIGNED_RANK_EXACT_MAX * (PL_SIGNED_RANK_EXACT_MAX + 1) + 1)

/* How many of the 2^n signs give each doubled sum, one rank after the other. Doubled ranks add up
 * to n(n+1) whatever the ties. The distribution is symmetric, so one tail tells both. */
static double exact_p(const size_t *doubled, size_t n, size_t sum)
{
    uint64_t ways[EXACT_SUMS] = {1};
    size_t total = n * (n + 1), reached = 0;
    for (size_t i = 0; i < n; i++) {
        reached += doubled[i];
        for (size_t s = reached; s >= doubled[i]; s--)
            ways[s] += ways[s - doubled[i]];
    }
    size_t smaller = sum < total - sum ? sum : total - sum;
    uint64_t tail = 0;
    for (size_t s = 0; s <= smaller; s++)
        tail += ways[s];
    return fmin(2 * ldexp((double)tail, -(int)n), 1);
}

static double normal_p(double statistic, size_t used, double ties)
{
    double n = (double)used;
    double variance = n * (n + 1) * (2 * n + 1) / 24 - ties / 48;
    return pl_ranks_normal_p(statistic - n * (n + 1) / 4, variance);
}

static size_t positive_sum(const double *kept, const size_t *doubled, size_t n)
{
    size_t sum = 0;
    for (size_t i = 0; i < n; i++)
        if (kept[i] > 0)
            sum += doubled[i];
    return sum;
}

/* `kept` are the differences that are not zero, `sizes` their absolute values. */
static int judge(const double *kept, const double *sizes, size_t n, struct pl_signed_rank *result)
{
    double ties;
    size_t *doubled = malloc((n ? n : 1) * sizeof *doubled);
    int rc = doubled ? pl_ranks(sizes, n, doubled, &ties) : -ENOMEM;
    if (!rc) {
        size_t sum = positive_sum(kept, doubled, n);
        result->used = n;
        result->statistic = (double)sum / 2;
        result->exact = n <= PL_SIGNED_RANK_EXACT_MAX;
        result->p = result->exact ? exact_p(doubled, n, sum) : normal_p(result->statistic, n, ties);
    }
    free(doubled);
    return rc;
}

int pl_signed_rank(const double *differences, size_t count, struct pl_signed_rank *out)
{
    struct pl_signed_rank result;
    int rc = pl_hodges_lehmann(differences, count, &result.estimate);
    if (rc)
        return rc;
    double *kept = malloc(2 * count * sizeof *kept);
    if (!kept)
        return -ENOMEM;
    double *sizes = kept + count;
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (differences[i] == 0)
            continue;
        kept[n] = differences[i];
        sizes[n++] = fabs(differences[i]);
    }
    rc = judge(kept, sizes, n, &result);
    if (!rc)
        *out = result;
    free(kept);
    return rc;
}
