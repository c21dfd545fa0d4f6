/* Before and after, the history and the noise for programs (report_json_aside.h). */
#include "harness/report/writers/report_json_context.h"

#include <math.h>

#include "harness/report/comparison/comparison.h"
#include "harness/report/model/context.h"
#include "harness/results/document.h"

static json_t *counts_json(const struct pl_comparison *c)
{
    json_t *counts = json_object();
    for (int i = 0; i < PL_CHANGE_COUNT; i++)
        json_object_set_new(counts, pl_change_name((enum pl_change)i),
                            json_integer((json_int_t)c->counts[i]));
    json_object_set_new(counts, "advisory", json_integer((json_int_t)c->advisory));
    json_object_set_new(counts, "missing", json_integer((json_int_t)c->missing));
    json_object_set_new(counts, "suite_faults", json_integer((json_int_t)c->nondeterministic));
    return counts;
}

static json_t *ends_json(const struct pl_comparison *c)
{
    json_t *list = json_array();
    for (size_t i = 0; i < c->cell_count; i++) {
        const struct pl_compared *cell = &c->cells[i];
        if (cell->outcome == PL_CHANGE_SAME && !cell->missing)
            continue;
        json_t *object = pl_cell_name_json(&cell->match->name);
        json_object_update_new(object, json_pack("{s:s, s:s, s:b}", "verdict",
                                                 pl_change_name(cell->outcome), "why",
                                                 cell->outcome_why, "missing", cell->missing));
        json_array_append_new(list, object);
    }
    return list;
}

/* Everything that is not the same, with its reason. */
static json_t *rows_json(const struct pl_comparison *c)
{
    json_t *list = json_array();
    for (size_t i = 0; i < c->cell_count; i++)
        for (size_t k = 0; k < c->cells[i].judged_count; k++) {
            const struct pl_judged *j = &c->cells[i].judged[k];
            if (j->change == PL_CHANGE_SAME && !pl_judged_fails(j))
                continue;
            json_t *object = pl_cell_name_json(&c->cells[i].match->name);
            json_object_update_new(object, pl_judged_json(j));
            json_array_append_new(list, object);
        }
    return list;
}

static json_t *before_json(const struct pl_report_context *a)
{
    return json_pack("{s:s, s:b, s:o, s:o, s:o, s:o}", "baseline", a->baseline, "gate_fails",
                     pl_comparison_fails(&a->comparison), "heaps",
                     pl_change_heaps_json(&a->comparison), "counts", counts_json(&a->comparison),
                     "ends", ends_json(&a->comparison), "metrics", rows_json(&a->comparison));
}

static json_t *points_json(const struct pl_series *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->count; i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:f}", "started",
                                        pl_document_string(s->points[i].run, "started"), "commit",
                                        pl_document_string(s->points[i].run, "commit"), "value",
                                        s->points[i].value));
    return list;
}

static json_t *changes_json(const struct pl_trend *trend)
{
    json_t *list = json_array();
    for (size_t i = 0; i < trend->change_count; i++) {
        const struct pl_trend_change *change = &trend->changes[i];
        json_t *object =
            json_pack("{s:s, s:s, s:f, s:f}", "started", pl_document_string(change->run, "started"),
                      "commit", pl_document_string(change->run, "commit"), "before", change->before,
                      "after", change->after);
        if (!isnan(change->p))
            json_object_set_new(object, "p", json_real(change->p));
        json_array_append_new(list, object);
    }
    return list;
}

static void add_series(json_t *list, const struct pl_trends_row *row)
{
    for (size_t k = 0; k < PL_TRENDS_METRICS; k++) {
        const struct pl_trends_series *s = &row->metrics[k];
        if (!s->series)
            continue;
        struct pl_cell_name name = pl_cell_name_of(s->series->cell);
        json_t *object = pl_cell_name_json(&name);
        json_object_update_new(
            object, json_pack("{s:s, s:s, s:o, s:o}", "metric", s->series->metric->name, "unit",
                              pl_unit_name(s->series->metric->unit), "runs", points_json(s->series),
                              "changes", changes_json(&s->trend)));
        json_array_append_new(list, object);
    }
}

static json_t *history_json(const struct pl_report_context *a)
{
    json_t *list = json_array();
    for (size_t g = 0; g < a->trends_count; g++)
        for (size_t r = 0; r < a->trends[g].row_count; r++)
            add_series(list, &a->trends[g].rows[r]);
    return json_pack("{s:s, s:o}", "file", a->history, "series", list);
}

void pl_report_json_aside(json_t *report, const struct pl_model *m)
{
    const struct pl_report_context *a = m->context;
    if (a->calibration.root)
        json_object_set_new(report, "calibration",
                            json_pack("{s:s, s:O}", "file", a->calibration.path, "metrics",
                                      json_object_get(a->calibration.root, "metrics")));
    if (a->baseline)
        json_object_set_new(report, "before_after", before_json(a));
    if (a->history)
        json_object_set_new(report, "history", history_json(a));
    if (a->held.count)
        json_object_set_new(report, "counterparts", pl_held_json(&a->held));
}
