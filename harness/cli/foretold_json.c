/* Forecasts for programs (foretold.h). */
#include <math.h>

#include "harness/cli/foretold.h"

/* What is not foretold is null. */
static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *range_json(struct pl_forecast_range r)
{
    return json_pack("{s:o, s:o, s:o}", "estimate", number(r.best), "low", number(r.low), "high",
                     number(r.high));
}

static json_t *ahead_json(const struct pl_forecast *f)
{
    double ahead[PL_FORETOLD_AHEAD_MAX];
    size_t count = pl_foretold_ahead(f, ahead);
    json_t *all = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(all, json_pack("{s:f, s:o}", "seconds", ahead[i], "rss_bytes",
                                             range_json(pl_forecast_at(f, ahead[i]))));
    return all;
}

static json_t *step_json(const struct pl_forecast *f)
{
    const struct pl_staircase *z = &f->stairs;
    if (f->kind != PL_FORECAST_STAIRCASE)
        return json_null();
    struct pl_step next = pl_staircase_next(z, z->steps[z->count - 1], 0);
    return json_pack("{s:f, s:f, s:I}", "seconds", next.seconds - (double)f->end_ns / 1e9,
                     "rss_bytes", next.after, "steps_seen", (json_int_t)z->count);
}

static json_t *limit_json(const struct pl_foretold *z)
{
    double span = (double)(z->forecast.end_ns - z->forecast.start_ns) / 1e9;
    if (!(z->limit_bytes > 0))
        return json_null();
    return json_pack("{s:f, s:o, s:o}", "bytes", z->limit_bytes, "met_seconds_ago",
                     number(span - z->met_seconds), "meets_seconds",
                     isnan(z->met_seconds) ? range_json(pl_foretold_meets(z)) : json_null());
}

json_t *pl_foretold_json(const struct pl_foretold *z)
{
    const struct pl_forecast *f = &z->forecast;
    json_t *notes = json_array();
    for (size_t i = 0; z->series && i < z->series->note_count; i++)
        json_array_append_new(notes, json_string(z->series->notes[i]));
    return json_pack("{s:s, s:I, s:f, s:o, s:s, s:f, s:f, s:o, s:o, s:o, s:o}", "name", z->name,
                     "samples", (json_int_t)z->samples, "seconds",
                     (double)(f->end_ns - f->start_ns) / 1e9, "notes", notes, "growth",
                     pl_forecast_kind_name(f->kind), "growth_seconds",
                     (double)(f->end_ns - f->from_ns) / 1e9, "bytes_per_second",
                     pl_forecast_rate(f), "rss_bytes", range_json(pl_forecast_at(f, 0)), "ahead",
                     ahead_json(f), "next_step", step_json(f), "limit", limit_json(z));
}

static const char *verdict_name(enum pl_backtest_verdict verdict)
{
    static const char *const names[] = {"right", "wrong", "too_short", "reached_before",
                                        "no_limit"};
    return names[verdict];
}

json_t *pl_foretold_check_json(const struct pl_foretold_list *list)
{
    struct pl_foretold_score s = pl_foretold_count(list);
    json_t *cells = json_array();
    for (size_t i = 0; i < list->count; i++) {
        const struct pl_backtest *b = &list->items[i].backtest;
        json_array_append_new(
            cells,
            json_pack("{s:s, s:s, s:s, s:f, s:o, s:o, s:b}", "name", list->items[i].name, "verdict",
                      verdict_name(b->verdict), "growth", pl_forecast_kind_name(b->forecast.kind),
                      "rss_bytes", b->target_bytes, "true_seconds", number(b->true_seconds),
                      "foretold_seconds", range_json(b->foretold), "inside", b->inside));
    }
    return json_pack("{s:f, s:I, s:I, s:I, s:I, s:I, s:o}", "share", list->share, "judged",
                     (json_int_t)s.judged, "within_20_percent", (json_int_t)s.right, "inside",
                     (json_int_t)s.inside, "bounded", (json_int_t)s.bounded, "spared",
                     (json_int_t)s.spared, "cells", cells);
}
