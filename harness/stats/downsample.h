/* Fewer points of a curve, such that it styles the same: peaks and troughs stay. */
#ifndef PL_STATS_DOWNSAMPLE_H
#define PL_STATS_DOWNSAMPLE_H

#include <stddef.h>
#include <stdint.h>

/** Points of a curve; t_ns ascends. */
struct pl_points {
    int64_t *t_ns;
    double *values;
    size_t count;
};

/** Keeps the first, lowest, highest and last points of each of so many equal parts of the time (of
 *  an extreme that lasts both ends), and of those the ones that a straight line between their
 *  neighbours would miss by more than `tolerance`. The first, the last, the lowest and the highest
 *  of all always stay.
 *  @param buckets 1 or more @param tolerance in the unit of the values, 0 or more
 *  @return 0, or -ENOMEM with the curve as it was */
int pl_downsample(struct pl_points *curve, size_t buckets, double tolerance);

/** The value at a moment, straight between points; before and after them that of the nearest.
 *  @param curve of 1 or more points */
double pl_points_at(const struct pl_points *curve, int64_t t_ns);

/** The place of the highest value, the first of them. @param curve of 1 or more points */
size_t pl_points_highest(const struct pl_points *curve);

void pl_points_free(struct pl_points *curve);

#endif
