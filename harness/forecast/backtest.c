/* Judging forecasts (backtest.h). */
#include "harness/forecast/backtest.h"

#include <errno.h>
#include <math.h>

static double seconds_at(const struct pl_curve *c, size_t i)
{
    return (double)c->t_ns[i] / 1e9;
}

static double last_rss(const struct pl_curve *c)
{
    double last = c->values[c->count - 1];
    return last - fmax(PL_FORECAST_FLOOR_BYTES, PL_FORECAST_FLOOR_SHARE * last);
}

static double true_time(const struct pl_backtest_cell *cell, double target)
{
    const struct pl_curve *c = &cell->curve;
    if (cell->end == PL_BACKTEST_KILLED)
        return seconds_at(c, c->count - 1);
    for (size_t i = 0; cell->end == PL_BACKTEST_GREW && i < c->count; i++)
        if (c->values[i] >= target)
            return seconds_at(c, i);
    return INFINITY;
}

static struct pl_curve first_part(const struct pl_backtest_cell *cell, double share)
{
    struct pl_curve part = cell->curve;
    double whole = cell->end == PL_BACKTEST_KILLED ? seconds_at(&part, part.count - 1)
                                                   : cell->duration_seconds;
    while (part.count > 1 && seconds_at(&part, part.count - 1) > share * whole)
        part.count--;
    return part;
}

static void judge(const struct pl_backtest_cell *cell, struct pl_backtest *b)
{
    b->off = b->foretold.best / b->true_seconds - 1;
    b->inside = b->foretold.low <= b->true_seconds && b->true_seconds <= b->foretold.high;
    bool right = cell->end == PL_BACKTEST_BOUNDED ? b->foretold.best > cell->duration_seconds
                                                  : fabs(b->off) <= PL_BACKTEST_OFF;
    b->verdict = right ? PL_BACKTEST_RIGHT : PL_BACKTEST_WRONG;
}

int pl_backtest_make(const struct pl_backtest_cell *cell, double share, struct pl_backtest *b)
{
    struct pl_curve part = first_part(cell, share);
    *b = (struct pl_backtest){.now_seconds = seconds_at(&part, part.count - 1)};
    b->target_bytes = cell->end == PL_BACKTEST_GREW ? last_rss(&cell->curve) : cell->limit_bytes;
    b->true_seconds = true_time(cell, b->target_bytes);
    int rc = pl_forecast_make(&part, &b->forecast);
    if (rc) {
        b->verdict = PL_BACKTEST_SHORT;
        return rc == -ENOMEM ? rc : 0;
    }
    if (!(b->target_bytes > 0)) {
        b->verdict = PL_BACKTEST_LIMITLESS;
        return 0;
    }
    struct pl_forecast_range ahead =
        pl_forecast_meets(&b->forecast, b->target_bytes, pl_forecast_reach(&b->forecast));
    b->foretold = (struct pl_forecast_range){
        b->now_seconds + ahead.best, b->now_seconds + ahead.low, b->now_seconds + ahead.high};
    judge(cell, b);
    if (b->true_seconds <= b->now_seconds)
        b->verdict = PL_BACKTEST_REACHED;
    return 0;
}
