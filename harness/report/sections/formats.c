/* The formats of a scenario beside each other: a table a figure. */
#include "harness/report/model/formats.h"

#include "harness/report/sections/sections.h"

static void write_table(struct pl_doc *doc, const struct pl_formats *f,
                        const struct pl_format_figure *figure)
{
    char text[PL_TEXT_FIGURE];
    struct pl_doc_column columns[1 + PL_FORMAT_COUNT] = {{.head = "stack"}};
    for (size_t i = 0; i < f->count; i++)
        columns[1 + i] = (struct pl_doc_column){.head = f->groups[i]->format, .figure = true};
    pl_doc_table(doc, columns, 1 + f->count, "rows", "%s, %s", figure->name, figure->unit);
    for (size_t k = 0; k < f->groups[0]->row_count; k++) {
        const struct pl_model_row *row = &f->groups[0]->rows[k];
        pl_doc_row(doc);
        pl_doc_cell_text(doc, row->label);
        for (size_t i = 0; i < f->count; i++) {
            pl_formats_figure(f, figure, row, i, text);
            pl_doc_cell_text(doc, text);
        }
        pl_doc_row_end(doc);
    }
    pl_doc_table_end(doc);
}

void pl_report_formats(struct pl_doc *doc, const struct pl_model *m)
{
    struct pl_formats f;
    for (size_t i = 0; i < m->group_count; i++) {
        if (!pl_formats_find(m, i, &f))
            continue;
        pl_doc_section(doc, (struct pl_place){.view = "charts"}, "Formats beside each other: %s",
                       f.groups[0]->scenario);
        for (size_t k = 0; k < pl_format_figure_count; k++)
            if (pl_formats_have(&f, &pl_format_figures[k]))
                write_table(doc, &f, &pl_format_figures[k]);
        pl_doc_section_end(doc);
    }
}
