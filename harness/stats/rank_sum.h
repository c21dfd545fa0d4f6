/* Mann and Whitney's test: do two samples that are not paired differ? ("On a Test of Whether One of
 * Two Random Variables is Stochastically Larger than the Other", Annals of Mathematical Statistics
 * 18, 1947; Hollander & Wolfe, Nonparametric Statistical Methods, 2nd ed., section 4.1). */
#ifndef PL_STATS_RANK_SUM_H
#define PL_STATS_RANK_SUM_H

#include <stdbool.h>
#include <stddef.h>

/** Up to so many values in both samples together p is exact, ties or not; above, normal. */
#define PL_RANK_SUM_EXACT_MAX 50

struct pl_rank_sum {
    double statistic; /* U of x: pairs in which x is the greater, ties counting half (R's W) */
    double p;         /* two-sided: twice the smaller tail, at most 1 */
    double estimate;  /* Hodges-Lehmann shift of x against y */
    bool exact;
};

/** Tests whether two samples come from one distribution.
 *
 * Up to PL_RANK_SUM_EXACT_MAX values together p is counted over all splits of the midranks at hand,
 * above it is normal, with variance mn/12 (N + 1 - sum(t^3 - t)/(N(N-1))) and correction for
 * continuity. Not for measurements whose noise drifts: those belong in pairs (signed_rank.h).
 *
 * @param x_count, y_count 1 to PL_STATS_VALUES_MAX @param out set on success
 * @return 0; -EINVAL for too few or too many values, or one that is no number; -ENOMEM */
int pl_rank_sum(const double *x, size_t x_count, const double *y, size_t y_count,
                struct pl_rank_sum *out);

#endif
