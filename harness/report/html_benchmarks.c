/* Benchmarks in report.html (benchmarks.h). */
#include "harness/report/benchmarks.h"
#include "harness/report/text.h"
#include "harness/results/document.h"

static void write_head(const struct pl_html *p, const struct pl_benchmark_group *group,
                       enum pl_benchmark_figure figure)
{
    fputs("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"table\">"
          "<table class=\"figures\"><caption>",
          p->out);
    pl_html_wrap(p, "", pl_document_string(group->entries[0], "scenario"), " ");
    pl_html_wrap(p, "", pl_document_string(group->entries[0], "format"), ", ");
    pl_html_wrap(p, "", pl_benchmark_caption(figure), "</caption>\n<thead><tr>");
    fputs("<th scope=\"col\">benchmark</th>", p->out);
    for (size_t i = 0; i < group->count; i++)
        pl_html_wrap(p, "<th scope=\"col\" class=\"n\">",
                     pl_document_string(group->entries[i], "allocator"), "</th>");
    fputs("</tr></thead>\n<tbody>\n", p->out);
}

/* Where it was skipped, why stands behind the word. */
static void write_cell(const struct pl_html *p, const json_t *entry, const char *name,
                       enum pl_benchmark_figure figure)
{
    char text[PL_SECTION_TEXT];
    const char *why = pl_benchmark_why(entry, name);
    pl_benchmark_text(entry, name, figure, text);
    if (*why)
        pl_html_wrap(p, "<td class=\"n\"><span title=\"", why, "\">skipped</span></td>");
    else
        pl_html_wrap(p, "<td class=\"n\">", text, "</td>");
}

static void write_table(const struct pl_html *p, const struct pl_benchmark_group *group,
                        enum pl_benchmark_figure figure)
{
    const char *name;
    write_head(p, group, figure);
    for (size_t at = 0; (name = pl_benchmark_name(group, &at));) {
        pl_html_wrap(p, "<tr><th scope=\"row\">", name, "</th>");
        for (size_t i = 0; i < group->count; i++)
            write_cell(p, group->entries[i], name, figure);
        fputs("</tr>\n", p->out);
    }
    fputs("</tbody></table></div>\n", p->out);
}

void pl_html_benchmarks(const struct pl_html *p, const struct pl_section *section)
{
    struct pl_benchmark_group group = {0};
    for (size_t at = 0; pl_benchmark_next(section, &at, &group);) {
        write_table(p, &group, PL_BENCHMARK_TIME);
        write_table(p, &group, PL_BENCHMARK_MEMORY);
    }
}
