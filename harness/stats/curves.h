/* How far two curves over time are apart, where a step that one takes a moment later is no
 * distance.
 *
 * Pure functions; any thread. */
#ifndef PL_STATS_CURVES_H
#define PL_STATS_CURVES_H

#include <stddef.h>
#include <stdint.h>

/** Samples of a curve. Points into the caller's memory. */
struct pl_curve {
    const int64_t *t_ns;  /* ascending */
    const double *values; /* finite */
    size_t count;         /* at least 1 */
};

/** Where two curves are furthest apart. */
struct pl_curve_gap {
    double most;   /* in the unit of the values; 0: nowhere */
    int64_t at_ns; /* the first moment of it; 0 where they are nowhere apart */
};

/** The highest value. */
double pl_curve_peak(const struct pl_curve *curve);

/** The share of the longer curve's time that both have: 0 (none) to 1 (the same time). */
double pl_curves_common(const struct pl_curve *a, const struct pl_curve *b);

/** The distance of two curves: from each sample in the time that both have, straight up or down to
 *  the range of the other curve's samples at most `window_ns` away in time; where the other has
 *  none so close, to the range of the two around the moment. The most of all samples of both.
 *  @param window_ns 0 or more */
struct pl_curve_gap pl_curves_gap(const struct pl_curve *a, const struct pl_curve *b,
                                  int64_t window_ns);

#endif
