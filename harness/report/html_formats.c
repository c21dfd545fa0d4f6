/* Formats beside each other in the page (html_write.h). */
#include "harness/report/formats.h"
#include "harness/report/html_write.h"

static void write_head(const struct pl_html *p, const struct pl_formats *f,
                       const struct pl_format_figure *figure)
{
    fprintf(p->out,
            "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"table\">"
            "<table class=\"figures\"><caption>%s <small>%s</small></caption>\n"
            "<thead><tr><th scope=\"col\">stack</th>",
            figure->name, figure->unit);
    for (size_t i = 0; i < f->count; i++)
        pl_html_wrap(p, "<th scope=\"col\" class=\"n\">", f->groups[i]->format, "</th>");
    fputs("</tr></thead>\n<tbody>\n", p->out);
}

static void write_table(const struct pl_html *p, const struct pl_formats *f,
                        const struct pl_format_figure *figure)
{
    char text[PL_TEXT_FIGURE];
    write_head(p, f, figure);
    for (size_t k = 0; k < f->groups[0]->row_count; k++) {
        const struct pl_model_row *row = &f->groups[0]->rows[k];
        pl_html_wrap(p, "<tr><th scope=\"row\">", row->label, "</th>");
        for (size_t i = 0; i < f->count; i++) {
            pl_formats_figure(f, figure, row, i, text);
            fprintf(p->out, "<td class=\"n\">%s</td>", text);
        }
        fputs("</tr>\n", p->out);
    }
    fputs("</tbody></table></div>\n", p->out);
}

void pl_html_formats(struct pl_html *p)
{
    struct pl_formats f;
    for (size_t i = 0; i < p->model->group_count; i++) {
        if (!pl_formats_find(p->model, i, &f))
            continue;
        pl_html_wrap(p, "<section data-view=\"charts\"><h2>Formats beside each other: ",
                     f.groups[0]->scenario, "</h2>\n");
        for (size_t k = 0; k < pl_format_figure_count; k++)
            if (pl_formats_have(&f, &pl_format_figures[k]))
                write_table(p, &f, &pl_format_figures[k]);
        fputs("</section>\n", p->out);
    }
}
