/* A series of any length in bounded memory: of each of up to PL_REDUCER_PARTS runs of samples the
 * first, lowest, highest and last stay, in their order. Runs are of as many samples each; where
 * there are too many runs, two become one. */
#ifndef PL_FORECAST_REDUCER_H
#define PL_FORECAST_REDUCER_H

#include <stddef.h>
#include <stdint.h>

#include "harness/stats/downsample.h"

#define PL_REDUCER_PARTS 4096

struct pl_reducer_sample {
    int64_t t_ns;
    double value;
};

struct pl_reducer_part {
    struct pl_reducer_sample first, lowest, highest, last;
};

/** Starts as {0}. */
struct pl_reducer {
    struct pl_reducer_part *parts; /* the last one is being filled */
    size_t count;
    uint64_t per;     /* samples of a whole part */
    uint64_t filled;  /* of the last part */
    uint64_t samples; /* in all */
};

/** @param t_ns not before that of the sample before: of two at one moment the higher stays
 *  @return 0 or -ENOMEM */
int pl_reducer_add(struct pl_reducer *reducer, int64_t t_ns, double value);

/** @param points what stays, strictly ascending in time; pl_points_free @return 0 or -ENOMEM */
int pl_reducer_points(const struct pl_reducer *reducer, struct pl_points *points);

void pl_reducer_free(struct pl_reducer *reducer);

#endif
