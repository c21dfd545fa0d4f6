/* Cutting by change points of the rate, and the line of the last piece (trend_line.h). */
#include "harness/stats/trend_line.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "harness/base/slope.h"
#include "harness/stats/change_points.h"
#include "harness/stats/values.h"

#define PIECE_MIN 8
#define LAST_SHARE 5 /* the last piece is a fifth of the points at least: less is an episode */
#define SURE 2.0     /* standard errors that rates differ by */
#define Z95 1.959964

static void find_rates(const struct pl_trend_points *p, double *rates)
{
    for (size_t i = 0; i + 1 < p->count; i++)
        rates[i] = (p->bytes[i + 1] - p->bytes[i]) / (p->seconds[i + 1] - p->seconds[i]);
}

/* Variance of increments a second, around a rate. Over blocks of the cube root of the count: what
 * goes up and down within them is noise of a level, and adds little to a walk. Of few blocks it is
 * as much larger as Student's t is than the normal quantile. */
static double walk_of(const struct pl_trend_points *p, size_t first, size_t last, double rate)
{
    size_t block = (size_t)cbrt((double)(last - first + 1)), blocks = 0;
    double squares = 0;
    for (size_t i = first; i + block <= last; i += block, blocks++) {
        double time = p->seconds[i + block] - p->seconds[i];
        double off = p->bytes[i + block] - p->bytes[i] - rate * time;
        squares += off * off / time;
    }
    double freedom = blocks > 1 ? (double)(blocks - 1) : INFINITY;
    double student = 1 + 1.2 / freedom;
    return squares / freedom * student * student;
}

struct piece {
    double seconds, rate, walk;
};

static struct piece piece_of(const struct pl_trend_points *p, size_t first, size_t last)
{
    struct piece z = {.seconds = p->seconds[last] - p->seconds[first]};
    z.rate = (p->bytes[last] - p->bytes[first]) / z.seconds;
    z.walk = walk_of(p, first, last, z.rate);
    return z;
}

/* E-divisive finds changes of any kind: those count of which the mean rate tells, too. */
static bool differ(const struct pl_trend_points *p, size_t first, size_t change, size_t last)
{
    struct piece a = piece_of(p, first, change), b = piece_of(p, change, last);
    return fabs(a.rate - b.rate) > SURE * sqrt(a.walk / a.seconds + b.walk / b.seconds);
}

static void join_pieces(const struct pl_trend_points *p, struct pl_trend_pieces *z)
{
    for (size_t k = z->count - 1; k > 0; k--) {
        if (differ(p, z->first[k - 1], z->first[k], z->first[k + 1]))
            continue;
        for (size_t i = k; i < z->count; i++)
            z->first[i] = z->first[i + 1];
        z->count--;
    }
}

int pl_trend_cut(const struct pl_trend_points *p, struct pl_trend_pieces *pieces)
{
    double rates[PL_SLOPE_POINTS_MAX];
    struct pl_change_point changes[PL_TREND_PIECES_MAX];
    size_t found = 0;
    if (p->count < PIECE_MIN || p->count > PL_SLOPE_POINTS_MAX)
        return -EINVAL;
    find_rates(p, rates);
    struct pl_change_options options = {.min_segment = PIECE_MIN};
    int rc = pl_change_points(rates, p->count - 1, &options, changes, PL_TREND_PIECES_MAX, &found);
    if (rc)
        return rc == -ENOMEM ? rc : -EINVAL;
    while (found && p->count - changes[found - 1].index < p->count / LAST_SHARE)
        found--;
    *pieces = (struct pl_trend_pieces){.count = found + 1};
    for (size_t i = 0; i < found; i++)
        pieces->first[i + 1] = changes[i].index;
    pieces->first[found + 1] = p->count - 1;
    join_pieces(p, pieces);
    return 0;
}

/* Of the points' distances from a line through 0; the median of the last quarter is the level. */
static void find_level(const struct pl_trend_points *p, size_t first, struct pl_trend_line *line)
{
    double off[PL_SLOPE_POINTS_MAX];
    size_t count = p->count - first, last = count / 4 > 2 ? count / 4 : 2;
    for (size_t i = 0; i < last; i++) {
        size_t at = p->count - last + i;
        off[i] = p->bytes[at] + line->rate * (line->end_seconds - p->seconds[at]);
    }
    line->level = pl_values_median(off, last);
    for (size_t i = 0; i < count; i++)
        off[i] = p->bytes[first + i] + line->rate * (line->end_seconds - p->seconds[first + i]);
    double middle = pl_values_median(off, count);
    for (size_t i = 0; i < count; i++)
        off[i] = fabs(off[i] - middle);
    line->scatter = pl_values_median(off, count);
}

/* Whether rates decline: their own slope is below 0 for sure. */
static int find_decline(const struct pl_trend_points *p, size_t first, bool *slows)
{
    double rates[PL_SLOPE_POINTS_MAX];
    struct pl_slope slope;
    const struct pl_trend_points part = {p->seconds + first, p->bytes + first, p->count - first};
    find_rates(&part, rates);
    int rc = pl_slope_fit(part.seconds, rates, part.count - 1, &slope);
    *slows = !rc && slope.high < 0;
    return rc;
}

int pl_trend_fit(const struct pl_trend_points *p, size_t first, struct pl_trend_line *line)
{
    struct pl_slope slope;
    if (first + 4 > p->count || p->count > PL_SLOPE_POINTS_MAX)
        return -EINVAL;
    int rc = pl_slope_fit(p->seconds + first, p->bytes + first, p->count - first, &slope);
    if (rc)
        return rc;
    *line = (struct pl_trend_line){.end_seconds = p->seconds[p->count - 1],
                                   .rate = slope.median,
                                   .rate_low = slope.low,
                                   .rate_high = slope.high};
    line->seen = line->end_seconds - p->seconds[first];
    find_level(p, first, line);
    line->walk = walk_of(p, first, p->count - 1, line->rate);
    return find_decline(p, first, &line->slows);
}

double pl_trend_width(const struct pl_trend_line *line, double ahead)
{
    double by_walk = Z95 * Z95 * line->walk * (ahead + ahead * ahead / line->seen);
    double by_rate = (line->rate_high - line->rate_low) / 2 * ahead;
    return sqrt(by_walk + by_rate * by_rate);
}
