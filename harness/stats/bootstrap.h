/* How sure an estimate is: the bootstrap (B. Efron, "Bootstrap Methods: Another Look at the
 * Jackknife", Annals of Statistics 7, 1979; Efron & Tibshirani, An Introduction to the Bootstrap,
 * 1993, chapters 6 and 13). */
#ifndef PL_STATS_BOOTSTRAP_H
#define PL_STATS_BOOTSTRAP_H

#include <stddef.h>
#include <stdint.h>

/** The most resamples: a second or so at 40 values. 2000 do for an interval (Efron & Tibshirani,
 *  section 14.3, want 1000 at least). */
#define PL_BOOTSTRAP_ROUNDS_MAX 100000

struct pl_bootstrap {
    double low, high; /* percentile interval, in the unit of the values */
    double sd;        /* standard deviation of the estimates */
};

/** Resamples with replacement and takes the Hodges-Lehmann estimate of each resample.
 *
 * With `draws` other than `count` it tells how the estimate would spread over so many pairs. The
 * same arguments give the same figures, to the bit.
 *
 * @param values paired differences, such as log ratios; 1 to PL_STATS_VALUES_MAX of them
 * @param draws the size of a resample, up to PL_STATS_VALUES_MAX; 0: as many as there are values
 * @param rounds resamples, 2 to PL_BOOTSTRAP_ROUNDS_MAX
 * @param level of the interval, between 0 and 1, neither of them: 0.95
 * @param out set on success
 * @return 0; -EINVAL for an argument outside of these, or a value that is no number; -ENOMEM */
int pl_bootstrap_hodges_lehmann(const double *values, size_t count, size_t draws, size_t rounds,
                                double level, uint64_t seed, struct pl_bootstrap *out);

#endif
