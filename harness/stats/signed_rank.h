/* Wilcoxon's signed-rank test: do pairs differ? The gate's test for noisy metrics, on log ratios
 * (F. Wilcoxon, "Individual Comparisons by Ranking Methods", Biometrics Bulletin 1, 1945;
 * Hollander & Wolfe, Nonparametric Statistical Methods, 2nd ed., section 3.1). */
#ifndef PL_STATS_SIGNED_RANK_H
#define PL_STATS_SIGNED_RANK_H

#include <stdbool.h>
#include <stddef.h>

/** Up to here p is exact, ties or not; above, the normal approximation. */
#define PL_SIGNED_RANK_EXACT_MAX 25

struct pl_signed_rank {
    double statistic; /* the sum of the ranks of the positive differences (R's V) */
    size_t used;      /* differences that are not zero */
    double p;         /* two-sided: twice the smaller tail, at most 1 */
    double estimate;  /* Hodges-Lehmann pseudo-median of all the differences */
    bool exact;
};

/** Tests whether paired differences lie symmetrically around zero.
 *
 * Zeros are dropped, as Wilcoxon did, but stay in the estimate; equal sizes share midranks. Up to
 * PL_SIGNED_RANK_EXACT_MAX differences p is counted over all 2^n signs of the ranks at hand, above
 * it is normal, with variance n(n+1)(2n+1)/24 - sum(t^3 - t)/48 and correction for continuity. All
 * zero is no error: nothing differs, p is 1.
 *
 * @param differences in any unit @param count 1 to PL_STATS_VALUES_MAX @param out set on success
 * @return 0; -EINVAL for too few or too many values, or one that is no number; -ENOMEM */
int pl_signed_rank(const double *differences, size_t count, struct pl_signed_rank *out);

#endif
