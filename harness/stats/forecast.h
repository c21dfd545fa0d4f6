/* How memory grows, and where that leads: the kind of the growth, the level at a later moment, and
 * when a level is met, each with an interval.
 *
 * What grows is the upper envelope, since a limit is met by peaks, whatever is given back between
 * them: the maxima of PL_ENVELOPE_PARTS equal parts of the time, or of a slow sawtooth its peaks
 * (envelope.h). In this order a series is
 *  - a staircase, where jumps make up its rise, alike in ratio or in height, or with heights that
 *    double (staircase.h);
 *  - saturating, where its rate declines and a curve that slows, to an end or not, or behind a
 * start to a steady rate, fits better than straight pieces (saturation.h);
 *  - linear, by the Theil-Sen slope since the rate last changed (trend_line.h);
 *  - of no growth, where that slope is none or its rise is below the noise.
 *
 * Pure functions; any thread. */
#ifndef PL_STATS_FORECAST_H
#define PL_STATS_FORECAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/stats/curves.h"
#include "harness/stats/saturation.h"
#include "harness/stats/staircase.h"
#include "harness/stats/trend_line.h"

/** Samples that are needed at least: as growth is judged (harness/measure/growth.c). */
#define PL_FORECAST_SAMPLES_MIN 8

/** How far ahead a time is looked for unasked, in lengths of the series: ten are a guess already.
 */
#define PL_FORECAST_REACH 10.0

/** Noise of a level, at least: heaps differ by that between runs (harness/measure/growth.h), and a
 * container holds page tables and kernel memory, too. */
#define PL_FORECAST_FLOOR_BYTES (256.0 * 1024)
#define PL_FORECAST_FLOOR_SHARE 0.02

/** Page tables, kernel stacks and files, which a limit counts and RSS does not: 0.7 to 1.3 MiB when
 * cells of 40 to 256 MiB were killed. The earliest time of a limit is by so much less. */
#define PL_FORECAST_BESIDE_BYTES (1.0 * 1024 * 1024)

enum pl_forecast_kind {
    PL_FORECAST_NONE,
    PL_FORECAST_LINEAR,
    PL_FORECAST_STAIRCASE,
    PL_FORECAST_SATURATING,
    PL_FORECAST_KINDS
};

/** An estimate and its interval of 95 %. */
struct pl_forecast_range {
    double best, low, high;
};

struct pl_forecast {
    enum pl_forecast_kind kind;
    int64_t start_ns; /* of the series */
    int64_t from_ns;  /* since when it has grown as it does */
    int64_t end_ns;   /* now: seconds ahead count from here */
    double level;     /* now, of the envelope, bytes */
    double spread;    /* of the envelope around its fit, bytes */
    struct pl_trend_line line;
    struct pl_staircase stairs;      /* of a staircase alone */
    struct pl_saturation saturation; /* of a saturating one alone */
};

/** "linear", "staircase", "saturating" or "none". */
const char *pl_forecast_kind_name(enum pl_forecast_kind kind);

/** Judges a series. @param curve strictly ascending in time, values 0 or more
 *  @return 0; -EINVAL for fewer than PL_FORECAST_SAMPLES_MIN samples; -ENOMEM */
int pl_forecast_make(const struct pl_curve *curve, struct pl_forecast *forecast);

/** The level after so many seconds. @param ahead 0 or more */
struct pl_forecast_range pl_forecast_at(const struct pl_forecast *forecast, double ahead);

/** Seconds ahead up to which a time is looked for: PL_FORECAST_REACH lengths of the series.  */
double pl_forecast_reach(const struct pl_forecast *forecast);

/** When a level is met, in seconds from the end of the series; INFINITY where that is never, or
 * later than `furthest`. `low` is the earliest time.
 *  @param furthest seconds ahead, more than 0 */
struct pl_forecast_range pl_forecast_meets(const struct pl_forecast *forecast, double bytes,
                                           double furthest);

/** Bytes a second now. Of a staircase: from its latest step to the next one. */
double pl_forecast_rate(const struct pl_forecast *forecast);

#endif
