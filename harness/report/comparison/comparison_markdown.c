/* The comparison as a comment on a pull request: what to act on first, the rest folded away. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/comparison/change_text.h"
#include "harness/report/comparison/comparison.h"

#define MOST 65000 /* characters; GitHub takes 65,536 */

/* Writes rows until the document is full, and then counts what was left out. */
struct rows {
    FILE *out;
    size_t left_out;
};

static bool full(struct rows *rows)
{
    if (ftell(rows->out) < MOST - 2000)
        return false;
    rows->left_out++;
    return true;
}

static void write_row(struct rows *rows, const struct pl_match *m, const struct pl_judged *j)
{
    char base[PL_TEXT_FIGURE], new[PL_TEXT_FIGURE], size[PL_CHANGE_TEXT], why[PL_CHANGE_TEXT],
        how[PL_CHANGE_TEXT];
    if (full(rows))
        return;
    FILE *out = rows->out;
    pl_change_values(j, base, new);
    pl_change_size(j, size);
    pl_change_evidence(j, why);
    pl_cell_name_how(&m->name, how, sizeof how);
    fprintf(out, "| %s | ", j->advisory ? "advisory" : pl_change_name(j->change));
    pl_text_markdown(out, m->name.scenario);
    fputs(" | ", out);
    pl_text_markdown(out, m->name.allocator);
    fputs(" | ", out);
    pl_text_markdown(out, how);
    fprintf(out, " | `%s` (%s) | %s | %s | %s | ", j->metric->name, pl_class_name(j->metric->class),
            base, new, size);
    pl_text_markdown(out, why);
    fputs(" |\n", out);
}

static void write_head(FILE *out)
{
    fputs("| verdict | scenario | stack | format | metric (class) | base | new | change | judged "
          "by |\n"
          "|---|---|---|---|---|--:|--:|--:|---|\n",
          out);
}

static size_t count_of(const struct pl_comparison *c, enum pl_change change)
{
    size_t count = 0;
    for (size_t i = 0; i < c->cell_count; i++)
        for (size_t k = 0; k < c->cells[i].judged_count; k++)
            count += c->cells[i].judged[k].change == change;
    return count;
}

static void write_changes(struct rows *rows, const struct pl_comparison *c, enum pl_change change)
{
    for (size_t i = 0; i < c->cell_count; i++)
        for (size_t k = 0; k < c->cells[i].judged_count; k++)
            if (c->cells[i].judged[k].change == change)
                write_row(rows, c->cells[i].match, &c->cells[i].judged[k]);
}

static void write_reason(void *context, const char *why, size_t count)
{
    FILE *out = context;
    fprintf(out, "- %zu: ", count);
    pl_text_markdown(out, why);
    fputc('\n', out);
}

static void write_open(FILE *out, const struct pl_comparison *c)
{
    static const enum pl_change open[] = {PL_CHANGE_INCONCLUSIVE, PL_CHANGE_NOT_COMPARABLE};
    for (size_t i = 0; i < 2; i++) {
        if (!count_of(c, open[i]))
            continue;
        fprintf(out, "\n**%s** (metrics of cells, by reason)\n\n",
                i ? "Not comparable" : "Inconclusive");
        pl_change_open(c, open[i], write_reason, out);
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
    FILE *out = context;
    (void)heap;
    fputs("**", out);
    pl_text_markdown(out, line);
    fputs("**\n\n", out);
}

static void write_verdict(FILE *out, const struct pl_comparison *c)
{
    char counts[320];
    const char *part = pl_comparison_incomplete(c);
    pl_change_counts(c, counts, sizeof counts);
    fprintf(out, "## Plimsoll: %s\n\n", headline(c));
    pl_change_heaps(c, write_heap, out);
    fprintf(out, "%zu cells; %s.\n", c->cell_count, counts);
    if (part)
        fprintf(out, "**%s was stopped before its end: what it lacks is not compared.**\n", part);
    if (!c->calibration && !c->unpaired)
        fputs("No calibration of this host: thresholds are the floor of 3 % and twice the noise of "
              "these pairs themselves. `plimsoll calibrate` measures it.\n",
              out);
}

static void write_reason_line(void *context, const char *line)
{
    FILE *out = context;
    fputs("- ", out);
    pl_text_markdown(out, line);
    fputc('\n', out);
}

static void write_folded(struct rows *rows, const struct pl_comparison *c)
{
    fputs("\n<details><summary>All that is the same or could not be told</summary>\n\n", rows->out);
    write_head(rows->out);
    write_changes(rows, c, PL_CHANGE_INCONCLUSIVE);
    write_changes(rows, c, PL_CHANGE_SAME);
    write_changes(rows, c, PL_CHANGE_NOT_COMPARABLE);
    fputs("\n</details>\n", rows->out);
}

void pl_comparison_markdown(FILE *out, const struct pl_comparison *c, const char *base,
                            const char *new)
{
    struct rows rows = {.out = out};
    write_verdict(out, c);
    fputc('\n', out);
    pl_change_reasons(c, write_reason_line, out);
    if (count_of(c, PL_CHANGE_WORSE) || count_of(c, PL_CHANGE_BETTER)) {
        fputc('\n', out);
        write_head(out);
        write_changes(&rows, c, PL_CHANGE_WORSE);
        write_changes(&rows, c, PL_CHANGE_BETTER);
    }
    write_open(out, c);
    write_folded(&rows, c);
    if (rows.left_out)
        fprintf(out, "\n%zu more rows are in compare.json.\n", rows.left_out);
    fputs("\nClass D is compared exactly, S by a band over at least 5 runs a side, N by pairs run "
          "side by side (signed-rank test, confirmed by fresh pairs). Base: ",
          out);
    pl_text_markdown(out, base);
    fputs(", new: ", out);
    pl_text_markdown(out, new);
    fputs(".\n", out);
}
