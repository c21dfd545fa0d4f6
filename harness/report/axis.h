/* An axis of a chart: from where to where, where its ticks are, and what stands at them. */
#ifndef PL_REPORT_AXIS_H
#define PL_REPORT_AXIS_H

#include <stdbool.h>
#include <stddef.h>

#define PL_AXIS_TICKS 12

struct pl_axis {
    double low;  /* what lies at the begin; above 0 where it is logarithmic */
    double high; /* above it */
    bool logarithmic;
    double ticks[PL_AXIS_TICKS];
    size_t tick_count;
};

/** Sets ticks at round figures, in steps of 1, 2 or 5 times a power of ten of the unit; of a
 *  logarithmic axis at powers of two of it.
 *  @param unit in that of low and high @param most ticks, 2 to PL_AXIS_TICKS */
void pl_axis_ticks(struct pl_axis *axis, double unit, size_t most);

/** Where a value lies: 0 at the low end, 1 at the high one; beyond them beyond that. */
double pl_axis_share(const struct pl_axis *axis, double value);

/** What time axes are labelled in: seconds up to 10 min, minutes up to 3 h, hours.
 *  @return seconds of the unit */
double pl_axis_time_unit(double duration_seconds, const char **name);

#endif
