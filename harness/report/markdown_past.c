/* "Over the runs" in Markdown (markdown_aside.h). */
#include "harness/report/aside.h"
#include "harness/report/history_figures.h"
#include "harness/report/markdown_aside.h"
#include "harness/report/text.h"

#define CHANGE_TEXT (2 * PL_HISTORY_FIGURE + 80)

static size_t runs_of(const struct pl_past_row *row)
{
    size_t runs = 0;
    for (size_t k = 0; k < PL_PAST_METRICS; k++)
        if (row->metrics[k].series && row->metrics[k].series->count > runs)
            runs = row->metrics[k].series->count;
    return runs;
}

static void write_line(FILE *out, const struct pl_past_series *s)
{
    char line[PL_TREND_LINE_TEXT], last[PL_TEXT_FIGURE];
    if (!s->series || pl_trend_line(s->series, line)) {
        fputs(" - |", out);
        return;
    }
    pl_change_value(s->series->metric, s->series->points[s->series->count - 1].value, last);
    fprintf(out, " %s %s%s |", line, last, s->trend.change_count ? " **changed**" : "");
}

static void write_row(FILE *out, const struct pl_model_group *g, const struct pl_past_row *row)
{
    fputs("| ", out);
    pl_text_markdown(out, g->scenario);
    fputs(" | ", out);
    pl_text_markdown(out, row->row->label);
    fprintf(out, " | %s | %zu |", g->format, runs_of(row));
    for (size_t k = 0; k < PL_PAST_METRICS; k++)
        write_line(out, &row->metrics[k]);
    fputc('\n', out);
}

static void write_table(FILE *out, const struct pl_model *m, size_t most)
{
    size_t count = 0, alone = 0;
    fputs("\n<details><summary>Each stack's key figures over the runs</summary>\n\n"
          "| scenario | stack | format | runs |",
          out);
    for (size_t k = 0; k < PL_PAST_METRICS; k++)
        fprintf(out, " `%s` |", pl_past_metrics[k]);
    fputs("\n|---|---|---|--:|---|---|---|---|\n", out);
    for (size_t g = 0; g < m->aside->past_count; g++)
        for (size_t r = 0; r < m->aside->pasts[g].row_count; r++) {
            const struct pl_past_row *row = &m->aside->pasts[g].rows[r];
            if (runs_of(row) < 2)
                alone++;
            else if (count++ < most)
                write_row(out, &m->groups[g], row);
        }
    fputs("\n</details>\n", out);
    if (count > most)
        fprintf(out, "\n%zu of %zu rows left out here: report.html has them all.\n", count - most,
                count);
    if (alone)
        fprintf(out, "\n%zu stack%s fewer than two runs there, under these conditions%s.\n", alone,
                alone > 1 ? "s have" : " has", " and, for S and N, on this host");
}

static void write_change(FILE *out, const struct pl_model_group *g, const struct pl_past_row *row,
                         const struct pl_past_series *s, size_t index)
{
    char text[CHANGE_TEXT];
    fputs("- ", out);
    pl_text_markdown(out, g->scenario);
    fputc(' ', out);
    pl_text_markdown(out, row->row->label);
    pl_past_change(s->series, &s->trend.changes[index], text, sizeof text);
    fprintf(out, " `%s` ", s->series->metric->name);
    pl_text_markdown(out, text);
    fputc('\n', out);
}

/* @return how many changes there are */
static size_t write_changes(FILE *out, const struct pl_model *m, size_t most)
{
    size_t count = 0;
    for (size_t g = 0; g < m->aside->past_count; g++)
        for (size_t r = 0; r < m->aside->pasts[g].row_count; r++)
            for (size_t k = 0; k < PL_PAST_METRICS; k++) {
                const struct pl_past_row *row = &m->aside->pasts[g].rows[r];
                const struct pl_past_series *s = &row->metrics[k];
                for (size_t i = 0; i < s->trend.change_count; i++)
                    if (count++ < most)
                        write_change(out, &m->groups[g], row, s, i);
            }
    return count;
}

void pl_markdown_past(FILE *out, const struct pl_model *m, size_t most)
{
    if (!m->aside || !m->aside->history)
        return;
    fprintf(out,
            "\n## Over the runs\n\nThe history has %zu runs: ", json_array_size(m->aside->runs));
    pl_text_markdown(out, m->aside->history);
    fputs(".\n\n", out);
    size_t count = write_changes(out, m, most);
    if (!count)
        fputs("No figure below changed its level.\n", out);
    if (count > most)
        fprintf(out, "\n%zu of %zu changes left out here: report.html has them all.\n",
                count - most, count);
    write_table(out, m, most);
}
