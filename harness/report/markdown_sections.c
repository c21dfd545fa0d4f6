/* Writing sections (markdown_sections.h). */
#include "harness/report/markdown_sections.h"

#include <unistd.h>

#include "harness/report/benchmarks.h"
#include "harness/report/picture.h"
#include "harness/report/sections.h"
#include "harness/report/text.h"
#include "harness/results/cell_name.h"
#include "harness/results/document.h"

static void write_head(FILE *out, const struct pl_section *s)
{
    char text[PL_SECTION_TEXT];
    fputs("\n| scenario | stack | status |", out);
    for (size_t i = 0; i < s->figure_count; i++) {
        pl_section_head(s->figures[i], text);
        fputc(' ', out);
        pl_text_markdown(out, text);
        fputs(" |", out);
    }
    fputs(s->agrees ? " agreement |\n|---|---|---|" : "\n|---|---|---|", out);
    for (size_t i = 0; i < s->figure_count; i++)
        fputs("---:|", out);
    fputs(s->agrees ? "---|\n" : "\n", out);
}

static void write_row(FILE *out, const struct pl_section *s, const json_t *entry)
{
    char text[2 * PL_STACK_TEXT_MAX + 32];
    fputs("| ", out);
    pl_text_markdown(out, pl_document_string(entry, "scenario"));
    fprintf(out, " %.6g s | ", json_number_value(json_object_get(entry, "duration_seconds")));
    pl_section_stack(entry, text, sizeof text);
    pl_text_markdown(out, text);
    fputs(" | ", out);
    pl_text_markdown(out, pl_document_string(entry, "status"));
    fputs(" |", out);
    for (size_t i = 0; i < s->figure_count; i++) {
        pl_section_figure(entry, s->figures[i], text);
        fprintf(out, " %s |", text);
    }
    pl_section_agreement(entry, text);
    fprintf(out, s->agrees ? " %s |\n" : "\n", text);
}

static void write_why(FILE *out, const json_t *entry)
{
    char stack[PL_STACK_TEXT_MAX + 32];
    struct pl_cell_name name = pl_cell_name_of(entry);
    if (pl_section_is_ok(entry))
        return;
    pl_cell_name_stack(&name, stack, sizeof stack);
    fputs("\n- ", out);
    pl_text_markdown(out, stack);
    fputc(' ', out);
    pl_text_markdown(out, pl_document_string(entry, "status"));
    fputs(": ", out);
    pl_text_markdown(out, pl_document_string(entry, "why"));
}

static void write_picture(FILE *out, const json_t *entry, enum pl_section_picture kind,
                          const char *folder)
{
    char name[512], path[8192];
    if (!pl_section_picture(entry, kind, name, sizeof name))
        return;
    pl_picture_path(path, sizeof path, folder, name, "");
    if (access(path, R_OK) == 0)
        fprintf(out, "\n![%s](plots/%s.svg)\n", pl_section_caption(kind), name);
}

static void write_detail(FILE *out, const json_t *entry, const char *folder)
{
    char text[PL_SECTION_TEXT];
    const json_t *site;
    size_t i;
    if (pl_document_string(entry, "command")[0] == '\0')
        return; /* it was not run */
    struct pl_cell_name name = pl_cell_name_of(entry);
    pl_cell_name_how(&name, text, sizeof text);
    fputs("\n**", out);
    pl_text_markdown(out, name.allocator);
    fputs("** ", out);
    pl_text_markdown(out, text);
    fputs("\n\n", out);
    json_array_foreach(json_object_get(entry, "sites"), i, site)
    {
        pl_section_site(site, text, sizeof text);
        fputs("- ", out);
        pl_text_markdown(out, text);
        fputc('\n', out);
    }
    for (int kind = 0; kind < PL_SECTION_PICTURES; kind++)
        write_picture(out, entry, (enum pl_section_picture)kind, folder);
    fputc('\n', out);
    pl_text_fenced(out, pl_document_string(entry, "reproduce"));
    fputs("\nwhich runs\n\n", out);
    pl_text_fenced(out, pl_document_string(entry, "command"));
}

static void write_section(FILE *out, const struct pl_section *s, const char *folder, size_t most)
{
    size_t shown = s->entry_count < most ? s->entry_count : most;
    fputs("\n## Under ", out);
    pl_text_markdown(out, s->name);
    fputs("\n\n", out);
    if (s->instrument)
        fprintf(out, "It sees %s. What it can't see: %s\n", s->instrument->sees,
                s->instrument->blind);
    write_head(out, s);
    for (size_t i = 0; i < shown; i++)
        write_row(out, s, s->entries[i]);
    for (size_t i = 0; i < shown; i++)
        write_why(out, s->entries[i]);
    pl_markdown_benchmarks(out, s);
    fputs(
        "\n\n<details><summary>The dearest sites, and the command that reproduces each</summary>\n",
        out);
    for (size_t i = 0; i < shown; i++)
        write_detail(out, s->entries[i], folder);
    fputs("\n</details>\n", out);
    if (shown < s->entry_count)
        fprintf(out, "\n%zu of %zu observations left out here: report.html has them all.\n",
                s->entry_count - shown, s->entry_count);
}

void pl_markdown_sections(FILE *out, const json_t *root, const char *folder, size_t most)
{
    struct pl_sections sections;
    if (pl_sections_make(root, &sections))
        return;
    for (size_t i = 0; i < sections.count; i++)
        write_section(out, &sections.list[i], folder, most);
    pl_sections_free(&sections);
}
