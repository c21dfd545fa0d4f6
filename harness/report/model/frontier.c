/* Placing a group's stacks about their frontier, and what plots/frontier.py is told (frontier.h).
 */
#include "harness/report/model/frontier.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"
#include "harness/report/draw.h"
#include "harness/report/writers/text.h"
#include "harness/results/document.h"
#include "harness/stats/pareto.h"

static void read_point(const struct pl_model_row *row, struct pl_frontier_point *point)
{
    const struct pl_summary *cpu = &row->metrics[PL_MODEL_cpu_percent_of_realtime];
    const struct pl_summary *rss = &row->metrics[PL_MODEL_rss_bytes_peak];
    bool whole = pl_model_has_end(row) && cpu->count && rss->count;
    *point = (struct pl_frontier_point){
        .row = row,
        .sweep = json_object_get(row->cells[0], "sweep"),
        .cpu_percent = whole ? cpu->median : (double)NAN,
        .rss_bytes = whole ? rss->median : (double)NAN,
        .place = whole ? PL_FRONTIER_BESIDE : PL_FRONTIER_LEFT_OUT,
    };
}

static int by_cpu(const void *a, const void *b)
{
    const struct pl_frontier_point *x = *(const struct pl_frontier_point *const *)a;
    const struct pl_frontier_point *y = *(const struct pl_frontier_point *const *)b;
    return (x->cpu_percent > y->cpu_percent) - (x->cpu_percent < y->cpu_percent);
}

/* A stack that is not swept is ahead when no swept one is as good as it in both figures. If any is,
 * one on the frontier is; there the dearer one holds less, so the last that is no dearer tells. */
static bool is_ahead(const struct pl_frontier_point *const *on, size_t count,
                     const struct pl_frontier_point *point)
{
    size_t low = 0;
    while (low < count) {
        size_t middle = low + (count - low) / 2;
        if (on[middle]->cpu_percent <= point->cpu_percent)
            low = middle + 1;
        else
            count = middle;
    }
    return low == 0 || on[low - 1]->rss_bytes > point->rss_bytes;
}

static void place_swept(struct pl_frontier *f)
{
    double *x = pl_memory_take(2 * f->count, sizeof *x), *y = x + f->count;
    bool *best = pl_memory_take(f->count, sizeof *best);
    for (size_t i = 0; i < f->count; i++) {
        const struct pl_frontier_point *p = &f->points[i];
        x[i] = p->sweep ? p->cpu_percent : (double)NAN;
        y[i] = p->rss_bytes;
    }
    pl_memory_had(pl_pareto(x, y, f->count, best));
    for (size_t i = 0; i < f->count; i++)
        if (f->points[i].sweep && f->points[i].place != PL_FRONTIER_LEFT_OUT)
            f->points[i].place = best[i] ? PL_FRONTIER_ON : PL_FRONTIER_BEHIND;
    free(x);
    free(best);
}

static void place_others(struct pl_frontier *f)
{
    const struct pl_frontier_point **on = pl_memory_take(f->count, sizeof *on);
    size_t count = 0;
    for (size_t i = 0; i < f->count; i++)
        if (f->points[i].place == PL_FRONTIER_ON)
            on[count++] = &f->points[i];
    if (count)
        qsort(on, count, sizeof *on, by_cpu);
    for (size_t i = 0; i < f->count; i++) {
        struct pl_frontier_point *p = &f->points[i];
        f->left_out += p->place == PL_FRONTIER_LEFT_OUT;
        if (p->place == PL_FRONTIER_BESIDE && is_ahead(on, count, p))
            p->place = PL_FRONTIER_AHEAD;
    }
    free(on);
}

static bool has_sweep(const struct pl_model_group *g)
{
    for (size_t i = 0; i < g->row_count; i++)
        if (json_object_get(g->rows[i].cells[0], "sweep"))
            return true;
    return false;
}

struct pl_frontier pl_frontier_make(const struct pl_model_group *g)
{
    struct pl_frontier f = {0};
    if (!has_sweep(g))
        return f;
    f.points = pl_memory_take(g->row_count, sizeof *f.points);
    for (size_t i = 0; i < g->row_count; i++)
        if (!pl_model_is_null(&g->rows[i]))
            read_point(&g->rows[i], &f.points[f.count++]);
    place_swept(&f);
    place_others(&f);
    return f;
}

const char *pl_frontier_place_name(enum pl_frontier_place place)
{
    static const char *const names[] = {"on", "behind", "ahead", "beside", "left out"};
    return names[place];
}

void pl_frontier_label(const struct pl_frontier_point *p, char *text)
{
    json_t *values = json_object_get(p->sweep, "values"), *value;
    const char *name, *threads = p->row->label + strlen(p->row->stack);
    snprintf(text, PL_FRONTIER_LABEL, "%s", json_object_size(values) ? "" : p->row->label);
    json_object_foreach(values, name, value)
        pl_text_add(text, PL_FRONTIER_LABEL, "%s%s=%s", text[0] ? ", " : "", name,
                    json_is_string(value) ? json_string_value(value) : "");
    if (json_object_size(values))
        pl_text_add(text, PL_FRONTIER_LABEL, "%s", threads);
}

const char *pl_frontier_why(const struct pl_frontier_point *p)
{
    if (!pl_model_has_end(p->row))
        return pl_outcome_name(p->row->outcome);
    return p->row->metrics[PL_MODEL_rss_bytes_peak].count ? "no CPU measured" : "no RSS measured";
}

static json_t *point_json(const struct pl_frontier_point *p)
{
    char label[PL_FRONTIER_LABEL];
    pl_frontier_label(p, label);
    json_t *point =
        json_pack("{s:s, s:s, s:s}", "label", label, "template",
                  pl_document_string(p->sweep, "stack"), "place", pl_frontier_place_name(p->place));
    if (p->place == PL_FRONTIER_LEFT_OUT) {
        json_object_set_new(point, "why", json_string(pl_frontier_why(p)));
        return point;
    }
    json_object_set_new(point, "cpu_percent", json_real(p->cpu_percent));
    json_object_set_new(point, "rss_bytes", json_real(p->rss_bytes));
    return point;
}

/* @return NULL for a group without a sweep */
static json_t *group_json(const struct pl_model_group *g)
{
    const struct pl_frontier f = pl_frontier_make(g);
    if (!f.count)
        return NULL;
    json_t *points = json_array();
    for (size_t i = 0; i < f.count; i++)
        json_array_append_new(points, point_json(&f.points[i]));
    free(f.points);
    return json_pack("{s:s, s:o}", "picture", g->picture, "points", points);
}

int pl_frontier_write(const struct pl_model *m, const char *folder, struct pl_error *error)
{
    json_t *groups = json_array(), *group;
    for (size_t i = 0; i < m->group_count; i++)
        if ((group = group_json(&m->groups[i])))
            json_array_append_new(groups, group);
    int rc = pl_drawing_write(m, folder, "frontiers", groups, error);
    json_decref(groups);
    return rc;
}
