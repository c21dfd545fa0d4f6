/* The comparison for a person, laid out once: on the terminal, and as a comment on a pull request,
 * where the rest is folded away. */
#include <stdlib.h>

#include "harness/report/comparison/change_text.h"
#include "harness/report/comparison/changes.h"
#include "harness/report/comparison/comparison.h"
#include "harness/report/model/baseline_diff.h"
#include "harness/report/writers/document.h"
#include "harness/report/writers/terminal.h"

#define MOST 65000 /* characters; GitHub takes 65,536 */

/* What is compared, and which folders were named. */
struct compared {
    const struct pl_comparison *comparison;
    struct pl_baseline_diff diff;
    const char *base, *new;
};

static const struct pl_doc_column columns[] = {
    {.head = "cell"},
    {.head = "verdict"},
    {.head = "metric (class)"},
    {.head = "base", .figure = true, .rank = 2},
    {.head = "new", .figure = true},
    {.head = "change", .figure = true, .rank = 1},
    {.head = "judged by", .sentence = true},
};

static void write_row(struct pl_doc *doc, const struct pl_match *m, const struct pl_judged *j)
{
    char why[PL_CHANGE_TEXT];
    pl_change_evidence(j, why);
    pl_changes_row(doc, m, j, "");
    pl_doc_cell_text(doc, why);
    pl_doc_row_end(doc);
}

static void write_changed(struct pl_doc *doc, const struct pl_baseline_diff *diff)
{
    if (!diff->changed)
        return;
    pl_doc_table(doc, PL_DOC_COLUMNS(columns), "rows", "%s", "");
    for (size_t i = 0; i < diff->changed; i++)
        write_row(doc, diff->rows[i].cell->match, diff->rows[i].judged);
    pl_doc_table_end(doc);
}

static void write_rest(struct pl_doc *doc, const struct pl_comparison *c)
{
    static const enum pl_change rest[] = {PL_CHANGE_INCONCLUSIVE, PL_CHANGE_SAME,
                                          PL_CHANGE_NOT_COMPARABLE};
    pl_doc_details(doc, "All that is the same or could not be told");
    pl_doc_table(doc, PL_DOC_COLUMNS(columns), "rows", "%s", "");
    for (size_t r = 0; r < sizeof rest / sizeof *rest; r++)
        for (size_t i = 0; i < c->cell_count; i++)
            for (size_t k = 0; k < c->cells[i].judged_count; k++) {
                const struct pl_judged *j = &c->cells[i].judged[k];
                if (j->change == rest[r] && !pl_judged_fails(j))
                    write_row(doc, c->cells[i].match, j);
            }
    pl_doc_table_end(doc);
    pl_doc_details_end(doc);
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

static void write_summary(struct pl_doc *doc, const struct pl_comparison *c)
{
    char counts[320];
    pl_change_counts(c, counts, sizeof counts);
    pl_doc_section(doc, (struct pl_place){0}, "Plimsoll: %s", headline(c));
    pl_changes_heaps(doc, c);
    pl_doc_say(doc, "%zu cell%s: %s.", c->cell_count, c->cell_count == 1 ? "" : "s", counts);
}

static void write_notes(struct pl_doc *doc, const struct pl_comparison *c)
{
    const char *part = pl_comparison_incomplete(c);
    if (part)
        pl_doc_say_styled(doc, PL_STYLE_STRONG,
                          "%s was stopped before its end: what it lacks is not compared.", part);
    if (!c->calibration && !c->unpaired)
        pl_doc_say(doc, "No calibration of this host: thresholds are the floor of 3 %% and twice "
                        "the noise of these pairs themselves. `plimsoll calibrate` measures it.");
}

static void write_found(struct pl_doc *doc, const struct compared *compared)
{
    pl_changes_ends(doc, compared->comparison);
    write_changed(doc, &compared->diff);
    pl_changes_open(doc, compared->comparison);
}

/* Notes go to stderr there, and what is the same is counted, not listed. */
static void write_short(struct pl_doc *doc, const void *context)
{
    const struct compared *compared = context;
    write_summary(doc, compared->comparison);
    write_found(doc, compared);
    pl_doc_section_end(doc);
}

static void write_whole(struct pl_doc *doc, const void *context)
{
    const struct compared *compared = context;
    write_summary(doc, compared->comparison);
    write_notes(doc, compared->comparison);
    write_found(doc, compared);
    write_rest(doc, compared->comparison);
    pl_doc_say(doc,
               "Class D is compared exactly, S by a band over at least 5 runs a side, N by pairs "
               "run side by side (signed-rank test, confirmed by fresh pairs). Base and new are "
               "the medians of each side; the change of N is the median of the paired ratios. "
               "Base: %s, new: %s.",
               compared->base, compared->new);
    pl_doc_section_end(doc);
}

void pl_comparison_table(FILE *out, const struct pl_comparison *c)
{
    struct compared compared = {.comparison = c, .diff = pl_baseline_diff_make(c)};
    pl_terminal_print(out, (struct pl_terminal_layout){0}, write_short, &compared);
    pl_baseline_diff_free(&compared.diff);
}

void pl_comparison_markdown(FILE *out, const struct pl_comparison *c, const char *base,
                            const char *new)
{
    struct compared compared = {c, pl_baseline_diff_make(c), base, new};
    const struct pl_doc doc = {.writer = &pl_writer_markdown,
                               .most = pl_change_judged(c),
                               .elsewhere = "compare.json has them all"};
    size_t size;
    char *text = pl_doc_fitted(doc, write_whole, &compared, MOST, &size);
    fwrite(text + 1, 1, size - 1, out); /* no blank line before the first heading */
    free(text);
    pl_baseline_diff_free(&compared.diff);
}
