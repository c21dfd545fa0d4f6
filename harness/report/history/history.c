/* Series of the history on the terminal: collects and judges them, or says what the history lacks;
 * then a section for each set of conditions, in it a table a metric (history.h). */
#include "harness/report/history/history.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/index.h"
#include "harness/base/spare_memory.h"
#include "harness/report/comparison/change_text.h"
#include "harness/report/model/columns.h"
#include "harness/report/writers/terminal.h"
#include "harness/report/writers/text.h"
#include "harness/results/cell_name.h"
#include "harness/results/document.h"
#include "harness/stats/change_points.h"

#define HOST_DIGITS 8
#define HASH_PREFIX (sizeof "fnv1a64:" - 1)

/* A series as it is shown. */
struct shown {
    const struct pl_series *series;
    struct pl_trend trend;
    bool written;
    size_t first;   /* of the series with its conditions: their section's */
    bool mixed;     /* its section has several numbers of threads */
    size_t version; /* of series that differ in nothing that is shown, from 1: the recording, a key
                     * of the scenario or a limit is another */
};

struct history {
    struct shown *series;
    size_t count;
};

/* "any" for figures that don't depend on the host, else its first digits. */
static void name_host(const json_t *host, char *text, size_t capacity)
{
    const char *hash = host ? pl_document_string(host, "hash") : "any";
    snprintf(text, capacity, "%.*s", HOST_DIGITS,
             host && strlen(hash) > HASH_PREFIX ? hash + HASH_PREFIX : hash);
}

/* Whether two series stand in one table. */
static bool are_beside(const struct shown *a, const struct shown *b)
{
    return a->series->metric == b->series->metric && a->first == b->first;
}

static uint32_t threads_of(const struct shown *one)
{
    return pl_cell_name_of(one->series->cell).threads;
}

/* @param sections the first series of each conditions */
static void find_section(struct history *h, struct pl_index *sections, size_t i)
{
    struct shown *one = &h->series[i];
    char *conditions = pl_series_conditions(one->series);
    one->first = pl_index_find(sections, conditions);
    if (one->first == PL_INDEX_NONE) {
        one->first = i;
        pl_memory_had(pl_index_set(sections, conditions, i));
    }
    free(conditions);
    struct shown *first = &h->series[one->first];
    first->mixed = first->mixed || threads_of(one) != threads_of(first);
}

/* @param versions the latest series of each that are shown alike */
static void find_version(struct history *h, struct pl_index *versions, size_t i)
{
    struct shown *one = &h->series[i];
    struct pl_cell_name name = pl_cell_name_of(one->series->cell);
    char *alike =
        pl_memory_text("%zu\n%s\n%s\n%u\n%s", one->first, one->series->metric->name, name.allocator,
                       name.threads, pl_document_string(one->series->host, "hash"));
    size_t last = pl_index_find(versions, alike);
    one->version = last == PL_INDEX_NONE ? 1 : h->series[last].version + 1;
    pl_memory_had(pl_index_set(versions, alike, i));
    free(alike);
}

/* What each series is to the others. */
static void place_all(struct history *h)
{
    struct pl_index sections = {0}, versions = {0};
    for (size_t i = 0; i < h->count; i++) {
        find_section(h, &sections, i);
        find_version(h, &versions, i);
    }
    for (size_t i = 0; i < h->count; i++)
        h->series[i].mixed = h->series[h->series[i].first].mixed;
    pl_index_free(&sections);
    pl_index_free(&versions);
}

static void name_stack(const struct shown *one, char *text, size_t capacity)
{
    struct pl_cell_name name = pl_cell_name_of(one->series->cell);
    if (!one->mixed)
        name.threads = 1; /* the section's conditions say how many */
    pl_cell_name_stack(&name, text, capacity);
    if (one->version > 1)
        pl_text_add(text, capacity, " (%zu)", one->version);
}

static void write_row(struct pl_doc *doc, const struct shown *one)
{
    const struct pl_series *s = one->series;
    char stack[PL_STACK_TEXT_MAX + 32], host[HOST_DIGITS + 1], slope[PL_HISTORY_FIGURE],
        line[PL_TREND_LINE_TEXT] = "", runs[24];
    name_stack(one, stack, sizeof stack);
    name_host(s->host, host, sizeof host);
    pl_history_slope(s, &one->trend, slope);
    pl_memory_had(pl_trend_line(s, line));
    snprintf(runs, sizeof runs, "%zu", s->count);
    pl_doc_row_texts(doc, (const char *const[]){
                              stack, host, runs,
                              pl_change_value(s->metric, s->points[0].value, PL_FIGURE),
                              pl_change_value(s->metric, s->points[s->count - 1].value, PL_FIGURE),
                              slope, line});
}

static void write_table(struct pl_doc *doc, struct history *h, const struct shown *first)
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
    const struct pl_metric *metric = first->series->metric;
    pl_doc_table(doc, PL_DOC_COLUMNS(columns), "series", "%s (class %s, %s)", metric->name,
                 pl_class_name(metric->class), better[metric->better]);
    for (size_t i = 0; i < h->count; i++)
        if (are_beside(first, &h->series[i])) {
            write_row(doc, &h->series[i]);
            h->series[i].written = true;
        }
    pl_doc_table_end(doc);
}

static void write_change(struct pl_doc *doc, const struct shown *one,
                         const struct pl_trend_change *change)
{
    char text[PL_HISTORY_CHANGE], stack[PL_STACK_TEXT_MAX + 32], host[HOST_DIGITS + 1];
    name_stack(one, stack, sizeof stack);
    name_host(one->series->host, host, sizeof host);
    pl_history_change(one->series->metric, change, text);
    pl_doc_item_text(doc, "change: %s%s%s %s", stack, one->series->host ? " on " : "",
                     one->series->host ? host : "", text);
}

static void write_metric(struct pl_doc *doc, struct history *h, const struct shown *first)
{
    write_table(doc, h, first);
    pl_doc_list(doc, PL_LIST_BULLETS, "changes");
    for (size_t i = 0; i < h->count; i++)
        for (size_t k = 0; are_beside(first, &h->series[i]) && k < h->series[i].trend.change_count;
             k++)
            write_change(doc, &h->series[i], &h->series[i].trend.changes[k]);
    pl_doc_list_end(doc);
}

static void write_section(struct pl_doc *doc, struct history *h, const struct shown *first)
{
    const json_t *cell = first->series->cell;
    struct pl_cell_name name = pl_cell_name_of(cell);
    char text[PL_TEXT_FIGURE * 4];
    const struct pl_model_group group = {
        .format = name.format,
        .clock = name.clock,
        .container = pl_document_string(cell, "container"),
        .container_bytes = json_number_value(json_object_get(cell, "container_bytes")),
        .duration_seconds = json_number_value(json_object_get(cell, "duration_seconds")),
        .threads = first->mixed ? 0 : name.threads,
    };
    pl_group_conditions(&group, text, sizeof text);
    pl_doc_section(doc, (struct pl_place){0}, "%s: %s", name.scenario, text);
    for (size_t i = 0; i < h->count; i++)
        if (!h->series[i].written && h->series[i].first == first->first)
            write_metric(doc, h, &h->series[i]);
    pl_doc_section_end(doc);
}

/* Each host that the tables name by its first digits. */
static void write_hosts(struct pl_doc *doc, const struct history *h)
{
    struct pl_index named = {0};
    char digits[HOST_DIGITS + 1];
    for (size_t i = 0; i < h->count; i++) {
        const json_t *host = h->series[i].series->host;
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
    for (const struct shown *one = h->series; one < h->series + h->count; one++) {
        versions = versions || one->version > 1;
        few = few || (one->series->host && one->series->count < 2 * PL_CHANGE_MIN_SEGMENT);
        many = many || one->series->count > one->trend.judged;
    }
    pl_doc_say(doc, "First and last: medians of a run. Trend: Theil-Sen, with its 95 %% interval.");
    pl_doc_list(doc, PL_LIST_BULLETS, "notes");
    write_hosts(doc, h);
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

/* Sections and their tables stand in the order of their first series. */
static void write_page(struct pl_doc *doc, const void *context)
{
    struct history h = *(const struct history *)context;
    for (size_t i = 0; i < h.count; i++)
        if (!h.series[i].written)
            write_section(doc, &h, &h.series[i]);
    write_notes(doc, &h);
}

#define NAMES 300

/* Adds a name to "a, b" unless it stands there already; "..." where there is no more room. */
static void add_name(char *names, const char *name)
{
    size_t used = strlen(names), length = strlen(name);
    for (const char *at = names; (at = strstr(at, name)) != NULL; at++)
        if ((at == names || at[-1] == ' ') && (at[length] == ',' || !at[length]))
            return;
    if (used + length + sizeof ", ..." < NAMES)
        pl_text_add(names, NAMES, "%s%s", used ? ", " : "", name);
    else if (used < 3 || strcmp(names + used - 3, "...") != 0)
        pl_text_add(names, NAMES, "%s...", used ? ", " : "");
}

/* The values of a key in all cells, or in those of one scenario. */
static void name_all(const json_t *runs, const char *key, const char *scenario, char *names)
{
    const json_t *run, *cell;
    size_t i, k;
    names[0] = '\0';
    json_array_foreach(runs, i, run)
    {
        json_array_foreach(json_object_get(run, "cells"), k, cell)
        {
            if (!scenario || strcmp(pl_document_string(cell, "scenario"), scenario) == 0)
                add_name(names, pl_document_string(cell, key));
        }
    }
}

/* Why there is no series. */
static int explain(const json_t *runs, const struct pl_series_query *q, size_t runs_of_scenario,
                   struct pl_error *error)
{
    char names[NAMES];
    if (runs_of_scenario == 0) {
        name_all(runs, "scenario", NULL, names);
        return pl_error_set(error, -EINVAL, "no run of '%.80s' in the history; it holds %s",
                            q->scenario, names);
    }
    name_all(runs, "allocator", q->scenario, names);
    return pl_error_set(
        error, -EINVAL, "no run of '%.60s' has such a figure%s%.60s; its stacks in the history: %s",
        q->scenario, q->allocator ? " of " : "", q->allocator ? q->allocator : "", names);
}

static int judge(struct shown *one, struct pl_error *error)
{
    const struct pl_series *s = one->series;
    int rc = pl_memory_had(pl_trend_judge(s, &one->trend));
    return rc ? pl_error_set(error, rc, "%s of %.120s: a value is beyond any measure",
                             s->metric->name, pl_document_string(s->cell, "allocator"))
              : 0;
}

int pl_history_write(FILE *out, const json_t *runs, const struct pl_series_query *query,
                     struct pl_error *error)
{
    struct pl_series_list list;
    pl_memory_had(pl_series_collect(runs, query, &list));
    if (list.count == 0)
        return explain(runs, query, list.runs, error);
    struct history h = {pl_memory_take(list.count, sizeof *h.series), list.count};
    int rc = 0;
    for (size_t i = 0; i < h.count; i++)
        h.series[i].series = &list.series[i];
    place_all(&h);
    for (size_t i = 0; !rc && i < h.count; i++)
        rc = judge(&h.series[i], error);
    if (!rc)
        pl_terminal_print(out, (struct pl_terminal_layout){0}, write_page, &h);
    for (size_t i = 0; i < h.count; i++)
        pl_trend_free(&h.series[i].trend);
    free(h.series);
    pl_series_free(&list);
    return rc;
}
