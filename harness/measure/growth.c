#include "harness/measure/growth.h"

#include <math.h>
#include <stdint.h>

#include "harness/base/slope.h"

#define NS_PER_MINUTE 60e9
#define SAMPLES_MIN 8

/* Dyadic window of a time: 0 for (T/2,T], 1 for (T/4,T/2], ...; PL_GROWTH_WINDOWS before. */
static int window_of(double t, double end)
{
    int window = 0;
    while (window < PL_GROWTH_WINDOWS && t <= end / 2) {
        end /= 2;
        window++;
    }
    return window;
}

static void find_maxima(const struct pl_sample *samples, size_t count, struct pl_growth *growth)
{
    double end = (double)samples[count - 1].t_ns;
    for (size_t i = 0; i < count; i++) {
        int window = window_of((double)samples[i].t_ns, end);
        if (window == PL_GROWTH_WINDOWS)
            continue;
        growth->rss_max[window] = fmax(growth->rss_max[window], (double)samples[i].rss_bytes);
        growth->live_max[window] = fmax(growth->live_max[window], (double)samples[i].live_bytes);
    }
}

/* At most PL_SLOPE_POINTS_MAX evenly spaced samples of the second half. */
static size_t thin(const struct pl_sample *samples, size_t count, double *x, double *rss,
                   double *live)
{
    size_t first = count / 2, span = count - first, points = span;
    if (points > PL_SLOPE_POINTS_MAX)
        points = PL_SLOPE_POINTS_MAX;
    for (size_t i = 0; i < points; i++) {
        const struct pl_sample *sample = &samples[first + i * (span - 1) / (points - 1)];
        x[i] = (double)sample->t_ns / NS_PER_MINUTE;
        rss[i] = (double)sample->rss_bytes;
        live[i] = (double)sample->live_bytes;
    }
    return points;
}

static void find_slopes(const struct pl_sample *samples, size_t count, struct pl_growth *growth)
{
    double x[PL_SLOPE_POINTS_MAX], rss[PL_SLOPE_POINTS_MAX], live[PL_SLOPE_POINTS_MAX];
    struct pl_slope slope;
    size_t points = thin(samples, count, x, rss, live);
    if (pl_slope_fit(x, rss, points, &slope) == 0) {
        growth->slope = slope.median;
        growth->slope_low = slope.low;
        growth->slope_high = slope.high;
    }
    if (pl_slope_fit(x, live, points, &slope) == 0)
        growth->live_slope = slope.median;
}

static double noise(double level)
{
    return fmax(PL_GROWTH_FLOOR_BYTES, PL_GROWTH_FLOOR_SHARE * level);
}

/* RSS has to rise from window to window, and either live bytes rise with it, or the rise goes on as
 * fast as before: a run that fills up and settles does not. A pool may stand between two doublings
 * for all of the last window: there, a rise in the window before counts, if live bytes go on rising
 * as fast as they did. */
static bool is_growing(const struct pl_growth *g)
{
    double rise = g->rss_max[0] - g->rss_max[1], before = g->rss_max[1] - g->rss_max[2];
    double live_rise = g->live_max[0] - g->live_max[1];
    double live_before = g->live_max[1] - g->live_max[2];
    bool live_rises = live_rise > noise(g->live_max[1]);
    if (rise > noise(g->rss_max[1]))
        return live_rises || (before > noise(g->rss_max[2]) && rise >= before);
    return before > noise(g->rss_max[2]) && live_rises && live_rise >= live_before;
}

bool pl_growth_rises_late(const struct pl_growth *g)
{
    const double rise = g->rss_max[0] - g->rss_max[1], before = g->rss_max[1] - g->rss_max[2];
    return !g->growing && rise > noise(g->rss_max[1]) && rise >= before &&
           before <= noise(g->rss_max[2]);
}

/* From the window before to the last one; where a step fell just before them, from the third. A
 * line reads the same by both. */
static double window_rate(const struct pl_growth *g, double end_minutes)
{
    double rise = g->rss_max[0] - g->rss_max[1];
    if (rise > noise(g->rss_max[1]))
        return rise / (end_minutes / 2);
    return (g->rss_max[0] - g->rss_max[2]) / (end_minutes * 3 / 4);
}

static double find_plateau(const struct pl_sample *samples, size_t count)
{
    double peak = 0;
    for (size_t i = 0; i < count; i++)
        peak = fmax(peak, (double)samples[i].rss_bytes);
    size_t first = count;
    while (first > 0 && (double)samples[first - 1].rss_bytes >= peak - noise(peak))
        first--;
    return first < count ? (double)samples[first].t_ns / 1e9 : (double)NAN;
}

void pl_growth_judge(const struct pl_sample *samples, size_t count, struct pl_growth *growth)
{
    *growth = (struct pl_growth){.plateau_seconds = (double)NAN,
                                 .slope = (double)NAN,
                                 .slope_low = (double)NAN,
                                 .slope_high = (double)NAN,
                                 .live_slope = (double)NAN,
                                 .window_rate = (double)NAN};
    if (count < SAMPLES_MIN)
        return;
    find_maxima(samples, count, growth);
    find_slopes(samples, count, growth);
    growth->growing = is_growing(growth);
    growth->window_rate = window_rate(growth, (double)samples[count - 1].t_ns / NS_PER_MINUTE);
    growth->by_steps = growth->growing && !(growth->slope > growth->window_rate / 2);
    if (!growth->growing)
        growth->plateau_seconds = find_plateau(samples, count);
}
