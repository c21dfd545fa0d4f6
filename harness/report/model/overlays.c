/* Gathering curves and pairs for pictures (overlays.h). */
#include "harness/report/model/overlays.h"

#include <stdio.h>
#include <stdlib.h>

#include "harness/base/spare_memory.h"
#include "harness/report/comparison/change_text.h"
#include "harness/report/draw.h"
#include "harness/results/rss_series.h"
#include "harness/stats/downsample.h"

#define BUCKETS 250  /* of a curve: four points each at most */
#define PANELS_MAX 3 /* metrics whose pairs are drawn beside a curve */

static json_t *points_json(const struct pl_points *points, const char *name)
{
    json_t *seconds = json_array(), *bytes = json_array();
    for (size_t i = 0; i < points->count; i++) {
        json_array_append_new(seconds, json_real((double)points->t_ns[i] / 1e9));
        json_array_append_new(bytes, json_real(points->values[i]));
    }
    return json_pack("{s:s, s:o, s:o}", "name", name, "seconds", seconds, "bytes", bytes);
}

/* Adds a curve of two samples or more: one is no curve. */
static void add_curve(json_t *curves, const struct pl_rss_series *series, const char *name)
{
    struct pl_points points = {
        .t_ns = pl_memory_take(series->count, sizeof *points.t_ns),
        .values = pl_memory_take(series->count, sizeof *points.values),
        .count = series->count,
    };
    for (size_t i = 0; i < series->count; i++) {
        points.t_ns[i] = series->t_ns[i];
        points.values[i] = series->rss_bytes[i];
    }
    if (series->count > 1 && pl_downsample(&points, BUCKETS, 0) == 0)
        json_array_append_new(curves, points_json(&points, name));
    pl_points_free(&points);
}

/* The first repetition whose curve is there: pairs keep that of the first alone. */
static void add_first(json_t *curves, const char *folder, const json_t *const *cells, size_t count,
                      const char *name)
{
    struct pl_rss_series series = {0};
    struct pl_error ignored;
    size_t i = 0;
    while (i < count && pl_memory_had(pl_rss_series_read(folder, cells[i], &series, &ignored)))
        i++;
    if (i < count)
        add_curve(curves, &series, name);
    pl_rss_series_free(&series);
}

static bool has_pairs(const struct pl_baseline_diff *b, const struct pl_judged *j)
{
    return !b->comparison->unpaired && j->metric->class == PL_CLASS_N &&
           (j->change == PL_CHANGE_WORSE || j->change == PL_CHANGE_BETTER);
}

/* @return NULL without pairs */
static json_t *pairs_json(const struct pl_match *m, const struct pl_judged *j)
{
    char before_text[PL_TEXT_FIGURE], after_text[PL_TEXT_FIGURE];
    double *values = pl_memory_take(2 * m->base_count + 1, sizeof *values);
    double *new = values + m->base_count;
    size_t count = pl_match_pairs(m, j->metric->name, values, new);
    json_t *before = json_array(), *after = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(before, json_real(values[i]));
        json_array_append_new(after, json_real(new[i]));
    }
    free(values);
    pl_change_values(j, before_text, after_text);
    json_t *pairs = json_pack("{s:s, s:o, s:o, s:[f, f], s:[s, s]}", "metric", j->metric->name,
                              "before", before, "after", after, "medians", j->base, j->new, "texts",
                              before_text, after_text);
    if (count)
        return pairs;
    json_decref(pairs);
    return NULL;
}

static json_t *panels_json(const struct pl_baseline_diff *b, const struct pl_compared *cell)
{
    json_t *panels = json_array(), *pairs;
    for (size_t k = 0; k < cell->judged_count && json_array_size(panels) < PANELS_MAX; k++)
        if (has_pairs(b, &cell->judged[k]) && (pairs = pairs_json(cell->match, &cell->judged[k])))
            json_array_append_new(panels, pairs);
    return panels;
}

/* Takes curves and pairs over; nothing to draw is no picture. */
static void add_picture(json_t *pictures, const char *name, const char *title, json_t *curves,
                        json_t *pairs)
{
    json_t *picture = json_pack("{s:s, s:s, s:o, s:o}", "picture", name, "title", title, "curves",
                                curves, "pairs", pairs);
    if (json_array_size(curves) || json_array_size(pairs))
        json_array_append(pictures, picture);
    json_decref(picture);
}

static void add_before(json_t *pictures, const struct pl_report_context *a, const char *folder)
{
    char name[64];
    const struct pl_baseline_diff *b = &a->diff;
    for (size_t i = 0; a->baseline && i < b->cell_count && i < PL_OVERLAYS_MAX; i++) {
        const struct pl_match *m = b->cells[i]->match;
        json_t *curves = json_array();
        add_first(curves, a->baseline, m->base, m->base_count, "before");
        add_first(curves, folder, m->new, m->new_count, "after");
        snprintf(name, sizeof name, PL_OVERLAY_BEFORE, i + 1);
        add_picture(pictures, name, "RSS over the replay's time", curves,
                    panels_json(b, b->cells[i]));
    }
}

static void add_counterparts(json_t *pictures, const struct pl_held_list *held)
{
    char name[64];
    for (size_t i = 0; i < held->count && i < PL_OVERLAYS_MAX; i++) {
        const struct pl_held *h = &held->rows[i];
        json_t *curves = json_array();
        add_curve(curves, &h->real.net, h->counterpart);
        add_curve(curves, &h->model.net, h->group->scenario);
        snprintf(name, sizeof name, PL_OVERLAY_COUNTERPART, i + 1);
        add_picture(pictures, name, "RSS above the first sample", curves, json_array());
    }
}

int pl_overlays_write(const struct pl_model *m, const char *folder, struct pl_error *error)
{
    json_t *pictures = json_array();
    if (m->context) {
        add_before(pictures, m->context, folder);
        add_counterparts(pictures, &m->context->held);
    }
    int rc = pl_drawing_write(m, folder, "overlays", pictures, error);
    json_decref(pictures);
    return rc;
}
