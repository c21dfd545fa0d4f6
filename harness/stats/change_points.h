/* Where a series changes: E-divisive, which asks for changes of any kind in the distribution
 * (D. S. Matteson & N. A. James, "A Nonparametric Approach for Multiple Change Point Analysis of
 * Multivariate Data", JASA 109, 2014, sections 2 and 3). */
#ifndef PL_STATS_CHANGE_POINTS_H
#define PL_STATS_CHANGE_POINTS_H

#include <stddef.h>
#include <stdint.h>

/** The longest series: a permutation costs count^2 / 2 steps, so that this one takes a second or
 *  so for every change. */
#define PL_CHANGE_VALUES_MAX 512

/** The exponent of distances (Matteson & James use 1 throughout; 2 sees changes of mean alone). */
#define PL_CHANGE_ALPHA 1.0

/** Values in a segment, at least: the fewest for which a clean step between two such segments is
 *  below PL_CHANGE_LEVEL (2 of C(10, 5) = 252 orders divide as far). The test draws orders, so that
 *  a step is sure to be found from 12 values on. ecp has 30 unasked: too late for a history. */
#define PL_CHANGE_MIN_SEGMENT 5

/** Permutations: p is a multiple of 1 / 1000, and .01 is one of them. (The authors' package ecp has
 *  199 unasked, for a level of .05.) */
#define PL_CHANGE_ROUNDS 999

/** Of one series without a change, one in a hundred is said to have one. Reports look at tens of
 *  series at a time: at the paper's .05 each would cry wolf. */
#define PL_CHANGE_LEVEL 0.01

/** How to look; a field that is 0 takes its value from above. */
struct pl_change_options {
    double alpha;       /* more than 0, less than 2 */
    size_t min_segment; /* 2 at least */
    size_t rounds;      /* 19 to 100000 */
    double level;       /* between 0 and 1, neither of them */
    uint64_t seed;
};

struct pl_change_point {
    size_t index;         /* of the first value of the new level */
    double p;             /* of the permutation test by which it was found */
    double before, after; /* medians from the change before to this one, from here to the next */
};

/** Finds the changes of a series, in its order.
 *
 * Divides where the energy distance between what lies before and after is the greatest, as long as
 * a permutation test within the segments finds that distance unlikely, and goes on with the parts.
 * The values may have any unit; their scale and their sign say nothing. It assumes that what does
 * not change is exchangeable: a trend is cut into steps. The same arguments give the same answer.
 *
 * @param values 1 to PL_CHANGE_VALUES_MAX of them, oldest first; fewer than two segments have none
 * @param options NULL: as above
 * @param points out, by index @param capacity count / min_segment always suffices
 * @param found out: how many
 * @return 0; -EINVAL for an argument outside of these, or a value that is no number; -ENOSPC when
 *         `capacity` is too small; -ENOMEM */
int pl_change_points(const double *values, size_t count, const struct pl_change_options *options,
                     struct pl_change_point *points, size_t capacity, size_t *found);

#endif
