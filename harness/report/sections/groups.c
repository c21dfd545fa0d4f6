/* A section for each scenario, format and container: its picture, its table, why each ended so. */
#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"
#include "harness/report/model/columns.h"
#include "harness/report/model/severity.h"
#include "harness/report/sections/sections.h"
#include "harness/report/writers/text.h"
#include "harness/results/document.h"

#define ALERTS_SHOWN 4 /* of a row */
#define ALERTS_TEXT (ALERTS_SHOWN * 256 + 32)

enum { STACK, OUTCOME, EXPECTED, FIGURES };

/* @param columns of FIGURES + pl_column_count @return how many are used */
static size_t set_columns(const struct pl_model_group *g, struct pl_doc_column *columns)
{
    size_t count = FIGURES;
    columns[STACK] = (struct pl_doc_column){.head = "stack"};
    columns[OUTCOME] = (struct pl_doc_column){.head = "outcome"};
    columns[EXPECTED] = (struct pl_doc_column){.head = "expected"};
    for (size_t i = 0; i < pl_column_count; i++)
        if (pl_column_used(&pl_columns[i], g))
            columns[count++] = (struct pl_doc_column){
                pl_columns[i].name, *pl_columns[i].unit ? pl_columns[i].unit : NULL, .figure = true,
                .rank = pl_columns[i].rank};
    return count;
}

static void write_figure(struct pl_doc *doc, const struct pl_column *column,
                         const struct pl_summary *summary)
{
    char text[PL_COLUMN_TEXT], spread[PL_COLUMN_TEXT];
    pl_column_median(column, summary, text);
    pl_column_spread(column, summary, spread);
    pl_doc_cell(doc, PL_STYLE_PLAIN);
    pl_doc_text(doc, PL_STYLE_PLAIN, text);
    pl_doc_text(doc, PL_STYLE_SMALL, spread);
    pl_doc_cell_end(doc);
}

static void write_row(struct pl_doc *doc, const struct pl_model_group *g,
                      const struct pl_model_row *row)
{
    static const enum pl_style styles[] = {PL_STYLE_GOOD, PL_STYLE_BAD, PL_STYLE_OPEN,
                                           PL_STYLE_OPEN};
    char outcome[PL_COLUMN_TEXT];
    pl_row_outcome(row, outcome);
    pl_doc_row(doc);
    pl_doc_cell_text(doc, row->label);
    pl_doc_cell(doc, PL_STYLE_PLAIN);
    pl_doc_outcome(doc, row->outcome, outcome);
    pl_doc_cell_end(doc);
    pl_doc_cell_styled(doc, styles[row->expected], pl_row_expected(row));
    for (size_t i = 0; i < pl_column_count; i++)
        if (pl_column_used(&pl_columns[i], g)) {
            struct pl_summary summary = pl_column_of(&pl_columns[i], g, row);
            write_figure(doc, &pl_columns[i], &summary);
        }
    pl_doc_row_end(doc);
}

static void write_table(struct pl_doc *doc, const struct pl_model_group *g)
{
    char conditions[256];
    struct pl_doc_column *columns = pl_memory_take(FIGURES + pl_column_count, sizeof *columns);
    pl_group_conditions(g, conditions, sizeof conditions);
    pl_doc_table(doc, columns, set_columns(g, columns), "rows", "%s: %s%s", g->scenario, conditions,
                 g->repetitions > 1 ? "; median (lowest..highest)" : "");
    for (size_t i = 0; i < g->row_count; i++)
        write_row(doc, g, &g->rows[i]);
    pl_doc_table_end(doc);
    free(columns);
}

/* The first alerts of a row's repetitions: "at 12.3 s: ...; ... and 7 more"; "" for none. */
static void first_alerts(const struct pl_model_row *row, char text[ALERTS_TEXT])
{
    size_t count = 0, i;
    const json_t *each;
    char one[256];
    text[0] = '\0';
    for (size_t k = 0; k < row->cell_count; k++)
        json_array_foreach(json_object_get(row->cells[k], "alerts"), i, each)
        {
            if (count++ >= ALERTS_SHOWN)
                continue;
            pl_fact_alert(pl_document_string(each, "alert"),
                          json_number_value(json_object_get(each, "t_seconds")),
                          json_number_value(json_object_get(each, "value")), one, sizeof one);
            pl_text_add(text, ALERTS_TEXT, "%s%s", text[0] ? "; " : "", one);
        }
    if (count > ALERTS_SHOWN)
        pl_text_add(text, ALERTS_TEXT, "; ... and %zu more", count - ALERTS_SHOWN);
}

static void write_alerts(struct pl_doc *doc, const struct pl_model_group *g)
{
    char text[ALERTS_TEXT];
    bool any = false;
    for (size_t i = 0; i < g->row_count; i++) {
        first_alerts(&g->rows[i], text);
        if (!text[0])
            continue;
        if (!any) {
            pl_doc_say(doc, "Alerts:");
            pl_doc_list(doc, PL_LIST_BULLETS, "stacks");
        }
        any = true;
        pl_doc_item_named(doc, g->rows[i].label, " %s", text);
    }
    if (any)
        pl_doc_list_end(doc);
}

void pl_report_group(struct pl_doc *doc, const struct pl_model_group *g)
{
    write_table(doc, g);
    write_alerts(doc, g);
}

static const char *caption_of_cpu(const struct pl_model_group *g)
{
    if (!pl_model_floor(g))
        return "CPU a packet, the harness's own included.";
    if (!g->threads)
        return "CPU a packet. What stands right of the dashed line is the stack's own with one "
               "thread; with two it includes what handing over from one to the other costs the "
               "harness.";
    return "CPU a packet. What stands right of the dashed line is the stack's own; the rest is the "
           "harness.";
}

/* Where a killed cell stood: its peaks are unknown, its last sample is not. */
static void write_last_sample(struct pl_doc *doc, const json_t *last)
{
    if (json_is_object(last))
        pl_doc_textf(
            doc, PL_STYLE_PLAIN, " At its last sample, after %s, it held %s live and %s reserved.",
            pl_text_duration(PL_FIGURE, json_number_value(json_object_get(last, "t_seconds"))),
            pl_text_bytes(PL_FIGURE, json_number_value(json_object_get(last, "live_bytes"))),
            pl_text_bytes(PL_FIGURE, json_number_value(json_object_get(last, "reserved_bytes"))));
}

static void write_environment(struct pl_doc *doc, const json_t *environment)
{
    const json_t *each;
    size_t i;
    if (json_array_size(environment) == 0)
        return;
    pl_doc_text(doc, PL_STYLE_PLAIN, " Environment:");
    json_array_foreach(environment, i, each)
    {
        pl_doc_text(doc, PL_STYLE_PLAIN, " ");
        pl_doc_text(doc, PL_STYLE_CODE, json_string_value(each) ? json_string_value(each) : "");
    }
}

/* Repetitions share a command: it is shown once. */
static void write_detail(struct pl_doc *doc, const struct pl_model_row *row)
{
    const json_t *cell = row->cells[0];
    const char *why = pl_document_string(cell, "expected_why");
    pl_doc_term(doc, "%s", row->label);
    pl_doc_textf(doc, PL_STYLE_PLAIN, "%s.", pl_document_string(cell, "outcome_why"));
    write_last_sample(doc, json_object_get(cell, "at_last_sample"));
    if (*why) {
        pl_doc_text(doc, PL_STYLE_BAD, " Expectation:");
        pl_doc_textf(doc, PL_STYLE_PLAIN, " %s.", why);
    }
    if (row->series_missing)
        pl_doc_textf(doc, PL_STYLE_BAD, " Series missing (%zu of %zu): the picture lacks them.",
                     row->series_missing, row->cell_count);
    write_environment(doc, json_object_get(cell, "environment"));
    pl_doc_command(doc, pl_document_string(cell, "reproduce"));
    pl_doc_item_end(doc);
}

/* Told by its format where its scenario has others. */
static const char *format_of(const struct pl_model *m, const struct pl_model_group *g)
{
    for (size_t i = 0; i < m->group_count; i++)
        if (&m->groups[i] != g && strcmp(m->groups[i].scenario, g->scenario) == 0 &&
            strcmp(m->groups[i].format, g->format) != 0)
            return g->format;
    return "";
}

static void write_group(struct pl_doc *doc, const struct pl_model *m, size_t number)
{
    const struct pl_model_group *g = &m->groups[number];
    const char *format = format_of(m, g);
    char id[32], name[sizeof g->picture + 16];
    snprintf(id, sizeof id, "g%zu", number);
    snprintf(name, sizeof name, "%s-cpu", g->picture);
    pl_doc_section(doc, (struct pl_place){id, "charts", "group"}, *format ? "%s, %s" : "%s",
                   g->title[0] ? g->title : g->scenario, format);
    pl_doc_figure(doc, "memory", g->picture,
                  "Resident memory over the replay's time%s. Where a curve meets the line, the "
                  "kernel kills.",
                  g->used[PL_MODEL_live_bytes_peak] ? "; dotted: live bytes" : "");
    pl_report_group(doc, g);
    pl_doc_figure(doc, NULL, name, "%s%s", caption_of_cpu(g),
                  g->repetitions > 1 ? " A line spans all runs of a stack."
                                     : " One run each: how far they spread is not known.");
    pl_report_frontier(doc, g);
    pl_doc_details(doc, "Why each ended so, and the command that reproduces it");
    pl_doc_list(doc, PL_LIST_TERMS, "stacks");
    for (size_t i = 0; i < g->row_count; i++)
        write_detail(doc, &g->rows[i]);
    pl_doc_list_end(doc);
    pl_doc_details_end(doc);
    pl_doc_section_end(doc);
}

/* The headline: that of the gravest row. */
static size_t first_of(const struct pl_model *m)
{
    struct pl_severe gravest[PL_SEVERITY_MAX];
    return pl_severe_find(m, gravest) ? (size_t)(gravest[0].group - m->groups) : 0;
}

void pl_report_groups(struct pl_doc *doc, const struct pl_model *m)
{
    size_t first = first_of(m);
    if (m->group_count && doc->most)
        write_group(doc, m, first);
    for (size_t i = 0, written = 1; i < m->group_count && written < doc->most; i++)
        if (i != first) {
            write_group(doc, m, i);
            written++;
        }
    if (m->group_count > doc->most)
        pl_doc_note(doc, "%zu of %zu tables left out here: %s.", m->group_count - doc->most,
                    m->group_count, pl_doc_elsewhere(doc));
    if (!doc->commands)
        pl_doc_note(doc, "The command that reproduces each stack is in report.html and "
                         "report.json.");
}
