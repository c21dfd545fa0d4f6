/* The comparison as a comment on a pull request: what to act on first, the rest folded away. */
#include <math.h>
#include <stdlib.h>

#include "harness/report/comparison/change_text.h"
#include "harness/report/comparison/comparison.h"
#include "harness/report/writers/fitted.h"
#include "harness/report/writers/writer.h"

#define MOST 65000 /* characters; GitHub takes 65,536 */

/* What is compared, and which folders were named. */
struct compared {
    const struct pl_comparison *comparison;
    const char *base, *new;
};

static void write_row(struct pl_doc *doc, const struct pl_match *m, const struct pl_judged *j)
{
    char base[PL_TEXT_FIGURE], new[PL_TEXT_FIGURE], text[PL_CHANGE_TEXT];
    pl_doc_row(doc);
    pl_doc_cell_text(doc, j->advisory ? "advisory" : pl_change_name(j->change));
    pl_doc_cell_text(doc, m->name.scenario);
    pl_doc_cell_text(doc, m->name.allocator);
    pl_cell_name_how(&m->name, text, sizeof text);
    pl_doc_cell_text(doc, text);
    pl_doc_cell(doc, PL_STYLE_PLAIN);
    pl_doc_text(doc, PL_STYLE_CODE, j->metric->name);
    pl_doc_textf(doc, PL_STYLE_PLAIN, " (%s)", pl_class_name(j->metric->class));
    pl_doc_cell_end(doc);
    pl_change_values(j, base, new);
    pl_doc_cell_text(doc, base);
    pl_doc_cell_text(doc, new);
    pl_change_size(j, text);
    pl_doc_cell_text(doc, text);
    pl_change_evidence(j, text);
    pl_doc_cell_text(doc, text);
    pl_doc_row_end(doc);
}

static size_t count_of(const struct pl_comparison *c, enum pl_change change)
{
    size_t count = 0;
    for (size_t i = 0; i < c->cell_count; i++)
        for (size_t k = 0; k < c->cells[i].judged_count; k++)
            count += c->cells[i].judged[k].change == change;
    return count;
}

/* @param changes ended by PL_CHANGE_COUNT */
static void write_table(struct pl_doc *doc, const struct pl_comparison *c,
                        const enum pl_change *changes)
{
    static const struct pl_doc_column columns[] = {
        {"verdict", NULL, false}, {"scenario", NULL, false},       {"stack", NULL, false},
        {"format", NULL, false},  {"metric (class)", NULL, false}, {"base", NULL, true},
        {"new", NULL, true},      {"change", NULL, true},          {"judged by", NULL, false},
    };
    pl_doc_table(doc, columns, sizeof columns / sizeof *columns, "rows", "%s", "");
    for (; *changes != PL_CHANGE_COUNT; changes++)
        for (size_t i = 0; i < c->cell_count; i++)
            for (size_t k = 0; k < c->cells[i].judged_count; k++)
                if (c->cells[i].judged[k].change == *changes)
                    write_row(doc, c->cells[i].match, &c->cells[i].judged[k]);
    pl_doc_table_end(doc);
}

static void write_line(void *context, const char *line)
{
    pl_doc_item(context, PL_STYLE_PLAIN);
    pl_doc_text(context, PL_STYLE_PLAIN, line);
    pl_doc_item_end(context);
}

static void write_reason(void *context, const char *why, size_t count)
{
    pl_doc_item(context, PL_STYLE_PLAIN);
    pl_doc_textf(context, PL_STYLE_PLAIN, "%zu: %s", count, why);
    pl_doc_item_end(context);
}

static void write_strong(struct pl_doc *doc, const char *text, const char *rest)
{
    pl_doc_paragraph(doc);
    pl_doc_text(doc, PL_STYLE_STRONG, text);
    pl_doc_text(doc, PL_STYLE_PLAIN, rest);
    pl_doc_paragraph_end(doc);
}

static void write_open(struct pl_doc *doc, const struct pl_comparison *c)
{
    static const enum pl_change open[] = {PL_CHANGE_INCONCLUSIVE, PL_CHANGE_NOT_COMPARABLE};
    for (size_t i = 0; i < 2; i++) {
        if (!count_of(c, open[i]))
            continue;
        write_strong(doc, i ? "Not comparable" : "Inconclusive", " (metrics of cells, by reason)");
        pl_doc_list(doc, PL_LIST_BULLETS, "reasons");
        pl_change_open(c, open[i], write_reason, doc);
        pl_doc_list_end(doc);
    }
}

/* What a person takes away who reads no further. */
static const char *headline(const struct pl_comparison *c)
{
    bool open = c->counts[PL_CHANGE_INCONCLUSIVE] || c->counts[PL_CHANGE_NOT_COMPARABLE];
    if (c->counts[PL_CHANGE_WORSE])
        return "this change is worse";
    if (c->missing)
        return "something is missing";
    if (c->nondeterministic)
        return "the suite is at fault";
    if (c->counts[PL_CHANGE_BETTER])
        return open ? "this change is better in what could be told" : "this change is better";
    if (c->counts[PL_CHANGE_SAME])
        return open ? "no worse in what could be told" : "no worse";
    return "nothing could be told";
}

static void write_heap(void *context, const struct pl_heap_change *heap, const char *line)
{
    (void)heap;
    write_strong(context, line, "");
}

static void write_summary(struct pl_doc *doc, const struct pl_comparison *c)
{
    char counts[320];
    const char *part = pl_comparison_incomplete(c);
    pl_change_counts(c, counts, sizeof counts);
    pl_change_heaps(c, write_heap, doc);
    pl_doc_say(doc, "%zu cells; %s.", c->cell_count, counts);
    if (part) {
        pl_doc_paragraph(doc);
        pl_doc_textf(doc, PL_STYLE_STRONG,
                     "%s was stopped before its end: what it lacks is not compared.", part);
        pl_doc_paragraph_end(doc);
    }
    if (!c->calibration && !c->unpaired)
        pl_doc_say(doc, "No calibration of this host: thresholds are the floor of 3 %% and twice "
                        "the noise of these pairs themselves. `plimsoll calibrate` measures it.");
}

static void write_all(struct pl_doc *doc, const void *context)
{
    static const enum pl_change first[] = {PL_CHANGE_WORSE, PL_CHANGE_BETTER, PL_CHANGE_COUNT};
    static const enum pl_change rest[] = {PL_CHANGE_INCONCLUSIVE, PL_CHANGE_SAME,
                                          PL_CHANGE_NOT_COMPARABLE, PL_CHANGE_COUNT};
    const struct compared *compared = context;
    const struct pl_comparison *c = compared->comparison;
    pl_doc_section(doc, (struct pl_place){0}, "Plimsoll: %s", headline(c));
    write_summary(doc, c);
    pl_doc_list(doc, PL_LIST_BULLETS, "reasons");
    pl_change_reasons(c, write_line, doc);
    pl_doc_list_end(doc);
    if (count_of(c, PL_CHANGE_WORSE) || count_of(c, PL_CHANGE_BETTER))
        write_table(doc, c, first);
    write_open(doc, c);
    pl_doc_details(doc, "All that is the same or could not be told");
    write_table(doc, c, rest);
    pl_doc_details_end(doc);
    pl_doc_say(doc,
               "Class D is compared exactly, S by a band over at least 5 runs a side, N by pairs "
               "run side by side (signed-rank test, confirmed by fresh pairs). Base and new are "
               "the medians of each side; the change of N is the median of the paired ratios. "
               "Base: %s, new: %s.",
               compared->base, compared->new);
    pl_doc_section_end(doc);
}

static size_t longest_table(const struct pl_comparison *c)
{
    size_t rows = 0;
    for (size_t i = 0; i < c->cell_count; i++)
        rows += c->cells[i].judged_count;
    return rows;
}

void pl_comparison_markdown(FILE *out, const struct pl_comparison *c, const char *base,
                            const char *new)
{
    const struct compared compared = {c, base, new};
    const struct pl_doc doc = {.writer = &pl_writer_markdown,
                               .most = longest_table(c),
                               .elsewhere = "compare.json has them all"};
    char *text;
    size_t size;
    if (pl_doc_fitted(doc, write_all, &compared, MOST, &text, &size) == 0)
        fwrite(text + 1, 1, size - 1, out); /* no blank line before the first heading */
    free(text);
}
