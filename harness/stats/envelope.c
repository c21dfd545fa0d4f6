/* Maxima of parts, and peaks among them (envelope.h). */
#include "harness/stats/envelope.h"

#include <math.h>
#include <stdbool.h>

#define PEAKS_MIN 8 /* of fewer no rate can be told to change */

/* Parts of as many samples each, which are of equal time where samples are; of each the first of
 * its highest. */
static void find_parts(const struct pl_curve *c, struct pl_envelope *e)
{
    size_t parts = c->count < PL_ENVELOPE_PARTS ? c->count : PL_ENVELOPE_PARTS;
    for (size_t k = 0; k < parts; k++) {
        size_t highest = k * c->count / parts;
        for (size_t i = highest; i < (k + 1) * c->count / parts; i++)
            highest = c->values[i] > c->values[highest] ? i : highest;
        e->seconds[k] = (double)c->t_ns[highest] / 1e9;
        e->bytes[k] = c->values[highest];
    }
    e->points = (struct pl_trend_points){e->seconds, e->bytes, parts};
}

/* Half the height of what goes up and down around the line of all points. */
static int find_swing(const struct pl_envelope *e, double *swing)
{
    struct pl_trend_line line;
    double low = INFINITY, high = -INFINITY;
    int rc = pl_trend_fit(&e->points, 0, &line);
    for (size_t i = 0; !rc && i < e->points.count; i++) {
        double off = e->bytes[i] + line.rate * (line.end_seconds - e->seconds[i]);
        low = fmin(low, off);
        high = fmax(high, off);
    }
    *swing = (high - low) / 2;
    return rc;
}

/* Peaks: from each of them it falls by `swing`, and rises as much to the next one. The last rise
 * may go on, and is none. */
static void find_peaks(const struct pl_envelope *e, double swing, struct pl_envelope *peaks)
{
    size_t count = 0, high = 0, low = 0;
    bool falling = false;
    for (size_t i = 1; i < e->points.count; i++) {
        high = falling || e->bytes[i] <= e->bytes[high] ? high : i;
        low = !falling || e->bytes[i] >= e->bytes[low] ? low : i;
        if (!falling && e->bytes[i] < e->bytes[high] - swing) {
            peaks->seconds[count] = e->seconds[high];
            peaks->bytes[count++] = e->bytes[high];
            falling = true;
            low = i;
        } else if (falling && e->bytes[i] > e->bytes[low] + swing) {
            falling = false;
            high = i;
        }
    }
    peaks->points = (struct pl_trend_points){peaks->seconds, peaks->bytes, count};
}

/* A sawtooth of a longer period than the parts meets a limit by its peaks. */
int pl_envelope_find(const struct pl_curve *c, double noise, struct pl_envelope *e)
{
    struct pl_envelope peaks;
    double swing;
    find_parts(c, e);
    int rc = find_swing(e, &swing);
    if (rc)
        return rc;
    find_peaks(e, fmax(swing, noise), &peaks);
    if (peaks.points.count < PEAKS_MIN)
        return 0;
    *e = peaks;
    e->points.seconds = e->seconds;
    e->points.bytes = e->bytes;
    return 0;
}
