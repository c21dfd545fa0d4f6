/* Over the runs: each stack's key figures in the history, and where they changed their level. */
#include "harness/report/model/trends.h"

#include <stdlib.h>

#include "harness/base/spare_memory.h"
#include "harness/report/history/history.h"
#include "harness/report/model/context.h"
#include "harness/report/sections/sections.h"

enum { STACK, RUNS, METRICS };

static size_t runs_of(const struct pl_trends_row *row)
{
    size_t runs = 0;
    for (size_t k = 0; k < PL_TRENDS_METRICS; k++)
        if (row->metrics[k].series && row->metrics[k].series->count > runs)
            runs = row->metrics[k].series->count;
    return runs;
}

static bool is_change(const struct pl_trend *trend, const json_t *run)
{
    for (size_t k = 0; k < trend->change_count; k++)
        if (trend->changes[k].run == run)
            return true;
    return false;
}

static void draw(struct pl_doc *doc, const struct pl_trends_series *s)
{
    char text[PL_TREND_LINE_TEXT], label[64];
    double *values = pl_memory_take(s->series->count, sizeof *values);
    bool *marked = pl_memory_take(s->series->count, sizeof *marked);
    pl_memory_had(pl_trend_line(s->series, text));
    for (size_t i = 0; i < s->series->count; i++) {
        values[i] = s->series->points[i].value;
        marked[i] = is_change(&s->trend, s->series->points[i].run);
    }
    snprintf(label, sizeof label, "%zu runs, changes: %zu", s->series->count,
             s->trend.change_count);
    pl_doc_line(doc, &(struct pl_doc_line){values, marked, s->series->count, text}, label);
    free(marked);
    free(values);
}

static void write_series(struct pl_doc *doc, const struct pl_trends_series *s)
{
    if (!s->series) {
        pl_doc_cell_text(doc, "-");
        return;
    }
    pl_doc_cell(doc, PL_STYLE_PLAIN);
    draw(doc, s);
    double last = s->series->points[s->series->count - 1].value;
    pl_doc_textf(doc, PL_STYLE_PLAIN, " %s", pl_change_value(s->series->metric, last, PL_FIGURE));
    pl_doc_cell_end(doc);
}

static void write_row(struct pl_doc *doc, const struct pl_model_group *g,
                      const struct pl_trends_row *row)
{
    pl_doc_row(doc);
    pl_doc_cell_textf(doc, "%s %s %s", g->scenario, row->row->label, g->format);
    pl_doc_cell_textf(doc, "%zu", runs_of(row));
    for (size_t k = 0; k < PL_TRENDS_METRICS; k++)
        write_series(doc, &row->metrics[k]);
    pl_doc_row_end(doc);
}

static void write_table(struct pl_doc *doc, const struct pl_model *m)
{
    size_t alone = 0;
    struct pl_doc_column columns[METRICS + PL_TRENDS_METRICS] = {
        [STACK] = {.head = "stack"}, [RUNS] = {.head = "runs", .figure = true}};
    for (size_t k = 0; k < PL_TRENDS_METRICS; k++)
        columns[METRICS + k] = (struct pl_doc_column){.head = pl_trends_metrics[k]};
    pl_doc_table(doc, columns, METRICS + PL_TRENDS_METRICS, "rows",
                 "Each stack's key figures over the runs");
    for (size_t g = 0; g < m->context->trends_count; g++)
        for (size_t r = 0; r < m->context->trends[g].row_count; r++) {
            const struct pl_trends_row *row = &m->context->trends[g].rows[r];
            if (runs_of(row) < 2)
                alone++;
            else
                write_row(doc, &m->groups[g], row);
        }
    pl_doc_table_end(doc);
    if (alone)
        pl_doc_note(doc,
                    "%zu stack%s fewer than two runs there, under these conditions and, for S and "
                    "N, on this host.",
                    alone, alone > 1 ? "s have" : " has");
}

static void write_change(struct pl_doc *doc, const struct pl_model_group *g,
                         const struct pl_trends_row *row, const struct pl_trends_series *s,
                         const struct pl_trend_change *change)
{
    char text[PL_HISTORY_CHANGE];
    pl_history_change(s->series->metric, change, text);
    pl_doc_item(doc, PL_STYLE_PLAIN);
    pl_doc_textf(doc, PL_STYLE_PLAIN, "%s %s ", g->scenario, row->row->label);
    pl_doc_text(doc, PL_STYLE_CODE, s->series->metric->name);
    pl_doc_textf(doc, PL_STYLE_PLAIN, " %s", text);
    pl_doc_item_end(doc);
}

static size_t write_row_changes(struct pl_doc *doc, const struct pl_model_group *g,
                                const struct pl_trends_row *row)
{
    size_t count = 0;
    for (size_t k = 0; k < PL_TRENDS_METRICS; k++)
        for (size_t i = 0; i < row->metrics[k].trend.change_count; i++, count++)
            write_change(doc, g, row, &row->metrics[k], &row->metrics[k].trend.changes[i]);
    return count;
}

static void write_changes(struct pl_doc *doc, const struct pl_model *m)
{
    size_t count = 0;
    pl_doc_list(doc, PL_LIST_BULLETS, "changes");
    for (size_t g = 0; g < m->context->trends_count; g++)
        for (size_t r = 0; r < m->context->trends[g].row_count; r++)
            count += write_row_changes(doc, &m->groups[g], &m->context->trends[g].rows[r]);
    pl_doc_list_end(doc);
    if (!count)
        pl_doc_say(doc, "No figure below changed its level.");
}

void pl_report_trends(struct pl_doc *doc, const struct pl_model *m)
{
    if (!m->context || !m->context->history)
        return;
    pl_doc_section(doc, (struct pl_place){.id = "past", .view = "past"}, "Over the runs");
    pl_doc_say(doc,
               "The history has %zu runs: %s. A dot is a change of level; figures that depend on "
               "the host are of this one.",
               json_array_size(m->context->runs), m->context->history);
    write_changes(doc, m);
    write_table(doc, m);
    pl_doc_section_end(doc);
}
