/* A section for each set of conditions, in it a table a metric (history_page.h). */
#include "harness/report/history/history_page.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"
#include "harness/compare/trend.h"
#include "harness/report/comparison/change_text.h"
#include "harness/report/history/history_figures.h"
#include "harness/report/model/columns.h"
#include "harness/report/writers/terminal.h"
#include "harness/report/writers/text.h"
#include "harness/results/cell_name.h"
#include "harness/results/document.h"
#include "harness/stats/change_points.h"

#define HOST_DIGITS 8
#define HASH_PREFIX (sizeof "fnv1a64:" - 1)

/* Where a series is shown. */
struct place {
    size_t series;
    size_t section; /* series that differ in stack, threads, metric and host at most */
    size_t table;   /* of them those of one metric */
    size_t version; /* of series that differ in nothing that is shown, from 1: the recording, a key
                     * of the scenario or a limit is another */
};

struct history {
    const struct pl_series_list *list;
    const struct pl_trend *trends; /* one a series */
    struct place *places;          /* in the order in which they are shown */
    uint32_t *threads;             /* of all series of a section; 0 where they differ */
    size_t *alike;                 /* series so far of those that are shown alike */
    struct pl_index sections, tables, versions;
    size_t section_count, table_count, shown_count;
};

/* "any" for figures that don't depend on the host, else its first digits. */
static void name_host(const json_t *host, char *text, size_t capacity)
{
    const char *hash = host ? pl_document_string(host, "hash") : "any";
    snprintf(text, capacity, "%.*s", HOST_DIGITS,
             host && strlen(hash) > HASH_PREFIX ? hash + HASH_PREFIX : hash);
}

/* The number under a formatted text: what it has already, or `next`. */
static size_t number_of(struct pl_index *index, size_t next, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static size_t number_of(struct pl_index *index, size_t next, const char *format, ...)
{
    char *key = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&key, format, args) < 0)
        pl_memory_refused();
    va_end(args);
    size_t number = pl_index_find(index, key);
    if (number == PL_INDEX_NONE)
        pl_memory_had(pl_index_set(index, key, number = next));
    free(key);
    return number;
}

static size_t section_of(struct history *h, const struct pl_series *s)
{
    struct pl_cell_name name = pl_cell_name_of(s->cell);
    size_t section =
        number_of(&h->sections, h->section_count, "%s\n%s\n%s\n%s\n%.17g\n%.17g", name.scenario,
                  name.format, name.clock, pl_document_string(s->cell, "container"),
                  json_number_value(json_object_get(s->cell, "container_bytes")),
                  json_number_value(json_object_get(s->cell, "duration_seconds")));
    if (section == h->section_count)
        h->threads[h->section_count++] = name.threads;
    else if (h->threads[section] != name.threads)
        h->threads[section] = 0;
    return section;
}

static struct place place_of(struct history *h, size_t number)
{
    const struct pl_series *s = &h->list->series[number];
    struct pl_cell_name name = pl_cell_name_of(s->cell);
    size_t section = section_of(h, s);
    size_t table = number_of(&h->tables, h->table_count, "%zu\n%s", section, s->metric->name);
    h->table_count += table == h->table_count;
    size_t shown = number_of(&h->versions, h->shown_count, "%zu\n%u\n%s\n%s", table, name.threads,
                             pl_document_string(s->host, "hash"), name.allocator);
    h->shown_count += shown == h->shown_count;
    return (struct place){number, section, table, ++h->alike[shown]};
}

static int by_place(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->section != y->section)
        return x->section < y->section ? -1 : 1;
    if (x->table != y->table)
        return x->table < y->table ? -1 : 1;
    return (x->series > y->series) - (x->series < y->series);
}

static void place_all(struct history *h)
{
    size_t count = h->list->count;
    h->places = pl_memory_take(count, sizeof *h->places);
    h->threads = pl_memory_take(count, sizeof *h->threads);
    h->alike = pl_memory_take(count, sizeof *h->alike);
    for (size_t i = 0; i < count; i++)
        h->places[i] = place_of(h, i);
    qsort(h->places, count, sizeof *h->places, by_place);
}

static void free_places(struct history *h)
{
    free(h->places);
    free(h->threads);
    free(h->alike);
    pl_index_free(&h->sections);
    pl_index_free(&h->tables);
    pl_index_free(&h->versions);
}

static void name_stack(const struct history *h, const struct place *p, char *text, size_t capacity)
{
    struct pl_cell_name name = pl_cell_name_of(h->list->series[p->series].cell);
    if (h->threads[p->section])
        name.threads = 1; /* the section's conditions say how many */
    pl_cell_name_stack(&name, text, capacity);
    size_t used = strlen(text);
    if (p->version > 1)
        snprintf(text + used, capacity - used, " (%zu)", p->version);
}

static void write_row(struct pl_doc *doc, const struct history *h, const struct place *p)
{
    const struct pl_series *s = &h->list->series[p->series];
    char stack[PL_STACK_TEXT_MAX + 32], host[HOST_DIGITS + 1], first[PL_TEXT_FIGURE],
        last[PL_TEXT_FIGURE], slope[PL_HISTORY_FIGURE], line[PL_TREND_LINE_TEXT] = "";
    name_stack(h, p, stack, sizeof stack);
    name_host(s->host, host, sizeof host);
    pl_change_value(s->metric, s->points[0].value, first);
    pl_change_value(s->metric, s->points[s->count - 1].value, last);
    pl_history_slope(s, &h->trends[p->series], slope);
    pl_memory_had(pl_trend_line(s, line));
    pl_doc_row(doc);
    pl_doc_cell_text(doc, stack);
    pl_doc_cell_text(doc, host);
    pl_doc_cell_textf(doc, "%zu", s->count);
    pl_doc_cell_text(doc, first);
    pl_doc_cell_text(doc, last);
    pl_doc_cell_text(doc, slope);
    pl_doc_cell_text(doc, line);
    pl_doc_row_end(doc);
}

/* @param count of the table's series */
static void write_table(struct pl_doc *doc, const struct history *h, const struct place *first,
                        size_t count)
{
    static const struct pl_doc_column columns[] = {
        {.head = "stack"},
        {.head = "host", .rank = 3},
        {.head = "runs", .figure = true, .rank = 2},
        {.head = "first", .figure = true, .rank = 1},
        {.head = "last", .figure = true},
        {.head = "trend a run", .figure = true},
        {.head = ""},
    };
    static const char *const better[] = {[PL_BETTER_LOWER] = "lower is better",
                                         [PL_BETTER_HIGHER] = "higher is better",
                                         [PL_BETTER_NONE] = "neither way is better"};
    const struct pl_metric *metric = h->list->series[first->series].metric;
    pl_doc_table(doc, columns, sizeof columns / sizeof *columns, "series", "%s (class %s, %s)",
                 metric->name, pl_class_name(metric->class), better[metric->better]);
    for (size_t i = 0; i < count; i++)
        write_row(doc, h, &first[i]);
    pl_doc_table_end(doc);
}

static void write_change(struct pl_doc *doc, const struct history *h, const struct place *p,
                         const struct pl_trend_change *change)
{
    const struct pl_series *s = &h->list->series[p->series];
    char text[PL_HISTORY_CHANGE], stack[PL_STACK_TEXT_MAX + 32], host[HOST_DIGITS + 1];
    name_stack(h, p, stack, sizeof stack);
    name_host(s->host, host, sizeof host);
    pl_history_change(s->metric, change, text);
    pl_doc_item_text(doc, "change: %s%s%s %s", stack, s->host ? " on " : "", s->host ? host : "",
                     text);
}

/* @return how many series its table has */
static size_t write_metric(struct pl_doc *doc, const struct history *h, const struct place *first)
{
    const struct place *end = h->places + h->list->count, *p = first;
    while (p < end && p->table == first->table)
        p++;
    size_t count = (size_t)(p - first);
    write_table(doc, h, first, count);
    pl_doc_list(doc, PL_LIST_BULLETS, "changes");
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < h->trends[first[i].series].change_count; k++)
            write_change(doc, h, &first[i], &h->trends[first[i].series].changes[k]);
    pl_doc_list_end(doc);
    return count;
}

static void write_conditions(struct pl_doc *doc, const struct history *h, const struct place *first)
{
    const json_t *cell = h->list->series[first->series].cell;
    char text[PL_TEXT_FIGURE * 4];
    const struct pl_model_group group = {
        .format = pl_document_string(cell, "format"),
        .clock = pl_document_string(cell, "clock"),
        .container = pl_document_string(cell, "container"),
        .container_bytes = json_number_value(json_object_get(cell, "container_bytes")),
        .duration_seconds = json_number_value(json_object_get(cell, "duration_seconds")),
        .threads = h->threads[first->section],
    };
    pl_group_conditions(&group, text, sizeof text);
    pl_doc_section(doc, (struct pl_place){0}, "%s: %s", pl_document_string(cell, "scenario"), text);
}

/* Each host that the tables name by its first digits. */
static void write_hosts(struct pl_doc *doc, const struct pl_series_list *list)
{
    struct pl_index named = {0};
    char digits[HOST_DIGITS + 1];
    for (size_t i = 0; i < list->count; i++) {
        const json_t *host = list->series[i].host;
        const char *hash = pl_document_string(host, "hash");
        if (!host || pl_index_find(&named, hash) != PL_INDEX_NONE)
            continue;
        pl_memory_had(pl_index_set(&named, hash, i));
        name_host(host, digits, sizeof digits);
        pl_doc_item_text(doc, "host %s: %s, %s", digits, pl_document_string(host, "cpu"), hash);
    }
    pl_index_free(&named);
}

/* What a reader must know to read the tables, as far as it applies. */
static void write_notes(struct pl_doc *doc, const struct history *h)
{
    bool versions = false, few = false, many = false;
    for (size_t i = 0; i < h->list->count; i++) {
        const struct pl_series *s = &h->list->series[i];
        versions = versions || h->places[i].version > 1;
        few = few || (s->host && s->count < 2 * PL_CHANGE_MIN_SEGMENT);
        many = many || s->count > h->trends[i].judged;
    }
    pl_doc_say(doc, "First and last: medians of a run. Trend: Theil-Sen, with its 95 %% interval.");
    pl_doc_list(doc, PL_LIST_BULLETS, "notes");
    write_hosts(doc, h->list);
    if (versions)
        pl_doc_item_text(doc, "(2), (3), ...: since the recording, a key of the scenario or a "
                              "limit was changed.");
    if (few)
        pl_doc_item_text(doc,
                         "Changes of S and N metrics are looked for from %d runs of a host on.",
                         2 * PL_CHANGE_MIN_SEGMENT);
    if (many)
        pl_doc_item_text(doc,
                         "Of a longer series, trend and changes are those of its last %d runs.",
                         PL_TREND_RUNS_MAX);
    pl_doc_list_end(doc);
}

static void write_page(struct pl_doc *doc, const void *context)
{
    const struct history *h = context;
    for (size_t i = 0; i < h->list->count;) {
        const struct place *p = &h->places[i];
        if (!i || p->section != p[-1].section)
            write_conditions(doc, h, p);
        i += write_metric(doc, h, p);
    }
    write_notes(doc, h);
}

void pl_history_page(FILE *out, const struct pl_series_list *list, const struct pl_trend *trends)
{
    struct history h = {.list = list, .trends = trends};
    place_all(&h);
    pl_terminal_print(out, (struct pl_terminal_layout){0}, write_page, &h);
    free_places(&h);
}
