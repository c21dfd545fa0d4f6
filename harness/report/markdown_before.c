/* "Before and after" in Markdown (markdown_aside.h). */
#include "harness/report/aside.h"
#include "harness/report/markdown_aside.h"
#include "harness/report/text.h"

static void write_name(FILE *out, const struct pl_cell_name *name)
{
    char how[PL_CHANGE_TEXT];
    pl_cell_name_how(name, how, sizeof how);
    pl_text_markdown(out, name->scenario);
    fputs(" | ", out);
    pl_text_markdown(out, name->allocator);
    fputs(" | ", out);
    pl_text_markdown(out, how);
}

static void write_row(FILE *out, double reach, const struct pl_before_row *row)
{
    const struct pl_judged *j = row->judged;
    char before[PL_TEXT_FIGURE], after[PL_TEXT_FIGURE], text[PL_CHANGE_TEXT];
    char line[PL_BEFORE_BAR_TEXT] = "";
    struct pl_before_bar bar;
    pl_before_verdict(j, text);
    fprintf(out, "| %s | ", text);
    write_name(out, &row->cell->match->name);
    pl_change_values(j, before, after);
    pl_change_size(j, text);
    if (pl_before_bar(reach, j, &bar))
        pl_before_bar_text(&bar, line);
    fprintf(out, " | `%s` | %s | %s | %s | %s | %s | ", j->metric->name,
            pl_class_name(j->metric->class), before, after, text[0] ? text : "-", line);
    pl_before_p(j, text);
    fprintf(out, "%s | ", text);
    pl_before_threshold(j, text);
    fprintf(out, "%s | ", text);
    pl_before_beyond(j, text);
    fprintf(out, "%s |\n", text);
}

static void write_head(FILE *out, double reach)
{
    fprintf(out,
            "\n| verdict | scenario | stack | format | metric | class | before | after | "
            "difference | %.3g to %.3g times | p | threshold | beyond it |\n"
            "|---|---|---|---|---|---|--:|--:|--:|---|--:|--:|--:|\n",
            1 / reach, reach);
}

/* @return how many rows there are beyond those that were written */
static size_t write_rows(FILE *out, const struct pl_before *b, size_t first, size_t end,
                         size_t most)
{
    if (first == end || !most)
        return end - first;
    double reach = b->reach[first >= b->changed];
    write_head(out, reach);
    size_t last = end - first > most ? first + most : end;
    for (size_t i = first; i < last; i++)
        write_row(out, reach, &b->rows[i]);
    return end - last;
}

/* Cells that end otherwise, or that only before has. */
static size_t write_ends(FILE *out, const struct pl_comparison *c, size_t most)
{
    char name[PL_FACT_NAME];
    size_t count = 0;
    for (size_t i = 0; i < c->cell_count; i++) {
        const struct pl_compared *cell = &c->cells[i];
        bool same = cell->outcome == PL_CHANGE_SAME || cell->outcome == PL_CHANGE_NOT_COMPARABLE;
        if ((same && !cell->missing) || count++ >= most)
            continue;
        pl_cell_name_text(&cell->match->name, name, sizeof name);
        fprintf(out, "%s- **%s** ", count == 1 ? "\n" : "",
                cell->missing ? "missing after" : pl_change_name(cell->outcome));
        pl_text_markdown(out, name);
        fputs(": ends ", out);
        pl_text_markdown(out, cell->missing ? "unknown: only before has it" : cell->outcome_why);
        fputc('\n', out);
    }
    return count > most ? count - most : 0;
}

static void write_pictures(FILE *out, const struct pl_aside *a, size_t most)
{
    char name[PL_FACT_NAME], file[64];
    for (size_t i = 0; i < a->picture_count && i < most; i++) {
        if (!a->pictures[i])
            continue;
        pl_cell_name_text(&a->before.cells[i]->match->name, name, sizeof name);
        pl_before_picture_name(file, sizeof file, i);
        fputs("\n![", out);
        pl_text_markdown(out, name);
        fprintf(out, ", before and after](plots/%s.svg)\n", file);
    }
}

struct reasons {
    FILE *out;
    const char *head; /* NULL once it stands there */
};

static void write_reason(void *context, const char *why, size_t count)
{
    struct reasons *r = context;
    fputs(r->head ? r->head : "", r->out);
    r->head = NULL;
    fprintf(r->out, "- %zu: ", count);
    pl_text_markdown(r->out, why);
    fputc('\n', r->out);
}

static void write_open(FILE *out, const struct pl_comparison *c)
{
    struct reasons untold = {out, "\nCan't be told, metrics of cells by reason:\n\n"};
    struct reasons apart = {out, "\nNot comparable, metrics of cells by reason:\n\n"};
    pl_change_open(c, PL_CHANGE_INCONCLUSIVE, write_reason, &untold);
    pl_change_open(c, PL_CHANGE_NOT_COMPARABLE, write_reason, &apart);
}

static void write_heap(void *context, const struct pl_heap_change *heap, const char *line)
{
    FILE *out = context;
    (void)heap;
    fputs("\n**", out);
    pl_text_markdown(out, line);
    fputs("**\n", out);
}

static void write_summary(FILE *out, const struct pl_aside *a)
{
    char counts[320];
    const char *part = pl_comparison_incomplete(&a->comparison);
    pl_change_counts(&a->comparison, counts, sizeof counts);
    fputs("\n## Before and after\n\nBefore (base) is ", out);
    pl_text_markdown(out, a->baseline);
    fprintf(out,
            ", after (new) is this run. %zu cells, their metrics: %s. What is the same is not "
            "listed.\n",
            a->comparison.cell_count, counts);
    pl_change_heaps(&a->comparison, write_heap, out);
    if (part)
        fprintf(out, "\n**%s was stopped before its end: what it lacks is not compared.**\n", part);
}

void pl_markdown_before(FILE *out, const struct pl_model *m, size_t most)
{
    const struct pl_aside *a = m->aside;
    if (!a || !a->baseline)
        return;
    const struct pl_before *b = &a->before;
    write_summary(out, a);
    size_t left = write_ends(out, &a->comparison, most);
    left += write_rows(out, b, 0, b->changed, most);
    write_pictures(out, a, most);
    if (b->count > b->changed) {
        fputs("\n<details><summary>Measured, and can't be told</summary>\n", out);
        left += write_rows(out, b, b->changed, b->count, most);
        fputs("\n</details>\n", out);
    }
    if (left)
        fprintf(out, "\n%zu more lines are left out here: report.html has them all.\n", left);
    write_open(out, &a->comparison);
    if (b->count)
        fputs("\nA bar shows the ratio of after to before, no change in its middle, with the 95 % "
              "interval of class N; a diamond lies beyond its end. p of N is Holm's, of S Mann and "
              "Whitney's; D is exact.\n",
              out);
}
