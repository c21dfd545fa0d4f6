/* Where a series of the history goes: its slope, its changes, and a picture of it in one line. */
#ifndef PL_COMPARE_TREND_H
#define PL_COMPARE_TREND_H

#include "harness/base/slope.h"
#include "harness/compare/series.h"

/** Of a longer series the last so many runs are judged: what the slope's fit takes. */
#define PL_TREND_RUNS_MAX PL_SLOPE_POINTS_MAX

/** Fewer runs have no slope: of two, it says no more than their difference. */
#define PL_TREND_SLOPE_MIN 3

/** A change: from this run on the level is another. */
struct pl_trend_change {
    const json_t *run;
    double before, after; /* D: the values; else medians of the levels */
    double p;             /* NaN for class D, where nothing is left to chance */
};

struct pl_trend {
    size_t judged; /* runs, the last of the series */
    bool has_slope;
    struct pl_slope slope; /* Theil-Sen, in the metric's unit a run, 95 % interval */
    struct pl_trend_change *changes;
    size_t change_count;
};

/** Judges a series. Class D: each change of the value is one, exactly. S and N: E-divisive at
 *  PL_CHANGE_LEVEL, the same for the same series.
 *  @param trend pl_trend_free @return 0 or a negative errno */
int pl_trend_judge(const struct pl_series *series, struct pl_trend *trend);

void pl_trend_free(struct pl_trend *trend);

/** The most characters of a line below, and the bytes that hold them with their NUL. */
#define PL_TREND_LINE 16
#define PL_TREND_LINE_TEXT (PL_TREND_LINE * 3 + 1)

/** The series as a row of blocks of eight heights, from its least to its greatest value; of more
 *  than PL_TREND_LINE runs each block is the median of a share of them. UTF-8.
 *  @return 0 or -ENOMEM */
int pl_trend_line(const struct pl_series *series, char *text);

#endif
