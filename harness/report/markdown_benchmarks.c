/* Benchmarks in report.md (benchmarks.h). */
#include "harness/report/benchmarks.h"
#include "harness/report/text.h"
#include "harness/results/document.h"

static void write_head(FILE *out, const struct pl_benchmark_group *group)
{
    fputs("\n| benchmark |", out);
    for (size_t i = 0; i < group->count; i++) {
        fputc(' ', out);
        pl_text_markdown(out, pl_document_string(group->entries[i], "allocator"));
        fputs(" |", out);
    }
    fputs("\n|---|", out);
    for (size_t i = 0; i < group->count; i++)
        fputs("---:|", out);
    fputc('\n', out);
}

static void write_table(FILE *out, const struct pl_benchmark_group *group,
                        enum pl_benchmark_figure figure)
{
    char text[PL_SECTION_TEXT];
    const char *name;
    fputc('\n', out);
    pl_text_markdown(out, pl_document_string(group->entries[0], "scenario"));
    fputc(' ', out);
    pl_text_markdown(out, pl_document_string(group->entries[0], "format"));
    fprintf(out, ", %s:\n", pl_benchmark_caption(figure));
    write_head(out, group);
    for (size_t at = 0; (name = pl_benchmark_name(group, &at));) {
        fputs("| ", out);
        pl_text_markdown(out, name);
        fputs(" |", out);
        for (size_t i = 0; i < group->count; i++) {
            pl_benchmark_text(group->entries[i], name, figure, text);
            fprintf(out, " %s |", text);
        }
        fputc('\n', out);
    }
}

static void write_skipped(FILE *out, const struct pl_benchmark_group *group)
{
    const char *name;
    fputc('\n', out);
    for (size_t at = 0; (name = pl_benchmark_name(group, &at));)
        for (size_t i = 0; i < group->count; i++) {
            const char *why = pl_benchmark_why(group->entries[i], name);
            if (!*why)
                continue;
            fputs("- ", out);
            pl_text_markdown(out, pl_document_string(group->entries[i], "allocator"));
            fputs(" skips ", out);
            pl_text_markdown(out, name);
            fputs(": ", out);
            pl_text_markdown(out, why);
            fputc('\n', out);
        }
}

void pl_markdown_benchmarks(FILE *out, const struct pl_section *section)
{
    struct pl_benchmark_group group = {0};
    for (size_t at = 0; pl_benchmark_next(section, &at, &group);) {
        write_table(out, &group, PL_BENCHMARK_TIME);
        write_table(out, &group, PL_BENCHMARK_MEMORY);
        write_skipped(out, &group);
    }
}
