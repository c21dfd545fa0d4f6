/* Writing report.json (report_json.h). A figure that does not apply is left out. */
#include "harness/report/writers/report_json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"
#include "harness/report/comparison/comparison.h"
#include "harness/report/model/caveats.h"
#include "harness/report/model/context.h"
#include "harness/report/model/severity.h"
#include "harness/report/model/verdict.h"
#include "harness/results/cell_name.h"
#include "harness/results/document.h"

/* Outcomes, or expectations, by name with how many cells. */
static json_t *outcome_counts(const size_t counts[PL_OUTCOME_COUNT])
{
    json_t *object = json_object();
    for (int i = 0; i < PL_OUTCOME_COUNT; i++)
        json_object_set_new(object, pl_outcome_name((enum pl_outcome)i),
                            json_integer((json_int_t)counts[i]));
    return object;
}

static json_t *verdict_counts(const size_t counts[PL_VERDICT_NONE + 1])
{
    json_t *object = json_object();
    for (int i = 0; i <= PL_VERDICT_NONE; i++)
        json_object_set_new(object, pl_verdict_name((enum pl_verdict)i),
                            json_integer((json_int_t)counts[i]));
    return object;
}

static json_t *worst_json(const struct pl_model *m)
{
    struct pl_severe worst[PL_SEVERITY_MAX];
    char reason[PL_SEVERITY_TEXT];
    size_t count = pl_severe_find(m, worst);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct pl_model_row *row = worst[i].row;
        struct pl_cell_name name = pl_cell_name_of(row->cells[0]);
        pl_severe_reason(&worst[i], reason);
        json_array_append_new(
            list, pl_named_json(&name, json_pack("{s:s, s:s, s:s, s:s, s:i, s:s}", "kind",
                                                 pl_severe_rank_name(worst[i].rank), "reason",
                                                 reason, "outcome", pl_outcome_name(row->outcome),
                                                 "expected", pl_verdict_name(row->expected),
                                                 "alike", (int)worst[i].alike, "reproduce",
                                                 pl_document_string(row->cells[0], "reproduce"))));
    }
    return json_pack("{s:s, s:o}", "rule", pl_severe_rule, "rows", list);
}

static json_t *metrics_json(const struct pl_model_row *row)
{
    json_t *object = json_object();
    for (size_t k = 0; k < PL_MODEL_METRICS; k++) {
        const struct pl_summary *s = &row->metrics[k];
        if (s->count)
            json_object_set_new(object, pl_metrics[k].name,
                                json_pack("{s:s, s:i, s:f, s:f, s:f}", "unit",
                                          pl_unit_name(pl_metrics[k].unit), "runs", (int)s->count,
                                          "median", s->median, "lowest", s->lowest, "highest",
                                          s->highest));
    }
    return object;
}

static json_t *row_json(const struct pl_model_row *row)
{
    return json_pack("{s:s, s:i, s:s, s:i, s:s, s:o, s:s, s:o, s:s}", "allocator", row->stack,
                     "threads", (int)row->threads, "label", row->label, "repetitions",
                     (int)row->cell_count, "outcome", pl_outcome_name(row->outcome), "outcomes",
                     outcome_counts(row->outcomes), "expected", pl_verdict_name(row->expected),
                     "metrics", metrics_json(row), "reproduce",
                     pl_document_string(row->cells[0], "reproduce"));
}

static json_t *group_json(const struct pl_model_group *g)
{
    json_t *rows = json_array();
    char *verdict = pl_verdict_text(g);
    for (size_t r = 0; r < g->row_count; r++)
        json_array_append_new(rows, row_json(&g->rows[r]));
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:s, s:{s:s, s:f}, s:f, s:s, s:o}", "scenario", g->scenario,
                  "title", g->title, "format", g->format, "clock", g->clock, "container", "kind",
                  g->container, "bytes", g->container_bytes, "duration_seconds",
                  g->duration_seconds, "verdict", verdict, "rows", rows);
    free(verdict);
    return object;
}

static json_t *groups_json(const struct pl_model *m)
{
    json_t *list = json_array();
    for (size_t g = 0; g < m->group_count; g++)
        json_array_append_new(list, group_json(&m->groups[g]));
    return list;
}

static json_t *failures_json(const struct pl_model *m)
{
    const json_t *cell;
    size_t i;
    json_t *list = json_array();
    json_array_foreach(json_object_get(m->root, "cells"), i, cell)
    {
        struct pl_cell_name name = pl_cell_name_of(cell);
        if (strcmp(pl_document_string(cell, "expected"), pl_verdict_name(PL_VERDICT_FAILED)) != 0)
            continue;
        json_array_append_new(
            list,
            pl_named_json(&name, json_pack("{s:O*, s:s, s:s, s:s}", "repetition",
                                           json_object_get(cell, "repetition"), "outcome",
                                           pl_document_string(cell, "outcome"), "why",
                                           pl_document_string(cell, "expected_why"), "reproduce",
                                           pl_document_string(cell, "reproduce"))));
    }
    return list;
}

static json_t *change_counts(const struct pl_comparison *c)
{
    json_t *counts = pl_change_counts_json(c);
    json_object_update_new(counts, json_pack("{s:I, s:I, s:I}", "advisory", (json_int_t)c->advisory,
                                             "missing", (json_int_t)c->missing, "suite_faults",
                                             (json_int_t)c->nondeterministic));
    return counts;
}

static json_t *ends_json(const struct pl_comparison *c)
{
    json_t *list = json_array();
    for (size_t i = 0; i < c->cell_count; i++) {
        const struct pl_compared *cell = &c->cells[i];
        if (cell->outcome == PL_CHANGE_SAME && !cell->missing)
            continue;
        json_array_append_new(
            list,
            pl_named_json(&cell->match->name,
                          json_pack("{s:s, s:s, s:b}", "verdict", pl_change_name(cell->outcome),
                                    "why", cell->outcome_why, "missing", cell->missing)));
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
            json_array_append_new(list, pl_named_json(&c->cells[i].match->name, pl_judged_json(j)));
        }
    return list;
}

static json_t *before_json(const struct pl_report_context *a)
{
    return json_pack("{s:o, s:b, s:o, s:o, s:o, s:o}", "baseline", pl_path_json(a->baseline),
                     "gate_fails", pl_comparison_fails(&a->comparison), "heaps",
                     pl_change_heaps_json(&a->comparison), "counts", change_counts(&a->comparison),
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
        json_array_append_new(
            list,
            pl_named_json(&name,
                          json_pack("{s:s, s:s, s:o, s:o}", "metric", s->series->metric->name,
                                    "unit", pl_unit_name(s->series->metric->unit), "runs",
                                    points_json(s->series), "changes", changes_json(&s->trend))));
    }
}

static json_t *history_json(const struct pl_report_context *a)
{
    json_t *list = json_array();
    for (size_t g = 0; g < a->trends_count; g++)
        for (size_t r = 0; r < a->trends[g].row_count; r++)
            add_series(list, &a->trends[g].rows[r]);
    return json_pack("{s:o, s:o}", "file", pl_path_json(a->history), "series", list);
}

/* What stands beside the results, each where there is one. */
static void add_context(json_t *report, const struct pl_model *m)
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

void pl_report_json(FILE *out, const struct pl_model *m)
{
    json_t *root =
        json_pack("{s:i, s:O*, s:O*, s:O*, s:o, s:i, s:o, s:o, s:o, s:o, s:o, s:O*, s:o}",
                  "report_version", PL_REPORT_VERSION, "suite", json_object_get(m->root, "suite"),
                  "run", json_object_get(m->root, "run"), "host", json_object_get(m->root, "host"),
                  "heaps", pl_model_heaps(m), "cells", (int)m->cell_count, "outcomes",
                  outcome_counts(m->outcomes), "expectations", verdict_counts(m->verdicts), "worst",
                  worst_json(m), "scenarios", groups_json(m), "failures", failures_json(m),
                  "warnings", json_object_get(m->root, "warnings"), "doubts", pl_caveats_make(m));
    if (root && m->context)
        add_context(root, m);
    if (!root || json_dumpf(root, out, JSON_INDENT(1) | JSON_REAL_PRECISION(12)))
        pl_memory_refused();
    json_decref(root);
}
