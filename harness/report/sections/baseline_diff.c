/* Before and after: what of the comparison with a baseline changed, and what can't be told. */
#include "harness/report/model/baseline_diff.h"

#include "harness/report/comparison/changes.h"
#include "harness/report/model/context.h"
#include "harness/report/model/overlays.h"
#include "harness/report/sections/sections.h"

enum { BAR = PL_CHANGES_CELLS, COLUMNS = 10 };

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
    char size[PL_CHANGE_TEXT], p[PL_CHANGE_TEXT], threshold[PL_CHANGE_TEXT], beyond[PL_CHANGE_TEXT];
    pl_change_size(j, size);
    pl_baseline_diff_p(j, p);
    pl_baseline_diff_threshold(j, threshold);
    pl_baseline_diff_beyond(j, beyond);
    pl_changes_row(doc, row->cell->match, j, j->why);
    write_bar(doc, reach, j, size);
    pl_doc_cell_text(doc, p);
    pl_doc_cell_text(doc, threshold);
    pl_doc_cell_text(doc, beyond);
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
        {.head = "cell"},
        {.head = "verdict"},
        {.head = "metric (class)"},
        {.head = "before", .figure = true},
        {.head = "after", .figure = true},
        {.head = "difference", .figure = true},
        [BAR] = {.head = span},
        {.head = "p", .figure = true},
        {.head = "threshold", .figure = true},
        {.head = "beyond it", .figure = true},
    };
    pl_doc_table(doc, columns, COLUMNS, "rows", "%s", caption);
    for (size_t i = first; i < end; i++)
        write_row(doc, reach, &b->rows[i]);
    pl_doc_table_end(doc);
}

static void write_pictures(struct pl_doc *doc, const struct pl_baseline_diff *b)
{
    char name[PL_FACT_NAME], file[64];
    size_t drawn = b->cell_count < PL_OVERLAYS_MAX ? b->cell_count : PL_OVERLAYS_MAX;
    for (size_t i = 0; i < drawn && i < doc->most; i++) {
        pl_cell_name_text(&b->cells[i]->match->name, name, sizeof name);
        snprintf(file, sizeof file, PL_OVERLAY_BEFORE, i + 1);
        pl_doc_figure(doc, NULL, file,
                      "%s: resident memory before and after, and its pairs where they were run",
                      name);
    }
    if (b->cell_count > drawn)
        pl_doc_note(doc, "Drawn are the first %zu of %zu cells that changed.", drawn,
                    b->cell_count);
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
    pl_changes_heaps(doc, &a->comparison);
    if (part)
        pl_doc_say_styled(doc, PL_STYLE_BAD,
                          "%s was stopped before its end: what it lacks is not compared.", part);
}

void pl_report_baseline_diff(struct pl_doc *doc, const struct pl_model *m)
{
    const struct pl_report_context *a = m->context;
    if (!a || !a->baseline)
        return;
    const struct pl_baseline_diff *b = &a->diff;
    pl_doc_section(doc, (struct pl_place){.id = "before", .view = "before"}, "Before and after");
    write_summary(doc, a);
    pl_changes_ends(doc, &a->comparison);
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
    pl_changes_open(doc, &a->comparison);
    pl_doc_section_end(doc);
}
