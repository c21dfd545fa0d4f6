/* The instruments' sections of the page (html_write.h). */
#include "harness/report/benchmarks.h"
#include "harness/report/html_write.h"
#include "harness/report/sections.h"
#include "harness/results/cell_name.h"
#include "harness/results/document.h"

static void write_head(const struct pl_html *p, const struct pl_section *s)
{
    char text[PL_SECTION_TEXT];
    fputs("<thead><tr><th scope=\"col\">stack</th><th scope=\"col\">scenario</th>"
          "<th scope=\"col\">status</th>",
          p->out);
    for (size_t i = 0; i < s->figure_count; i++) {
        pl_section_head(s->figures[i], text);
        pl_html_wrap(p, "<th scope=\"col\" class=\"n\">", text, "</th>");
    }
    fputs(s->agrees ? "<th scope=\"col\">agreement</th></tr></thead>\n" : "</tr></thead>\n",
          p->out);
}

static void write_row(const struct pl_html *p, const struct pl_section *s, const json_t *entry)
{
    char text[2 * PL_STACK_TEXT_MAX + 32];
    bool failed = json_is_string(json_object_get(entry, "status")) &&
                  pl_document_string(entry, "status")[0] == 'f';
    pl_section_stack(entry, text, sizeof text);
    pl_html_wrap(p, "<tr><th scope=\"row\">", text, "</th>");
    pl_html_wrap(p, "<td>", pl_document_string(entry, "scenario"), "");
    fprintf(p->out, " %.6g s</td>", json_number_value(json_object_get(entry, "duration_seconds")));
    fprintf(p->out, "<td><span class=\"%s\">",
            failed                    ? "bad"
            : pl_section_is_ok(entry) ? "ok"
                                      : "open");
    pl_html_wrap(p, "", pl_document_string(entry, "status"), "</span></td>");
    for (size_t i = 0; i < s->figure_count; i++) {
        pl_section_figure(entry, s->figures[i], text);
        pl_html_wrap(p, "<td class=\"n\">", text, "</td>");
    }
    pl_section_agreement(entry, text);
    if (s->agrees)
        pl_html_wrap(p, "<td>", text, "</td>");
    fputs("</tr>\n", p->out);
}

static void write_table(const struct pl_html *p, const struct pl_section *s)
{
    fputs("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"table\">"
          "<table class=\"figures\"><caption>",
          p->out);
    pl_html_wrap(p, "", s->name, ": a run of its own, without a container</caption>\n");
    write_head(p, s);
    fputs("<tbody>\n", p->out);
    for (size_t i = 0; i < s->entry_count; i++)
        write_row(p, s, s->entries[i]);
    fputs("</tbody></table></div>\n", p->out);
}

static void write_sites(const struct pl_html *p, const json_t *sites)
{
    char text[4 * PL_SECTION_TEXT];
    const json_t *site;
    size_t i;
    if (json_array_size(sites) == 0)
        return;
    fputs("<ul>", p->out);
    json_array_foreach(sites, i, site)
    {
        pl_section_site(site, text, sizeof text);
        pl_html_wrap(p, "<li><code>", text, "</code></li>\n");
    }
    fputs("</ul>", p->out);
}

static void write_detail(const struct pl_html *p, const json_t *entry)
{
    char text[2 * PL_STACK_TEXT_MAX + 32];
    pl_section_stack(entry, text, sizeof text);
    pl_html_wrap(p, "<dt>", text, " ");
    pl_html_wrap(p, "", pl_document_string(entry, "format"), "</dt>\n<dd>");
    if (!pl_section_is_ok(entry)) {
        pl_html_wrap(p, "<span class=\"bad\">", pl_document_string(entry, "status"), ":</span> ");
        pl_html_wrap(p, "", pl_document_string(entry, "why"), "\n");
    }
    write_sites(p, json_object_get(entry, "sites"));
    pl_html_wrap(p, "<pre>", pl_document_string(entry, "reproduce"), "</pre>");
    if (pl_document_string(entry, "command")[0])
        pl_html_wrap(p, "which runs <pre>", pl_document_string(entry, "command"), "</pre>");
    fputs("</dd>\n", p->out);
}

static void write_pictures(struct pl_html *p, const json_t *entry)
{
    char name[512], label[2 * PL_STACK_TEXT_MAX + 128], stack[PL_STACK_TEXT_MAX];
    struct pl_cell_name of = pl_cell_name_of(entry);
    pl_cell_name_stack(&of, stack, sizeof stack);
    for (int kind = 0; kind < PL_SECTION_PICTURES; kind++) {
        if (!pl_section_picture(entry, (enum pl_section_picture)kind, name, sizeof name))
            continue;
        snprintf(label, sizeof label, "%s: %.200s, %s",
                 pl_section_caption((enum pl_section_picture)kind), of.scenario, stack);
        pl_html_picture(p, name, label, label);
    }
}

/* @param count of the entries, of which the section holds those that there is room for */
static void write_section(struct pl_html *p, const struct pl_section *s, size_t count)
{
    pl_html_wrap(p, "<section data-view=\"instruments\"><h2>Under ", s->name, "</h2>\n");
    if (s->instrument) {
        pl_html_wrap(p, "<p>It sees ", s->instrument->sees, ". <b>What it can't see:</b> ");
        pl_html_wrap(p, "", s->instrument->blind, "</p>\n");
    }
    write_table(p, s);
    pl_html_benchmarks(p, s);
    for (size_t i = 0; i < s->entry_count; i++)
        write_pictures(p, s->entries[i]);
    fputs("<details><summary>The dearest sites, and the command that reproduces "
          "each</summary>\n<dl>\n",
          p->out);
    for (size_t i = 0; i < s->entry_count; i++)
        write_detail(p, s->entries[i]);
    fputs("</dl></details>\n", p->out);
    pl_html_left_out(p, count, "entries");
    fputs("</section>\n", p->out);
}

void pl_html_sections(struct pl_html *p)
{
    struct pl_sections sections;
    if (pl_sections_make(p->model->root, &sections))
        return;
    for (size_t i = 0; i < sections.count; i++) {
        struct pl_section s = sections.list[i];
        if (s.entry_count > p->most)
            s.entry_count = p->most;
        write_section(p, &s, sections.list[i].entry_count);
    }
    pl_sections_free(&sections);
}
