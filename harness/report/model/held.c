/* Finding models and their counterparts, and holding one against the other (held.h). */
#include "harness/report/model/held.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/allocator.h"
#include "harness/base/spare_memory.h"
#include "harness/results/counterparts.h"
#include "harness/results/document.h"

#define STRETCH 0.02 /* share of the time by which curves may differ in length as they are */

/* Whether a counterpart's stack is what stands beneath the model's: a program knows no layers. */
static bool is_beneath(const char *real, const char *model)
{
    struct pl_stack_spec spec;
    if (strcmp(real, model) == 0)
        return true;
    if (pl_stack_parse(model, &spec, NULL) || pl_stack_is_limited(&spec))
        return false;
    const struct pl_layer_spec *heap = &spec.layers[spec.depth - 1];
    for (size_t i = 0; i < PL_OPTIONS_MAX; i++)
        if (heap->values[i].set)
            return false;
    return !*heap->text && strcmp(real, pl_stack_heap(&spec)) == 0;
}

/* The same stack comes before the heap beneath it. */
static const struct pl_model_row *find_row(const struct pl_model *m, const char *scenario,
                                           const char *stack)
{
    const struct pl_model_row *found = NULL;
    for (size_t g = 0; g < m->group_count; g++)
        for (size_t i = 0;
             strcmp(m->groups[g].scenario, scenario) == 0 && i < m->groups[g].row_count; i++) {
            const struct pl_model_row *row = &m->groups[g].rows[i];
            if (is_beneath(row->stack, stack) && (!found || strcmp(row->stack, stack) == 0))
                found = row;
        }
    return found;
}

static const json_t *find_curve(const json_t *committed, const char *counterpart, const char *stack)
{
    const json_t *curve = pl_counterparts_curve(committed, counterpart, stack), *other;
    size_t i;
    json_array_foreach(json_object_get(committed, "curves"), i, other)
    {
        if (!curve && strcmp(pl_document_string(other, "counterpart"), counterpart) == 0 &&
            is_beneath(pl_document_string(other, "stack"), stack))
            curve = other;
    }
    return curve;
}

static bool read_row(const struct pl_model_row *row, const char *folder,
                     struct pl_rss_series *series)
{
    struct pl_error ignored;
    for (size_t i = 0; i < row->cell_count; i++)
        if (pl_memory_had(pl_rss_series_read(folder, row->cells[i], series, &ignored)) == 0)
            return true;
    return false;
}

/* Over time, straight between samples. */
static double mean_of(const struct pl_rss_series *s)
{
    double area = 0, span = (double)(s->t_ns[s->count - 1] - s->t_ns[0]);
    for (size_t i = 1; i < s->count; i++)
        area += (double)(s->t_ns[i] - s->t_ns[i - 1]) * (s->rss_bytes[i] + s->rss_bytes[i - 1]) / 2;
    return span > 0 ? area / span : s->rss_bytes[0];
}

static void measure(struct pl_held_curve *c)
{
    struct pl_rss_series *s = &c->net;
    c->first_bytes = s->rss_bytes[0];
    c->seconds = (double)(s->t_ns[s->count - 1] - s->t_ns[0]) / 1e9;
    for (size_t i = 0; i < s->count; i++) {
        s->rss_bytes[i] -= c->first_bytes;
        c->peak_bytes = fmax(c->peak_bytes, s->rss_bytes[i]);
    }
    c->mean_bytes = mean_of(s);
}

static void stretch(struct pl_held *h)
{
    double factor = h->real.seconds > 0 ? h->model.seconds / h->real.seconds : 1;
    h->stretched = fabs(factor - 1) > STRETCH;
    for (size_t i = 0; h->stretched && i < h->real.net.count; i++)
        h->real.net.t_ns[i] = (int64_t)((double)h->real.net.t_ns[i] * factor);
}

static void free_curves(struct pl_held *h)
{
    pl_rss_series_free(&h->model.net);
    pl_rss_series_free(&h->real.net);
}

/* The counterpart's curve, from the run or from the file. */
static bool read_real(const struct pl_model *m, const char *folder, const json_t *committed,
                      struct pl_held *h)
{
    const struct pl_model_row *row = find_row(m, h->counterpart, h->row->stack);
    const json_t *curve = row ? NULL : find_curve(committed, h->counterpart, h->row->stack);
    if (row) {
        h->stack = row->stack;
        return read_row(row, folder, &h->real.net);
    }
    if (!curve || pl_counterparts_series(curve, &h->real.net))
        return false;
    h->stack = pl_document_string(curve, "stack");
    h->date = pl_document_string(curve, "date");
    h->versions = pl_document_string(curve, "versions");
    return true;
}

/* @return whether there is anything to hold: a peak above what was there before */
static bool hold(const struct pl_model *m, const char *folder, const json_t *committed,
                 struct pl_held *h)
{
    if (h->row->outcome > PL_OUTCOME_GROWING || !read_real(m, folder, committed, h) ||
        !read_row(h->row, folder, &h->model.net))
        return false;
    measure(&h->model);
    measure(&h->real);
    stretch(h);
    return h->real.peak_bytes > 0 && h->real.mean_bytes > 0;
}

static void add_group(const struct pl_model *m, const struct pl_model_group *g, const char *folder,
                      struct pl_held_list *list)
{
    const char *counterpart = pl_document_string(g->rows[0].cells[0], "counterpart");
    for (size_t i = 0; *counterpart && i < g->row_count; i++) {
        struct pl_held held = {.group = g, .row = &g->rows[i], .counterpart = counterpart};
        if (hold(m, folder, list->committed, &held))
            list->rows[list->count++] = held;
        else
            free_curves(&held);
    }
}

struct pl_held_list pl_held_make(const struct pl_model *m, const char *folder,
                                 const char *committed)
{
    struct pl_error ignored;
    struct pl_held_list list = {0};
    size_t most = 0;
    for (size_t i = 0; i < m->group_count; i++)
        most += m->groups[i].row_count;
    list.rows = pl_memory_take(most, sizeof *list.rows);
    pl_counterparts_read(committed, &list.committed, &ignored);
    for (size_t i = 0; i < m->group_count; i++)
        add_group(m, &m->groups[i], folder, &list);
    return list;
}

void pl_held_free(struct pl_held_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free_curves(&list->rows[i]);
    free(list->rows);
    json_decref(list->committed);
    *list = (struct pl_held_list){0};
}

double pl_held_peak_error(const struct pl_held *h)
{
    return pl_counterparts_error(h->model.peak_bytes, h->real.peak_bytes);
}

double pl_held_mean_error(const struct pl_held *h)
{
    return pl_counterparts_error(h->model.mean_bytes, h->real.mean_bytes);
}

static json_t *curve_json(const char *scenario, const char *stack, const struct pl_held_curve *c)
{
    return json_pack("{s:s, s:s, s:f, s:f, s:f, s:f}", "scenario", scenario, "allocator", stack,
                     "first_bytes", c->first_bytes, "peak_bytes", c->peak_bytes, "mean_bytes",
                     c->mean_bytes, "seconds", c->seconds);
}

json_t *pl_held_json(const struct pl_held_list *list)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < list->count; i++) {
        const struct pl_held *h = &list->rows[i];
        json_array_append_new(
            rows, json_pack("{s:o, s:o, s:f, s:f, s:b, s:s*, s:s*}", "model",
                            curve_json(h->group->scenario, h->row->stack, &h->model), "real",
                            curve_json(h->counterpart, h->stack, &h->real), "peak_error_percent",
                            pl_held_peak_error(h), "mean_error_percent", pl_held_mean_error(h),
                            "stretched", h->stretched, "date", h->date, "versions", h->versions));
    }
    return rows;
}
