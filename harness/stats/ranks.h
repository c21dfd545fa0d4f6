/* Midranks: the ground of both of Wilcoxon's tests. Ranks are kept doubled, so that those of ties
 * are whole numbers too and the distributions over them can be counted without rounding. */
#ifndef PL_STATS_RANKS_H
#define PL_STATS_RANKS_H

#include <stddef.h>

/** Ranks values from 1; equal values share the mean of their ranks.
 * @param values none of them NaN
 * @param doubled out: twice the rank of each value, in the order of `values`
 * @param ties out: the sum over groups of t equal values of t^3 - t; 0 without ties
 * @return 0, or -ENOMEM */
int pl_ranks(const double *values, size_t count, size_t *doubled, double *ties);

/** The two-sided p of a statistic that is normal but discrete, with half a step of correction for
 * continuity towards the mean (Yates). @param deviation @param variance 0: everything is tied, p is
 * 1 */
double pl_ranks_normal_p(double deviation, double variance);

#endif
