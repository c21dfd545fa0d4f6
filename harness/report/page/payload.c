/* Groups and curves of the payload (payload.h). */
#include "harness/report/page/payload.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "harness/base/spare_memory.h"
#include "harness/report/model/columns.h"
#include "harness/report/page/line_style.h"

#define NS_PER_MS 1e6
#define ALERTS_MOST 64 /* of a cell, which may have raised a thousand */
#define FINEST 65536.0 /* a curve's highest value in its unit, at most twice that */

/* A power of two, so that whole pages stay whole figures. */
static double unit_of(const struct pl_points *points)
{
    double highest = points->count ? points->values[pl_points_highest(points)] : 0;
    return exp2(fmax(0, floor(log2(fmax(highest, 1) / FINEST))));
}

json_t *pl_payload_points(const struct pl_points *points)
{
    json_t *t = json_array(), *v = json_array();
    double unit = unit_of(points);
    json_int_t time = 0, value = 0;
    for (size_t i = 0; i < points->count; i++) {
        json_int_t ms = llround((double)points->t_ns[i] / NS_PER_MS);
        json_int_t units = llround(points->values[i] / unit);
        json_array_append_new(t, json_integer(ms - time));
        json_array_append_new(v, json_integer(units - value));
        time = ms;
        value = units;
    }
    return json_pack("{s:I, s:o, s:o}", "unit", (json_int_t)unit, "t", t, "v", v);
}

json_t *pl_payload_pick(const json_t *object, const char *const *keys, size_t count)
{
    json_t *picked = json_object();
    for (size_t i = 0; i < count; i++) {
        json_t *value = json_object_get(object, keys[i]);
        if (value)
            json_object_set(picked, keys[i], value);
    }
    return picked;
}

static json_t *metrics(void)
{
    json_t *all = json_array();
    for (size_t i = 0; i < pl_metric_count; i++) {
        const struct pl_metric *m = &pl_metrics[i];
        json_array_append_new(all,
                              json_pack("{s:s, s:s, s:s, s:s, s:s}", "name", m->name, "unit",
                                        pl_unit_name(m->unit), "better", pl_better_name(m->better),
                                        "class", pl_class_name(m->class), "how", m->how));
    }
    return all;
}

/* Of the table of all cells. The page's addresses name a column by its key. */
static json_t *columns(void)
{
    json_t *all = json_array();
    for (size_t i = 0; i < pl_column_count; i++) {
        const struct pl_column *c = &pl_columns[i];
        const char *metric = pl_metrics[c->metric].name;
        json_array_append_new(all, json_pack("{s:s+, s:s, s:s, s:s, s:f, s:b, s:b}", "key", metric,
                                             c->above_floor ? ".own" : "", "name", c->name, "unit",
                                             c->unit, "metric", metric, "scale", c->scale, "whole",
                                             c->whole, "floor", c->above_floor));
    }
    return all;
}

/* Stacks that everybody knows, in their order. */
static json_t *known_stacks(void)
{
    json_t *all = json_array();
    for (size_t i = 0; i < pl_line_style_known_count; i++)
        json_array_append_new(all, json_string(pl_line_style_known[i]));
    return all;
}

/* The live curves of a group, and where each stands. */
struct lives {
    json_t *curves;
    struct pl_index places;
};

/* The place of a live curve among those of its group; alike ones are one. */
static size_t place_live(struct lives *lives, json_t *live)
{
    char *key = json_dumps(live, JSON_COMPACT);
    size_t place = key ? pl_index_find(&lives->places, key) : PL_INDEX_NONE;
    if (place == PL_INDEX_NONE) {
        place = json_array_size(lives->curves);
        json_array_append(lives->curves, live);
        if (key)
            pl_index_set(&lives->places, key, place);
    }
    free(key);
    json_decref(live);
    return place;
}

/* Those that say what and when, whatever else a person has put there. */
static json_t *first_alerts(const json_t *alerts)
{
    json_t *first = json_array(), *alert;
    size_t i;
    json_array_foreach(alerts, i, alert) if (json_array_size(first) < ALERTS_MOST &&
                                             json_is_string(json_object_get(alert, "alert")) &&
                                             json_is_number(json_object_get(alert, "t_seconds")))
        json_array_append(first, alert);
    return first;
}

static void add_curves(json_t *row, const struct pl_row_curves *c, struct lives *lives)
{
    json_t *alerts = c->runs ? json_object_get(c->cell, "alerts") : NULL;
    if (!c->runs)
        return;
    json_object_set_new(row, "rss", pl_payload_points(&c->rss));
    json_object_set_new(row, "runs", json_integer((json_int_t)c->runs));
    json_object_set(row, "drawn", json_object_get(c->cell, "repetition"));
    json_object_set(row, "drawn_outcome", json_object_get(c->cell, "outcome"));
    double between = pl_row_curves_peak_between(c);
    if (between > 0)
        json_object_set_new(row, "peak_between", json_real(between));
    json_object_set_new(row, "live",
                        json_integer((json_int_t)place_live(lives, pl_payload_points(&c->live))));
    if (c->band_low.count) {
        json_object_set_new(row, "low", pl_payload_points(&c->band_low));
        json_object_set_new(row, "high", pl_payload_points(&c->band_high));
    }
    if (json_array_size(alerts)) {
        json_object_set_new(row, "alerts", first_alerts(alerts));
        json_object_set_new(row, "alert_count", json_integer((json_int_t)json_array_size(alerts)));
    }
}

static json_t *rows(const struct pl_model_group *g, const struct pl_row_curves *curves,
                    struct lives *lives)
{
    json_t *all = json_array();
    struct pl_line_style *styles = pl_memory_take(g->row_count, sizeof *styles);
    pl_line_style_of(g, styles);
    for (size_t i = 0; i < g->row_count; i++) {
        json_t *row = pl_payload_row(g, i);
        json_object_set_new(row, "look", json_pack("[s, s]", styles[i].colour, styles[i].dash));
        json_object_set_new(row, "shown", json_boolean(styles[i].shown));
        if (styles[i].dots)
            json_object_set_new(row, "dots", json_true());
        add_curves(row, &curves[i], lives);
        json_array_append_new(all, row);
    }
    free(styles);
    return all;
}

/* Whether the chart begins with a logarithmic scale: where the curves come nowhere near the line,
 * they would lie on the floor. */
static bool is_logarithmic(const struct pl_model_group *g, const struct pl_row_curves *curves)
{
    double peak = 0;
    for (size_t i = 0; i < g->row_count; i++)
        peak = fmax(peak, curves[i].peak_bytes);
    return peak > 0 && g->container_bytes > 0 && peak < g->container_bytes / 6;
}

/* The budgets of the stacks that have limits: an object of bytes by name, NULL for none. */
static const json_t *limits_of(const struct pl_model_group *g)
{
    for (size_t i = 0; i < g->row_count; i++) {
        const json_t *limits = json_object_get(g->rows[i].cells[0], "limits");
        if (json_object_size(limits))
            return limits;
    }
    return NULL;
}

static json_t *group(const struct pl_model_group *g, const struct pl_row_curves *curves)
{
    char conditions[256];
    struct lives lives = {.curves = json_array()};
    json_t *all = rows(g, curves, &lives);
    pl_index_free(&lives.places);
    const json_t *limits = limits_of(g);
    pl_group_conditions(g, conditions, sizeof conditions);
    json_t *words = json_string(conditions); /* none where a letter was cut */
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:f, s:f, s:b, s:O?, s:o, s:o}", "key",
                     g->picture, "scenario", g->scenario, "title", g->title, "format", g->format,
                     "clock", g->clock, "conditions", words ? words : json_string(""), "container",
                     g->container, "container_bytes", g->container_bytes, "duration",
                     g->duration_seconds, "logarithmic", is_logarithmic(g, curves), "limits",
                     limits, "lives", lives.curves, "rows", all);
}

json_t *pl_payload_make(const struct pl_model *m, const struct pl_curves *curves)
{
    json_t *groups = json_array(), *instruments = pl_payload_instruments(m->root);
    for (size_t i = 0; i < m->group_count; i++)
        json_array_append_new(groups, group(&m->groups[i], curves->groups[i]));
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "metrics", metrics(), "columns", columns(),
                     "known", known_stacks(), "groups", groups, "instruments", instruments);
}

/* In JSON '<' stands in strings alone, where it may be written so: no </script> and no <!--. */
static int write_escaped(const char *text, size_t size, void *context)
{
    FILE *out = context;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '<')
            fputs("\\u003c", out);
        else
            fputc(text[i], out);
    }
    return ferror(out) ? -1 : 0;
}

void pl_payload_write(FILE *out, const json_t *payload)
{
    pl_memory_had(payload && json_dump_callback(payload, write_escaped, out,
                                                JSON_COMPACT | JSON_REAL_PRECISION(9)) == 0
                      ? 0
                      : -ENOMEM);
}
