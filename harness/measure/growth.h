/* Whether memory grows, and how fast.
 *
 * A run is cut into dyadic windows, (T/2,T], (T/4,T/2], (T/8,T/4]: linear growth raises the maximum
 * from window to window, and so does a doubling staircase, since each such window holds a doubling.
 * A robust slope reads 0 on that staircase; it judges nothing, and of what grows by steps it is not
 * what is reported. */
#ifndef PL_MEASURE_GROWTH_H
#define PL_MEASURE_GROWTH_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/cell/record.h"

#define PL_GROWTH_WINDOWS 3

/** A rise below max(256 KiB, 2 %) is noise: heaps differ by that between runs. */
#define PL_GROWTH_FLOOR_BYTES (256.0 * 1024)
#define PL_GROWTH_FLOOR_SHARE 0.02

struct pl_growth {
    double rss_max[PL_GROWTH_WINDOWS];  /* bytes; [0] is the last window */
    double live_max[PL_GROWTH_WINDOWS]; /* likewise */
    double slope;                       /* of RSS, bytes a minute, Theil-Sen over the second half */
    double slope_low;                   /* 95 % interval (Sen 1968) */
    double slope_high;
    double live_slope;      /* of live bytes over the second half, bytes a minute */
    double plateau_seconds; /* from when on RSS stays within max(256 KiB, 2 %) of its peak; NaN
                               while it grows */
    double window_rate;     /* bytes a minute from one window's maximum to the last one's */
    bool growing;
    bool by_steps; /* it grows, and the slope sees less than half of that: a staircase */
};

/** @param samples in the order of time; fewer than 8 are judged as not growing */
void pl_growth_judge(const struct pl_sample *samples, size_t count, struct pl_growth *growth);

/** Whether RSS rises by more than noise in the second half alone: the windows before do not say
 *  whether that goes on, and a longer run would. Never true of what grows. */
bool pl_growth_rises_late(const struct pl_growth *growth);

#endif
