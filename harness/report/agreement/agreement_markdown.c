/* The agreement as a page: the table, how to read it, and what cannot agree. */
#include <string.h>

#include "harness/report/agreement/agreement.h"
#include "harness/report/agreement/agreement_text.h"

static void write_heads(FILE *out)
{
    fputs("| stack |", out);
    for (size_t column = 0; column < PL_AGREEMENT_COLUMNS; column++) {
        const char *above = pl_agreement_head(column, 0);
        fprintf(out, " %s%s%s |", above, *above ? " " : "", pl_agreement_head(column, 1));
    }
    fputs("\n|---|", out);
    for (size_t column = 0; column + 1 < PL_AGREEMENT_COLUMNS; column++)
        fputs("--:|", out);
    fputs("---|\n", out);
}

static void write_row(FILE *out, const struct pl_agreed *a)
{
    char text[PL_TEXT_FIGURE];
    fputs("| ", out);
    pl_text_markdown(out, a->cells.name.allocator);
    for (size_t column = 0; column < PL_AGREEMENT_COLUMNS; column++) {
        pl_agreement_figure(a, column, text);
        fprintf(out, " | %s", text);
    }
    fputs(" |\n", out);
}

static void write_group(FILE *out, const struct pl_agreement *a, const struct pl_agreed *first)
{
    char heading[PL_AGREEMENT_TEXT];
    pl_agreement_heading(first, heading);
    fputs("\n### ", out);
    pl_text_markdown(out, heading);
    fputs("\n\n", out);
    write_heads(out);
    for (size_t i = 0; i < a->count; i++)
        if (pl_agreement_beside(first, &a->cells[i]))
            write_row(out, &a->cells[i]);
}

static void write_verdict(FILE *out, const struct pl_agreement *a)
{
    char counts[PL_AGREEMENT_TEXT];
    pl_agreement_counts(a, counts);
    fprintf(out, "## Plimsoll: the clocks %s\n\n%s.\n",
            a->counts[PL_AGREEMENT_DIFFERS] ? "differ" : "agree", counts);
}

static void write_picture(FILE *out, const struct pl_agreement_page *page)
{
    if (!page->no_picture) {
        fputs("\n![RSS over time under both clocks, a panel a stack](agreement.svg)\n", out);
        return;
    }
    fputc('\n', out);
    pl_text_markdown(out, page->no_picture);
    fputs(".\n", out);
}

static void write_legend(FILE *out)
{
    fprintf(
        out,
        "\n## How to read it\n\n"
        "Each stack ran twice in real time (wall) and once replayed (virtual). "
        "*apart* is the largest distance of the virtual curve of RSS from either wall curve, "
        "taken both ways: from a sample of one to the range of the other within %.0f ms of the "
        "same replay time, since a step that comes a sample earlier or later is no disagreement "
        "about memory. *at* is when. *walls apart* is the same between the two wall runs.\n\n"
        "- **%s**: apart by at most %.0f %% of the highest of the three peaks, and the cells end "
        "alike.\n"
        "- **%s**: apart by more, but from one wall run by no more than two wall runs are: real "
        "time does not repeat any better.\n"
        "- **%s**: apart by more than that, within what is known to be left to chance, below.\n"
        "- **%s**: apart by more than both, or the cells end otherwise.\n",
        (double)PL_AGREEMENT_WINDOW_NS / 1e6, pl_agreement_verdict_name(PL_AGREEMENT_AGREES),
        100 * PL_AGREEMENT_SHARE, pl_agreement_verdict_name(PL_AGREEMENT_AS_WALLS),
        pl_agreement_verdict_name(PL_AGREEMENT_CHANCE),
        pl_agreement_verdict_name(PL_AGREEMENT_DIFFERS));
}

static void write_reason(FILE *out, const struct pl_agreement_page *page, const struct pl_agreed *a)
{
    const struct pl_agreement_reason *known =
        pl_agreement_reason(page->reasons, a->cells.name.allocator);
    fputs("- **", out);
    pl_text_markdown(out, a->cells.name.allocator);
    fputs("** (", out);
    pl_text_markdown(out, a->cells.name.scenario);
    fprintf(out, ", %s%s%s): ", pl_agreement_verdict_name(a->verdict), *a->why ? "; " : "", a->why);
    pl_text_markdown(out, known ? known->reason : "no reason is known.");
    fputc('\n', out);
}

static void write_reasons(FILE *out, const struct pl_agreement_page *page)
{
    const struct pl_agreement *a = page->agreement;
    fputs("\n## What cannot agree\n\n", out);
    if (a->counts[PL_AGREEMENT_AGREES] == a->count)
        fputs("Nothing here: every stack agrees.\n", out);
    for (size_t i = 0; i < a->count; i++)
        if (a->cells[i].verdict != PL_AGREEMENT_AGREES)
            write_reason(out, page, &a->cells[i]);
}

static void write_source(FILE *out, const struct pl_agreement_page *page)
{
    fputs("\nFrom", out);
    for (enum pl_agreement_side side = 0; side < PL_AGREEMENT_COUNT; side++) {
        fprintf(out, "%s %s: ", side ? "," : "", pl_agreement_side_name(side));
        pl_text_markdown(out, page->folders[side]);
    }
    fputs(".\n", out);
}

void pl_agreement_markdown(FILE *out, const struct pl_agreement_page *page)
{
    const struct pl_agreement *a = page->agreement;
    write_verdict(out, a);
    write_picture(out, page);
    for (size_t i = 0; (i = pl_agreement_group(a, i)) < a->count; i++)
        write_group(out, a, &a->cells[i]);
    write_legend(out);
    write_reasons(out, page);
    write_source(out, page);
}
