/* What the instruments found: a section an instrument, in it its benchmarks: a row each, a column
 * for each stack. */
#include <stdlib.h>
#include <string.h>

#include "harness/base/index.h"
#include "harness/base/spare_memory.h"
#include "harness/report/model/observed.h"
#include "harness/report/sections/sections.h"
#include "harness/report/writers/text.h"
#include "harness/results/cell_name.h"
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
    pl_doc_textf(doc, PL_STYLE_PLAIN, "%s (%s-%s)",
                 pl_text_decimal(PL_FIGURE, number(benchmark, "cpu_ns_per_operation")),
                 pl_text_decimal(PL_FIGURE, number(benchmark, "cpu_ns_per_operation_min")),
                 pl_text_decimal(PL_FIGURE, number(benchmark, "cpu_ns_per_operation_max")));
}

static void write_memory(struct pl_doc *doc, const json_t *benchmark)
{
    double grown = number(benchmark, "rss_bytes_peak") - number(benchmark, "rss_bytes_before");
    bool known = json_object_get(benchmark, "rss_bytes_peak");
    pl_doc_text(doc, PL_STYLE_PLAIN, known ? pl_text_bytes(PL_FIGURE, grown > 0 ? grown : 0) : "-");
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

static void write_benchmarks(struct pl_doc *doc, const struct group *group, const char *caption,
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

/* Tables of times and of memory for each scenario and format that has any. */
static void write_all_benchmarks(struct pl_doc *doc, const struct pl_observed *s)
{
    for (size_t at = 0; at < s->entry_count;) {
        struct group group = {.entries = s->entries + at};
        while (at < s->entry_count && are_alike(group.entries[0], s->entries[at])) {
            group.count++;
            at++;
        }
        gather_names(&group);
        if (group.name_count) {
            write_benchmarks(doc, &group,
                             "CPU ns an operation: median of the repetitions (least-most)",
                             write_time);
            write_benchmarks(doc, &group,
                             "RSS at its peak above that of the process before: a process each",
                             write_memory);
        }
        free(group.names);
    }
}

enum { STACK, SCENARIO, STATUS, FIGURES };

#define STACK_TEXT (2 * PL_STACK_TEXT_MAX + 32)

static enum pl_style style_of(const json_t *entry)
{
    if (pl_observed_is_ok(entry))
        return PL_STYLE_GOOD;
    return pl_document_string(entry, "status")[0] == 'f' ? PL_STYLE_BAD : PL_STYLE_OPEN;
}

/* The figures that a table shows of an instrument. */
struct shown {
    const struct pl_observed *observed;
    const char *const *figures;
    size_t count;
    bool brief; /* of the agreement, how far it is off */
};

static void write_row(struct pl_doc *doc, const struct shown *s, const json_t *entry)
{
    char text[STACK_TEXT];
    pl_doc_row(doc);
    pl_observed_stack(entry, text, sizeof text);
    pl_doc_cell_text(doc, text);
    pl_doc_cell_textf(doc, "%s %.6g s", pl_document_string(entry, "scenario"),
                      json_number_value(json_object_get(entry, "duration_seconds")));
    pl_doc_cell_styled(doc, style_of(entry), pl_document_string(entry, "status"));
    for (size_t i = 0; i < s->count; i++) {
        pl_observed_figure(entry, s->figures[i], text);
        pl_doc_cell_text(doc, text);
    }
    if (s->observed->agrees) {
        pl_observed_agreement(entry, s->brief, text);
        pl_doc_cell_text(doc, text);
    }
    pl_doc_row_end(doc);
}

static void write_table(struct pl_doc *doc, const struct shown *s)
{
    char heads[PL_OBSERVED_FIGURES_MAX][PL_OBSERVED_TEXT];
    struct pl_doc_column columns[FIGURES + PL_OBSERVED_FIGURES_MAX + 1] = {
        [STACK] = {.head = "stack"},
        [SCENARIO] = {.head = "scenario", .rank = 1},
        [STATUS] = {.head = "status", .rank = 2}};
    size_t count = FIGURES;
    for (size_t i = 0; i < s->count; i++) {
        pl_observed_head(s->figures[i], heads[i]);
        columns[count++] = (struct pl_doc_column){.head = heads[i], .figure = true};
    }
    if (s->observed->agrees)
        columns[count++] = (struct pl_doc_column){.head = s->brief ? "off ours by" : "agreement",
                                                  .figure = s->brief};
    pl_doc_table(doc, columns, count, "observations",
                 s->brief ? "%s" : "%s: a run of its own, without a container", s->observed->name);
    for (size_t i = 0; i < s->observed->entry_count; i++)
        write_row(doc, s, s->observed->entries[i]);
    pl_doc_table_end(doc);
}

static void write_site(struct pl_doc *doc, const json_t *site)
{
    char text[4 * PL_OBSERVED_TEXT];
    pl_observed_site(site, text, sizeof text);
    pl_doc_item(doc, PL_STYLE_PLAIN);
    pl_doc_text(doc, PL_STYLE_CODE, text);
    pl_doc_item_end(doc);
}

static void write_detail(struct pl_doc *doc, const json_t *entry)
{
    char stack[STACK_TEXT];
    const json_t *sites = json_object_get(entry, "sites"), *site;
    size_t i;
    pl_observed_stack(entry, stack, sizeof stack);
    pl_doc_term(doc, "%s %s", stack, pl_document_string(entry, "format"));
    if (!pl_observed_is_ok(entry)) {
        pl_doc_textf(doc, PL_STYLE_BAD, "%s:", pl_document_string(entry, "status"));
        pl_doc_textf(doc, PL_STYLE_PLAIN, " %s", pl_document_string(entry, "why"));
    }
    if (json_array_size(sites)) {
        pl_doc_list(doc, PL_LIST_BULLETS, "sites");
        json_array_foreach(sites, i, site) write_site(doc, site);
        pl_doc_list_end(doc);
    }
    pl_doc_command(doc, pl_document_string(entry, "reproduce"));
    if (pl_document_string(entry, "command")[0]) {
        pl_doc_text(doc, PL_STYLE_PLAIN, "which runs");
        pl_doc_command(doc, pl_document_string(entry, "command"));
    }
    pl_doc_item_end(doc);
}

static void write_pictures(struct pl_doc *doc, const json_t *entry)
{
    char name[512], stack[PL_STACK_TEXT_MAX];
    struct pl_cell_name of = pl_cell_name_of(entry);
    pl_cell_name_stack(&of, stack, sizeof stack);
    for (int kind = 0; kind < PL_OBSERVED_PICTURES; kind++)
        if (pl_observed_picture(entry, (enum pl_observed_picture)kind, name, sizeof name))
            pl_doc_figure(doc, NULL, name, "%s: %.200s, %s",
                          pl_observed_caption((enum pl_observed_picture)kind), of.scenario, stack);
}

static void write_instrument(struct pl_doc *doc, const struct pl_observed *o)
{
    pl_doc_section(doc, (struct pl_place){.view = "instruments"}, "Under %s", o->name);
    if (o->instrument) {
        pl_doc_paragraph(doc);
        pl_doc_textf(doc, PL_STYLE_PLAIN, "It sees %s. ", o->instrument->sees);
        pl_doc_text(doc, PL_STYLE_STRONG, "What it can't see:");
        pl_doc_textf(doc, PL_STYLE_PLAIN, " %s", o->instrument->blind);
        pl_doc_paragraph_end(doc);
    }
    write_table(doc, &(struct shown){o, o->figures, o->figure_count, false});
    write_all_benchmarks(doc, o);
    for (size_t i = 0; i < o->entry_count && i < doc->most; i++)
        write_pictures(doc, o->entries[i]);
    pl_doc_details(doc, "The dearest sites, and the command that reproduces each");
    pl_doc_list(doc, PL_LIST_TERMS, "observations");
    for (size_t i = 0; i < o->entry_count; i++)
        write_detail(doc, o->entries[i]);
    pl_doc_list_end(doc);
    pl_doc_details_end(doc);
    pl_doc_section_end(doc);
}

void pl_report_instruments(struct pl_doc *doc, const struct pl_model *m)
{
    struct pl_observed_list list = pl_observed_make(m->root);
    for (size_t i = 0; i < list.count; i++)
        write_instrument(doc, &list.list[i]);
    pl_observed_free(&list);
}

/* The figure that an instrument is for; of one that is not known, its first. */
void pl_report_observed(struct pl_doc *doc, const struct pl_model *m)
{
    struct pl_observed_list list = pl_observed_make(m->root);
    for (size_t i = 0; i < list.count; i++) {
        const struct pl_observed *o = &list.list[i];
        const char *headline = o->instrument ? o->instrument->headline : o->figures[0];
        write_table(doc, &(struct shown){o, &headline, headline != NULL, true});
    }
    pl_observed_free(&list);
}
