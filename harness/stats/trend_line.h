/* Straight growth of an envelope: its rate since it last changed, and how far off a line gets.
 *
 * Where the rate changes is found by E-divisive over the increments (change_points.h), which are
 * exchangeable both for a line with noise and for a walk that drifts, as a leak by chance is. The
 * rate is Theil-Sen's with Sen's interval (harness/base/slope.h). What comes after adds up as in a
 * walk: variance grows with the time ahead, and with its square by the drift's own error over what
 * was seen (Box & Jenkins, "Time Series Analysis", 1970, chapter 5: the random walk with drift). */
#ifndef PL_STATS_TREND_LINE_H
#define PL_STATS_TREND_LINE_H

#include <stdbool.h>
#include <stddef.h>

/** Points in the order of time. */
struct pl_trend_points {
    double *seconds; /* strictly ascending */
    double *bytes;
    size_t count;
};

struct pl_trend_line {
    double end_seconds;         /* of the points */
    double seen;                /* seconds from where the rate last changed to the end */
    double level;               /* at the end, bytes */
    double rate;                /* bytes a second */
    double rate_low, rate_high; /* Sen's 95 % */
    double walk;                /* variance of increments, bytes^2 a second */
    double scatter;             /* median distance from the line, bytes */
    bool slows;                 /* the rate declines within what was seen, or did before (95 %) */
};

/** The most straight pieces that a series is cut into. */
#define PL_TREND_PIECES_MAX 24

/** Straight pieces: piece k goes from point first[k] to first[k + 1]. */
struct pl_trend_pieces {
    size_t first[PL_TREND_PIECES_MAX + 1];
    size_t count;
};

/** Cuts points where their rate changes. @param points 8 to PL_SLOPE_POINTS_MAX
 *  @return 0, -EINVAL or -ENOMEM */
int pl_trend_cut(const struct pl_trend_points *points, struct pl_trend_pieces *pieces);

/** Fits the points from `first` on. @return 0, -EINVAL for fewer than 4, or -ENOMEM */
int pl_trend_fit(const struct pl_trend_points *points, size_t first, struct pl_trend_line *line);

/** Half the 95 % interval of the level so many seconds ahead, the noise of one level aside. */
double pl_trend_width(const struct pl_trend_line *line, double ahead);

#endif
