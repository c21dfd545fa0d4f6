/* The upper envelope of a curve: what of it would meet a limit. */
#ifndef PL_STATS_ENVELOPE_H
#define PL_STATS_ENVELOPE_H

#include "harness/stats/curves.h"
#include "harness/stats/trend_line.h"

/** Parts of the time: E-divisive costs the square of them (change_points.h), some 30 ms. */
#define PL_ENVELOPE_PARTS 128

struct pl_envelope {
    double seconds[PL_ENVELOPE_PARTS], bytes[PL_ENVELOPE_PARTS];
    struct pl_trend_points points; /* of these: it is not to be copied */
};

/** Takes the highest sample of each of PL_ENVELOPE_PARTS parts, or of a sawtooth of longer periods
 * its peaks.
 *  @param curve of 4 or more samples @param noise bytes: lower teeth are none
 *  @return 0 or -ENOMEM */
int pl_envelope_find(const struct pl_curve *curve, double noise, struct pl_envelope *envelope);

#endif
