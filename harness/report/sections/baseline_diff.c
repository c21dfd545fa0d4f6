/* Before and after: what of the comparison with a baseline changed, and what can't be told. */
#include "harness/report/model/baseline_diff.h"

#include "harness/report/model/context.h"
#include "harness/report/model/overlays.h"
#include "harness/report/sections/sections.h"

enum { BAR = 6, COLUMNS = 10 };

static void write_cell(struct pl_doc *doc, const char *text)
{
    pl_doc_cell_text(doc, text[0] ? text : "-");
}

static void write_metric(struct pl_doc *doc, const struct pl_judged *j)
{
    pl_doc_cell(doc, PL_STYLE_PLAIN);
    pl_doc_text(doc, PL_STYLE_CODE, j->metric->name);
    pl_doc_textf(doc, PL_STYLE_PLAIN, " (%s)", pl_class_name(j->metric->class));
    pl_doc_text(doc, PL_STYLE_SMALL, j->why);
    pl_doc_cell_end(doc);
}

static void write_verdict(struct pl_doc *doc, const struct pl_judged *j)
{
    char text[PL_CHANGE_TEXT];
    pl_baseline_diff_verdict(j, text);
    pl_doc_cell(doc, pl_judged_fails(j)              ? PL_STYLE_BAD
                     : j->change == PL_CHANGE_BETTER ? PL_STYLE_GOOD
                                                     : PL_STYLE_PLAIN);
    pl_doc_text(doc, PL_STYLE_PLAIN, text);
    pl_doc_cell_end(doc);
}

static void write_bar(struct pl_doc *doc, double reach, const struct pl_judged *j,
                      const char *label)
{
    struct pl_doc_bar bar;
    pl_doc_cell(doc, PL_STYLE_PLAIN);
    if (pl_baseline_diff_bar(reach, j, &bar))
        pl_doc_bar(doc, &bar, label[0] ? label : "no difference");
    pl_doc_cell_end(doc);
}

static void write_row(struct pl_doc *doc, double reach, const struct pl_baseline_diff_row *row)
{
    const struct pl_judged *j = row->judged;
    char name[PL_FACT_NAME], before[PL_TEXT_FIGURE], after[PL_TEXT_FIGURE], text[PL_CHANGE_TEXT];
    pl_cell_name_text(&row->cell->match->name, name, sizeof name);
    pl_doc_row(doc);
    pl_doc_cell_text(doc, name);
    write_verdict(doc, j);
    write_metric(doc, j);
    pl_change_values(j, before, after);
    pl_doc_cell_text(doc, before);
    pl_doc_cell_text(doc, after);
    pl_change_size(j, text);
    write_cell(doc, text);
    write_bar(doc, reach, j, text);
    pl_baseline_diff_p(j, text);
    pl_doc_cell_text(doc, text);
    pl_baseline_diff_threshold(j, text);
    pl_doc_cell_text(doc, text);
    pl_baseline_diff_beyond(j, text);
    pl_doc_cell_text(doc, text);
    pl_doc_row_end(doc);
}

static void write_rows(struct pl_doc *doc, const struct pl_baseline_diff *b, size_t first,
                       size_t end, const char *caption)
{
    char span[64];
    double reach = b->reach[first >= b->changed];
    if (first == end)
        return;
    snprintf(span, sizeof span, "%.3g to %.3g times", 1 / reach, reach);
    const struct pl_doc_column columns[COLUMNS] = {
        {"cell", NULL, false},       {"verdict", NULL, false}, {"metric (class)", NULL, false},
        {"before", NULL, true},      {"after", NULL, true},    {"difference", NULL, true},
        [BAR] = {span, NULL, false}, {"p", NULL, true},        {"threshold", NULL, true},
        {"beyond it", NULL, true},
    };
    pl_doc_table(doc, columns, COLUMNS, "rows", "%s", caption);
    for (size_t i = first; i < end; i++)
        write_row(doc, reach, &b->rows[i]);
    pl_doc_table_end(doc);
}

/* Cells that end otherwise, or that only before has. */
static void write_ends(struct pl_doc *doc, const struct pl_comparison *c)
{
    char name[PL_FACT_NAME];
    pl_doc_list(doc, PL_LIST_BULLETS, "cells");
    for (size_t i = 0; i < c->cell_count; i++) {
        const struct pl_compared *cell = &c->cells[i];
        bool same = cell->outcome == PL_CHANGE_SAME || cell->outcome == PL_CHANGE_NOT_COMPARABLE;
        if (same && !cell->missing)
            continue;
        pl_cell_name_text(&cell->match->name, name, sizeof name);
        pl_doc_item(doc, PL_STYLE_PLAIN);
        pl_doc_text(doc, PL_STYLE_STRONG,
                    cell->missing ? "missing after" : pl_change_name(cell->outcome));
        pl_doc_textf(doc, PL_STYLE_PLAIN, " %s: ends %s", name,
                     cell->missing ? "unknown: only before has it" : cell->outcome_why);
        pl_doc_item_end(doc);
    }
    pl_doc_list_end(doc);
}

static void write_pictures(struct pl_doc *doc, const struct pl_baseline_diff *b)
{
    char name[PL_FACT_NAME], file[64];
    size_t drawn = b->cell_count < PL_OVERLAYS_MAX ? b->cell_count : PL_OVERLAYS_MAX;
    for (size_t i = 0; i < drawn && i < doc->most; i++) {
        pl_cell_name_text(&b->cells[i]->match->name, name, sizeof name);
        pl_overlay_before_name(file, sizeof file, i);
        pl_doc_figure(doc, NULL, file,
                      "%s: resident memory before and after, and its pairs where they were run",
                      name);
    }
    if (b->cell_count > drawn)
        pl_doc_note(doc, "Drawn are the first %zu of %zu cells that changed.", drawn,
                    b->cell_count);
}

struct reasons {
    struct pl_doc *doc;
    const char *kind;
};

static void write_reason(void *context, const char *why, size_t count)
{
    const struct reasons *r = context;
    pl_doc_item(r->doc, PL_STYLE_PLAIN);
    pl_doc_text(r->doc, PL_STYLE_STRONG, r->kind);
    pl_doc_textf(r->doc, PL_STYLE_PLAIN, ", %zu metrics of cells: %s", count, why);
    pl_doc_item_end(r->doc);
}

static void write_open(struct pl_doc *doc, const struct pl_comparison *c)
{
    static const enum pl_change open[] = {PL_CHANGE_INCONCLUSIVE, PL_CHANGE_NOT_COMPARABLE};
    pl_doc_list(doc, PL_LIST_BULLETS, "reasons");
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        pl_change_open(c, open[i], write_reason, &(struct reasons){doc, pl_change_name(open[i])});
    pl_doc_list_end(doc);
}

static void write_heap(void *context, const struct pl_heap_change *heap, const char *line)
{
    (void)heap;
    pl_doc_paragraph(context);
    pl_doc_text(context, PL_STYLE_STRONG, line);
    pl_doc_paragraph_end(context);
}

static void write_summary(struct pl_doc *doc, const struct pl_report_context *a)
{
    char counts[320];
    const char *part = pl_comparison_incomplete(&a->comparison);
    pl_change_counts(&a->comparison, counts, sizeof counts);
    pl_doc_say(doc,
               "Before (base) is %s, after (new) is this run. %zu cells, their metrics: %s. What "
               "is the same is not listed.",
               a->baseline, a->comparison.cell_count, counts);
    pl_change_heaps(&a->comparison, write_heap, doc);
    if (!part)
        return;
    pl_doc_paragraph(doc);
    pl_doc_textf(doc, PL_STYLE_BAD, "%s was stopped before its end: what it lacks is not compared.",
                 part);
    pl_doc_paragraph_end(doc);
}

void pl_report_baseline_diff(struct pl_doc *doc, const struct pl_model *m)
{
    const struct pl_report_context *a = m->context;
    if (!a || !a->baseline)
        return;
    const struct pl_baseline_diff *b = &a->diff;
    pl_doc_section(doc, (struct pl_place){.id = "before", .view = "before"}, "Before and after");
    write_summary(doc, a);
    write_ends(doc, &a->comparison);
    write_rows(doc, b, 0, b->changed,
               "What changed. A bar shows the ratio of after to before, no change in its middle, "
               "with the band of the threshold and the 95 % interval of class N; a diamond lies "
               "beyond its end. p of N is Holm's, of S Mann and Whitney's; D is exact.");
    write_pictures(doc, b);
    if (b->count > b->changed) {
        pl_doc_details(doc, "Measured, and can't be told");
        write_rows(doc, b, b->changed, b->count, "");
        pl_doc_details_end(doc);
    }
    write_open(doc, &a->comparison);
    pl_doc_section_end(doc);
}
