/* Benchmarks of an instrument's section: a row each, a column for each stack (benchmarks.h). */
#include "harness/report/sections/benchmarks.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/index.h"
#include "harness/base/spare_memory.h"
#include "harness/report/writers/text.h"
#include "harness/results/document.h"

#define STACKS_MAX 64 /* columns of a table */

/* The entries of a section that ran the same scenario in the same format: columns of one table. */
struct group {
    const json_t *const *entries;
    size_t count;
    const char **names; /* of benchmarks, each once, in the order in which they ran */
    size_t name_count;
};

static const json_t *benchmarks_of(const json_t *entry)
{
    return json_object_get(entry, "benchmarks");
}

static bool are_alike(const json_t *a, const json_t *b)
{
    return strcmp(pl_document_string(a, "scenario"), pl_document_string(b, "scenario")) == 0 &&
           strcmp(pl_document_string(a, "format"), pl_document_string(b, "format")) == 0;
}

static void gather_names(struct group *group)
{
    struct pl_index known = {0};
    size_t most = 0, i;
    const json_t *benchmark;
    for (size_t e = 0; e < group->count; e++)
        most += json_array_size(benchmarks_of(group->entries[e]));
    group->names = pl_memory_take(most, sizeof *group->names);
    for (size_t e = 0; e < group->count; e++)
        json_array_foreach(benchmarks_of(group->entries[e]), i, benchmark)
        {
            const char *name = pl_document_string(benchmark, "name");
            if (pl_index_find(&known, name) != PL_INDEX_NONE)
                continue;
            pl_memory_had(pl_index_set(&known, name, 0));
            group->names[group->name_count++] = name;
        }
    pl_index_free(&known);
}

static const json_t *find(const json_t *entry, const char *name)
{
    const json_t *benchmark;
    size_t i;
    json_array_foreach(benchmarks_of(entry), i, benchmark)
    {
        if (strcmp(pl_document_string(benchmark, "name"), name) == 0)
            return benchmark;
    }
    return NULL;
}

static double number(const json_t *benchmark, const char *key)
{
    return json_number_value(json_object_get(benchmark, key));
}

static void write_time(struct pl_doc *doc, const json_t *benchmark)
{
    char ns[PL_TEXT_FIGURE], least[PL_TEXT_FIGURE], most[PL_TEXT_FIGURE];
    pl_text_decimal(ns, number(benchmark, "cpu_ns_per_operation"));
    pl_text_decimal(least, number(benchmark, "cpu_ns_per_operation_min"));
    pl_text_decimal(most, number(benchmark, "cpu_ns_per_operation_max"));
    pl_doc_textf(doc, PL_STYLE_PLAIN, "%s (%s-%s)", ns, least, most);
}

static void write_memory(struct pl_doc *doc, const json_t *benchmark)
{
    char text[PL_TEXT_FIGURE] = "-";
    double grown = number(benchmark, "rss_bytes_peak") - number(benchmark, "rss_bytes_before");
    if (json_object_get(benchmark, "rss_bytes_peak"))
        pl_text_bytes(text, grown > 0 ? grown : 0);
    pl_doc_text(doc, PL_STYLE_PLAIN, text);
}

/* Where a benchmark was skipped, why stands behind the word. */
static void write_cell(struct pl_doc *doc, const json_t *benchmark,
                       void (*write)(struct pl_doc *, const json_t *))
{
    const char *why = pl_document_string(benchmark, "why");
    pl_doc_cell(doc, PL_STYLE_PLAIN);
    if (benchmark && !*why)
        write(doc, benchmark);
    else
        pl_doc_text(doc, PL_STYLE_PLAIN, benchmark ? "skipped" : "-");
    pl_doc_text(doc, PL_STYLE_SMALL, why);
    pl_doc_cell_end(doc);
}

static void write_table(struct pl_doc *doc, const struct group *group, const char *caption,
                        void (*write)(struct pl_doc *, const json_t *))
{
    struct pl_doc_column columns[1 + STACKS_MAX] = {{.head = "benchmark"}};
    size_t count = group->count < STACKS_MAX ? group->count : STACKS_MAX;
    for (size_t i = 0; i < count; i++)
        columns[1 + i] = (struct pl_doc_column){
            .head = pl_document_string(group->entries[i], "allocator"), .figure = true};
    pl_doc_table(doc, columns, 1 + count, "benchmarks", "%s %s, %s",
                 pl_document_string(group->entries[0], "scenario"),
                 pl_document_string(group->entries[0], "format"), caption);
    for (size_t k = 0; k < group->name_count; k++) {
        pl_doc_row(doc);
        pl_doc_cell_text(doc, group->names[k]);
        for (size_t i = 0; i < count; i++)
            write_cell(doc, find(group->entries[i], group->names[k]), write);
        pl_doc_row_end(doc);
    }
    pl_doc_table_end(doc);
}

void pl_report_benchmarks(struct pl_doc *doc, const struct pl_observed *s)
{
    for (size_t at = 0; at < s->entry_count;) {
        struct group group = {.entries = s->entries + at};
        while (at < s->entry_count && are_alike(group.entries[0], s->entries[at])) {
            group.count++;
            at++;
        }
        gather_names(&group);
        if (group.name_count) {
            write_table(doc, &group, "CPU ns an operation: median of the repetitions (least-most)",
                        write_time);
            write_table(doc, &group,
                        "RSS at its peak above that of the process before: a process each",
                        write_memory);
        }
        free(group.names);
    }
}
