/* What every test of this room starts from: plain samples, their median and quantiles. */
#ifndef PL_STATS_VALUES_H
#define PL_STATS_VALUES_H

#include <stdbool.h>
#include <stddef.h>

/** The most values any function of this room takes in one sample: their pairs must fit in memory.
 */
#define PL_STATS_VALUES_MAX 2048

/** A sample that can be judged: 1 to PL_STATS_VALUES_MAX values, none of them NaN, infinite or
 * beyond DBL_MAX / 4 (so that sums and differences stay finite). */
bool pl_values_usable(const double *values, size_t count);

/** The values in ascending order, in place. @param values none of them NaN */
void pl_values_sort(double *values, size_t count);

/** The median, in linear time (Hoare's selection). Reorders the values.
 * @param count at least 1 @return the middle value, or the mean of the two middle ones */
double pl_values_median(double *values, size_t count);

/** The quantile of sorted values, linear between neighbours: definition 7 of Hyndman & Fan, "Sample
 * Quantiles in Statistical Packages", The American Statistician 50, 1996 (what R does unasked).
 * @param count at least 1 @param q 0 to 1 */
double pl_values_quantile(const double *sorted, size_t count, double q);

#endif
