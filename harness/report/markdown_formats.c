/* Formats beside each other in report.md (markdown_formats.h). */
#include "harness/report/markdown_formats.h"

#include "harness/report/formats.h"

static void write_head(FILE *out, const struct pl_formats *f, const struct pl_format_figure *figure)
{
    fprintf(out, "\n%s, %s:\n\n| stack |", figure->name, figure->unit);
    for (size_t i = 0; i < f->count; i++)
        fprintf(out, " %s |", f->groups[i]->format);
    fputs("\n|---|", out);
    for (size_t i = 0; i < f->count; i++)
        fputs("---:|", out);
    fputc('\n', out);
}

static void write_table(FILE *out, const struct pl_formats *f,
                        const struct pl_format_figure *figure, size_t most)
{
    char text[PL_TEXT_FIGURE];
    size_t rows = f->groups[0]->row_count;
    write_head(out, f, figure);
    for (size_t k = 0; k < rows && k < most; k++) {
        const struct pl_model_row *row = &f->groups[0]->rows[k];
        fputs("| ", out);
        pl_text_markdown(out, row->label);
        fputs(" |", out);
        for (size_t i = 0; i < f->count; i++) {
            pl_formats_figure(f, figure, row, i, text);
            fprintf(out, " %s |", text);
        }
        fputc('\n', out);
    }
    if (rows > most)
        fprintf(out, "\n%zu of %zu rows left out here: report.html has them all.\n", rows - most,
                rows);
}

void pl_markdown_formats(FILE *out, const struct pl_model *m, size_t most)
{
    struct pl_formats f;
    bool any = false;
    for (size_t i = 0; i < m->group_count; i++) {
        if (!pl_formats_find(m, i, &f))
            continue;
        fputs(any ? "" : "\n## Formats beside each other\n", out);
        any = true;
        fputs("\n### ", out);
        pl_text_markdown(out, f.groups[0]->scenario);
        fputs("\n", out);
        for (size_t k = 0; k < pl_format_figure_count; k++)
            if (pl_formats_have(&f, &pl_format_figures[k]))
                write_table(out, &f, &pl_format_figures[k], most);
    }
}
