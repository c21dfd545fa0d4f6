/* Judging series (trend.h). */
#include "harness/compare/trend.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/stats/change_points.h"
#include "harness/stats/values.h"

static int fit_slope(const double *values, struct pl_trend *trend)
{
    if (trend->judged < PL_TREND_SLOPE_MIN)
        return 0;
    double runs[PL_TREND_RUNS_MAX];
    for (size_t i = 0; i < trend->judged; i++)
        runs[i] = (double)i;
    int rc = pl_slope_fit(runs, values, trend->judged, &trend->slope);
    trend->has_slope = rc == 0;
    return rc;
}

static void find_exactly(const double *values, const struct pl_series_point *points,
                         struct pl_trend *trend)
{
    for (size_t i = 1; i < trend->judged; i++)
        if (values[i] != values[i - 1])
            trend->changes[trend->change_count++] = (struct pl_trend_change){
                .run = points[i].run, .before = values[i - 1], .after = values[i], .p = NAN};
}

static int find_by_test(const double *values, const struct pl_series_point *points,
                        struct pl_trend *trend)
{
    struct pl_change_point found[PL_TREND_RUNS_MAX / PL_CHANGE_MIN_SEGMENT];
    int rc = pl_change_points(values, trend->judged, NULL, found, sizeof found / sizeof *found,
                              &trend->change_count);
    for (size_t i = 0; !rc && i < trend->change_count; i++)
        trend->changes[i] = (struct pl_trend_change){.run = points[found[i].index].run,
                                                     .before = found[i].before,
                                                     .after = found[i].after,
                                                     .p = found[i].p};
    return rc;
}

int pl_trend_judge(const struct pl_series *s, struct pl_trend *trend)
{
    size_t judged = s->count < PL_TREND_RUNS_MAX ? s->count : PL_TREND_RUNS_MAX;
    const struct pl_series_point *points = s->points + (s->count - judged);
    double values[PL_TREND_RUNS_MAX];
    for (size_t i = 0; i < judged; i++)
        values[i] = points[i].value;
    *trend = (struct pl_trend){.judged = judged,
                               .changes = malloc((judged + 1) * sizeof *trend->changes)};
    int rc = trend->changes ? fit_slope(values, trend) : -ENOMEM;
    if (!rc && s->metric->class == PL_CLASS_D)
        find_exactly(values, points, trend);
    else if (!rc)
        rc = find_by_test(values, points, trend);
    if (rc)
        pl_trend_free(trend);
    return rc;
}

void pl_trend_free(struct pl_trend *trend)
{
    free(trend->changes);
    *trend = (struct pl_trend){0};
}

/* The blocks from U+2581 (one eighth) to U+2588 (full) differ in their last byte. */
static void draw_block(double share, char *text)
{
    int height = (int)fmin(floor(share * 8), 7);
    text[0] = '\xe2';
    text[1] = '\x96';
    text[2] = (char)(0x81 + height);
}

/* `blocks` values from the series: medians of equal shares of it. */
static void thin_out(double *values, size_t count, double *levels, size_t blocks)
{
    for (size_t i = 0; i < blocks; i++) {
        size_t first = i * count / blocks, end = (i + 1) * count / blocks;
        levels[i] = pl_values_median(values + first, end - first);
    }
}

int pl_trend_line(const struct pl_series *s, char *text)
{
    double levels[PL_TREND_LINE], *values = malloc((s->count + 1) * sizeof *values);
    size_t blocks = s->count < PL_TREND_LINE ? s->count : PL_TREND_LINE;
    if (!values)
        return -ENOMEM;
    for (size_t i = 0; i < s->count; i++)
        values[i] = s->points[i].value;
    thin_out(values, s->count, levels, blocks);
    free(values);
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < blocks; i++) {
        low = fmin(low, levels[i]);
        high = fmax(high, levels[i]);
    }
    for (size_t i = 0; i < blocks; i++)
        draw_block(high > low ? (levels[i] - low) / (high - low) : 0, text + 3 * i);
    text[3 * blocks] = '\0';
    return 0;
}
