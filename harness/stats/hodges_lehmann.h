/* By how much: the estimates that belong to Wilcoxon's two tests (Hodges & Lehmann, "Estimates of
 * Location Based on Rank Tests", Annals of Mathematical Statistics 34, 1963). */
#ifndef PL_STATS_HODGES_LEHMANN_H
#define PL_STATS_HODGES_LEHMANN_H

#include <stddef.h>

/** How many Walsh averages `count` values have. */
#define PL_WALSH_AVERAGES(count) ((count) * ((count) + 1) / 2)

/** The pseudo-median: the median of the Walsh averages (x_i + x_j) / 2, i <= j. Of log ratios, its
 * exponential is the ratio of new to base. Zeros count like any other value.
 * @param count 1 to PL_STATS_VALUES_MAX @param estimate out
 * @return 0; -EINVAL for too few or too many values, or one that is no number; -ENOMEM */
int pl_hodges_lehmann(const double *values, size_t count, double *estimate);

/** The same without checks or memory of its own, for loops.
 * @param averages room for PL_WALSH_AVERAGES(count) */
double pl_hodges_lehmann_in(const double *values, size_t count, double *averages);

/** The shift of x against y: the median of all x_i - y_j.
 * @param x_count, y_count 1 to PL_STATS_VALUES_MAX @param shift out: positive when x lies higher
 * @return 0; -EINVAL as above; -ENOMEM */
int pl_hodges_lehmann_shift(const double *x, size_t x_count, const double *y, size_t y_count,
                            double *shift);

#endif
