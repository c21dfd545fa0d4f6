/* The agreement for a person, laid out once: on the terminal, and as agreement.md with how to read
 * it and what cannot agree. */

#include "harness/report/agreement/agreement.h"
#include "harness/report/writers/terminal.h"
#include "harness/report/writers/text.h"

static double seconds_of(const struct pl_agreed *a)
{
    return json_number_value(
        json_object_get(a->cells.cells[PL_AGREEMENT_WALL1], "duration_seconds"));
}

/* Whether two cells stand in one table. */
static bool are_beside(const struct pl_agreed *a, const struct pl_agreed *b)
{
    return pl_cell_name_beside(&a->cells.name, &b->cells.name) &&
           a->cells.name.threads == b->cells.name.threads && seconds_of(a) == seconds_of(b);
}

/* Whether a table begins with a cell. */
static bool is_first(const struct pl_agreement *a, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (are_beside(&a->cells[i], &a->cells[index]))
            return false;
    return true;
}

static void write_bytes(struct pl_doc *doc, double bytes)
{
    pl_doc_cell_text(doc, pl_text_decimal(PL_FIGURE, bytes / 0x1p20));
}

static void write_row(struct pl_doc *doc, const struct pl_agreed *a)
{
    const double *peaks = a->peak_bytes;
    bool differs = a->verdict == PL_AGREEMENT_DIFFERS;
    pl_doc_row(doc);
    pl_doc_cell_text(doc, a->cells.name.allocator);
    write_bytes(doc, peaks[PL_AGREEMENT_WALL1] > peaks[PL_AGREEMENT_WALL2]
                         ? peaks[PL_AGREEMENT_WALL1]
                         : peaks[PL_AGREEMENT_WALL2]);
    write_bytes(doc, peaks[PL_AGREEMENT_VIRTUAL]);
    write_bytes(doc, a->clocks.most);
    pl_doc_cell_textf(doc, "%.1f %%",
                      a->highest_bytes > 0 ? 100 * a->clocks.most / a->highest_bytes : 0.);
    if (a->clocks.most > 0)
        pl_doc_cell_textf(doc, "%.1f s", (double)a->clocks.at_ns / 1e9);
    else
        pl_doc_cell_text(doc, "");
    write_bytes(doc, a->walls.most);
    pl_doc_cell_styled(doc, differs ? PL_STYLE_BAD : PL_STYLE_PLAIN,
                       pl_agreement_verdict_name(a->verdict));
    pl_doc_row_end(doc);
}

static void write_table(struct pl_doc *doc, const struct pl_agreement *a,
                        const struct pl_agreed *first)
{
    static const struct pl_doc_column columns[] = {
        {.head = "stack"},
        {"wall's peak", "MiB", .figure = true},
        {"virtual's peak", "MiB", .figure = true, .rank = 1},
        {"apart", "MiB", .figure = true},
        {.head = "of the peak", .figure = true, .rank = 2},
        {.head = "at", .figure = true, .rank = 4},
        {"walls apart", "MiB", .figure = true, .rank = 3},
        {.head = "verdict"},
    };
    const struct pl_cell_name *name = &first->cells.name;
    pl_doc_heading(doc, "%s, %s, %u %s, %s", name->scenario, name->format, name->threads,
                   name->threads == 1 ? "thread" : "threads",
                   pl_text_duration(PL_FIGURE, seconds_of(first)));
    pl_doc_table(doc, PL_DOC_COLUMNS(columns), "rows", "%s", "");
    for (const struct pl_agreed *each = first; each < a->cells + a->count; each++)
        if (are_beside(first, each))
            write_row(doc, each);
    pl_doc_table_end(doc);
}

static void write_tables(struct pl_doc *doc, const struct pl_agreement *a)
{
    for (size_t i = 0; i < a->count; i++)
        if (is_first(a, i))
            write_table(doc, a, &a->cells[i]);
}

static void write_counts(struct pl_doc *doc, const struct pl_agreement *a)
{
    size_t agree = a->counts[PL_AGREEMENT_AGREES], differ = a->counts[PL_AGREEMENT_DIFFERS];
    pl_doc_say(doc, "%zu %s: %zu %s, %zu as the walls, %zu by chance, %zu %s.", a->count,
               a->count == 1 ? "cell" : "cells", agree, agree == 1 ? "agrees" : "agree",
               a->counts[PL_AGREEMENT_AS_WALLS], a->counts[PL_AGREEMENT_CHANCE], differ,
               differ == 1 ? "differs" : "differ");
}

static void write_picture(struct pl_doc *doc, const struct pl_agreement_page *page)
{
    if (page->no_picture)
        pl_doc_say(doc, "%s.", page->no_picture);
    else
        fputs("\n![RSS over time under both clocks, a panel a stack](agreement.svg)\n", doc->out);
}

static void write_legend(struct pl_doc *doc)
{
    pl_doc_section(doc, (struct pl_place){0}, "How to read it");
    pl_doc_say(doc,
               "Each stack ran twice in real time (wall) and once replayed (virtual). \"Apart\" is "
               "the largest distance of the virtual curve of RSS from either wall curve, taken "
               "both ways: from a sample of one to the range of the other within %.0f ms of the "
               "same replay time, since a step that comes a sample earlier or later is no "
               "disagreement about memory. \"At\" is when. \"Walls apart\" is the same between the "
               "two wall runs.",
               (double)PL_AGREEMENT_WINDOW_NS / 1e6);
    pl_doc_list(doc, PL_LIST_BULLETS, "verdicts");
    pl_doc_item_named(doc, pl_agreement_verdict_name(PL_AGREEMENT_AGREES),
                      ": apart by at most %.0f %% of the highest of the three peaks, and the cells "
                      "end alike.",
                      100 * PL_AGREEMENT_SHARE);
    pl_doc_item_named(
        doc, pl_agreement_verdict_name(PL_AGREEMENT_AS_WALLS),
        ": apart by more, but from one wall run by no more than two wall runs are: real "
        "time does not repeat any better.");
    pl_doc_item_named(
        doc, pl_agreement_verdict_name(PL_AGREEMENT_CHANCE),
        ": apart by more than that, within what is known to be left to chance, below.");
    pl_doc_item_named(doc, pl_agreement_verdict_name(PL_AGREEMENT_DIFFERS),
                      ": apart by more than both, or the cells end otherwise.");
    pl_doc_list_end(doc);
    pl_doc_section_end(doc);
}

static void write_reason(struct pl_doc *doc, const struct pl_agreement_page *page,
                         const struct pl_agreed *a)
{
    const struct pl_agreement_reason *known =
        pl_agreement_reason(page->reasons, a->cells.name.allocator);
    pl_doc_item_named(doc, a->cells.name.allocator, " (%s, %s%s%s): %s", a->cells.name.scenario,
                      pl_agreement_verdict_name(a->verdict), *a->why ? "; " : "", a->why,
                      known ? known->reason : "no reason is known.");
}

static void write_reasons(struct pl_doc *doc, const struct pl_agreement_page *page)
{
    const struct pl_agreement *a = page->agreement;
    pl_doc_section(doc, (struct pl_place){0}, "What cannot agree");
    if (a->counts[PL_AGREEMENT_AGREES] == a->count)
        pl_doc_say(doc, "Nothing here: every stack agrees.");
    pl_doc_list(doc, PL_LIST_BULLETS, "stacks");
    for (size_t i = 0; i < a->count; i++)
        if (a->cells[i].verdict != PL_AGREEMENT_AGREES)
            write_reason(doc, page, &a->cells[i]);
    pl_doc_list_end(doc);
    pl_doc_say(doc, "From %s: %s, %s: %s, %s: %s.", pl_agreement_side_name(PL_AGREEMENT_WALL1),
               page->folders[PL_AGREEMENT_WALL1], pl_agreement_side_name(PL_AGREEMENT_WALL2),
               page->folders[PL_AGREEMENT_WALL2], pl_agreement_side_name(PL_AGREEMENT_VIRTUAL),
               page->folders[PL_AGREEMENT_VIRTUAL]);
    pl_doc_section_end(doc);
}

static void write_short(struct pl_doc *doc, const void *agreement)
{
    write_tables(doc, agreement);
    write_counts(doc, agreement);
}

void pl_agreement_table(FILE *out, const struct pl_agreement *a)
{
    pl_terminal_print(out, (struct pl_terminal_layout){0}, write_short, a);
}

void pl_agreement_markdown(FILE *out, const struct pl_agreement_page *page)
{
    const struct pl_agreement *a = page->agreement;
    struct pl_doc doc = {.writer = &pl_writer_markdown, .out = out, .most = a->count + 4};
    pl_doc_section(&doc, (struct pl_place){0}, "Plimsoll: the clocks %s",
                   a->counts[PL_AGREEMENT_DIFFERS] ? "differ" : "agree");
    write_counts(&doc, a);
    write_picture(&doc, page);
    write_tables(&doc, a);
    pl_doc_section_end(&doc);
    write_legend(&doc);
    write_reasons(&doc, page);
}
