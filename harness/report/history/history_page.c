/* A section for each set of conditions, in it a table a metric (history_page.h). */
#include "harness/report/history/history_page.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "harness/compare/trend.h"
#include "harness/report/comparison/change_text.h"
#include "harness/report/history/history_figures.h"
#include "harness/report/model/columns.h"
#include "harness/report/writers/grid.h"
#include "harness/report/writers/text.h"
#include "harness/results/cell_name.h"
#include "harness/results/document.h"
#include "harness/stats/change_points.h"

#define HEADS 2
#define HOST_DIGITS 8
#define HASH_PREFIX (sizeof "fnv1a64:" - 1)

enum { STACK, HOST, RUNS, FIRST, LAST, TREND, LINE, COLUMNS };

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
    struct pl_index sections, tables, versions;
    size_t section_count, table_count;
};

/* "any" for figures that don't depend on the host, else its first digits. */
static void name_host(const json_t *host, char *text, size_t capacity)
{
    const char *hash = host ? pl_document_string(host, "hash") : "any";
    snprintf(text, capacity, "%.*s", HOST_DIGITS,
             host && strlen(hash) > HASH_PREFIX ? hash + HASH_PREFIX : hash);
}

/* The number under a formatted text: what it has already, or `next`. PL_INDEX_NONE when out of
 * memory */
static size_t number_of(struct pl_index *index, size_t next, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static size_t number_of(struct pl_index *index, size_t next, const char *format, ...)
{
    char *key = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&key, format, args);
    va_end(args);
    if (length < 0)
        return PL_INDEX_NONE;
    size_t number = pl_index_find(index, key);
    if (number == PL_INDEX_NONE && pl_index_set(index, key, next) == 0)
        number = next;
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
    else if (section != PL_INDEX_NONE && h->threads[section] != name.threads)
        h->threads[section] = 0;
    return section;
}

/* Numbers go up with each series that is not told from those before it. */
static size_t version_of(struct history *h, const struct pl_series *s, size_t table)
{
    struct pl_cell_name name = pl_cell_name_of(s->cell);
    char *key = NULL;
    if (asprintf(&key, "%zu\n%u\n%s\n%s", table, name.threads, pl_document_string(s->host, "hash"),
                 name.allocator) < 0)
        return PL_INDEX_NONE;
    size_t before = pl_index_find(&h->versions, key);
    size_t version = before == PL_INDEX_NONE ? 1 : before + 1;
    int rc = pl_index_set(&h->versions, key, version);
    free(key);
    return rc ? PL_INDEX_NONE : version;
}

static int place_series(struct history *h, size_t number)
{
    const struct pl_series *s = &h->list->series[number];
    size_t section = section_of(h, s);
    size_t table = number_of(&h->tables, h->table_count, "%zu\n%s", section, s->metric->name);
    h->table_count += table == h->table_count;
    size_t version = version_of(h, s, table);
    h->places[number] = (struct place){number, section, table, version};
    return section == PL_INDEX_NONE || table == PL_INDEX_NONE || version == PL_INDEX_NONE ? -ENOMEM
                                                                                          : 0;
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

static int place_all(struct history *h)
{
    size_t count = h->list->count;
    h->places = calloc(count + 1, sizeof *h->places);
    h->threads = calloc(count + 1, sizeof *h->threads);
    int rc = h->places && h->threads ? 0 : -ENOMEM;
    for (size_t i = 0; !rc && i < count; i++)
        rc = place_series(h, i);
    if (!rc)
        qsort(h->places, count, sizeof *h->places, by_place);
    return rc;
}

static void free_places(struct history *h)
{
    free(h->places);
    free(h->threads);
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

static void set_heads(struct pl_grid *grid)
{
    static const char *const heads[COLUMNS][HEADS] = {
        {"", "stack"}, {"", "host"},       {"", "runs"}, {"", "first"},
        {"", "last"},  {"trend", "a run"}, {"", ""},
    };
    for (size_t i = 0; i < COLUMNS; i++)
        for (size_t k = 0; k < HEADS; k++)
            pl_grid_set(grid, k, i, heads[i][k]);
    grid->left[STACK] = grid->left[HOST] = grid->left[LINE] = true;
    grid->ranks[HOST] = 3;
    grid->ranks[RUNS] = 2;
    grid->ranks[FIRST] = 1;
}

static void set_row(struct pl_grid *grid, size_t row, const struct history *h,
                    const struct place *p)
{
    const struct pl_series *s = &h->list->series[p->series];
    char stack[PL_STACK_TEXT_MAX + 32], text[PL_HISTORY_FIGURE], line[PL_TREND_LINE_TEXT];
    name_stack(h, p, stack, sizeof stack);
    pl_grid_set(grid, row, STACK, stack);
    name_host(s->host, text, sizeof text);
    pl_grid_set(grid, row, HOST, text);
    snprintf(text, sizeof text, "%zu", s->count);
    pl_grid_set(grid, row, RUNS, text);
    pl_change_value(s->metric, s->points[0].value, text);
    pl_grid_set(grid, row, FIRST, text);
    pl_change_value(s->metric, s->points[s->count - 1].value, text);
    pl_grid_set(grid, row, LAST, text);
    pl_history_slope(s, &h->trends[p->series], text);
    pl_grid_set(grid, row, TREND, text);
    if (pl_trend_line(s, line) == 0)
        pl_grid_set(grid, row, LINE, line);
}

/* @param count of the table's series */
static void write_table(FILE *out, const struct history *h, const struct place *first, size_t count)
{
    struct pl_grid grid;
    if (pl_grid_make(&grid, HEADS + count, HEADS, COLUMNS)) {
        set_heads(&grid);
        for (size_t i = 0; i < count; i++)
            set_row(&grid, HEADS + i, h, &first[i]);
        pl_grid_print(out, &grid, NULL);
    }
    pl_grid_free(&grid);
}

static void write_change(FILE *out, const struct history *h, const struct place *p,
                         const struct pl_trend_change *change)
{
    const struct pl_series *s = &h->list->series[p->series];
    char step[PL_HISTORY_FIGURE], commit[PL_HISTORY_FIGURE], stack[PL_STACK_TEXT_MAX + 32],
        host[HOST_DIGITS + 1];
    name_stack(h, p, stack, sizeof stack);
    name_host(s->host, host, sizeof host);
    pl_history_commit(pl_document_string(change->run, "commit"), commit);
    pl_history_step(s->metric, change->before, change->after, step);
    fputs("  change: ", out);
    pl_text_plain(out, stack);
    if (s->host) {
        fputs(" on ", out);
        pl_text_plain(out, host);
    }
    fputs(" at ", out);
    pl_text_plain(out, commit);
    fputs(", ", out);
    pl_text_plain(out, pl_document_string(change->run, "started"));
    fprintf(out, ": %s", step);
    if (isnan(change->p))
        fputs(", exact\n", out);
    else
        fprintf(out, ", p %.3f\n", change->p);
}

/* @return how many series its table has */
static size_t write_metric(FILE *out, const struct history *h, const struct place *first)
{
    static const char *const better[] = {[PL_BETTER_LOWER] = "lower is better",
                                         [PL_BETTER_HIGHER] = "higher is better",
                                         [PL_BETTER_NONE] = "neither way is better"};
    const struct pl_metric *metric = h->list->series[first->series].metric;
    const struct place *end = h->places + h->list->count, *p = first;
    while (p < end && p->table == first->table)
        p++;
    size_t count = (size_t)(p - first);
    fprintf(out, "\n%s (class %s, %s)\n", metric->name, pl_class_name(metric->class),
            better[metric->better]);
    write_table(out, h, first, count);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < h->trends[first[i].series].change_count; k++)
            write_change(out, h, &first[i], &h->trends[first[i].series].changes[k]);
    return count;
}

static void write_conditions(FILE *out, const struct history *h, const struct place *first)
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
    pl_text_plain(out, pl_document_string(cell, "scenario"));
    fputs(": ", out);
    pl_text_plain(out, text);
    fputc('\n', out);
}

/* Each host that the tables name by its first digits. */
static void write_hosts(FILE *out, const struct pl_series_list *list)
{
    struct pl_index named = {0};
    for (size_t i = 0; i < list->count; i++) {
        const json_t *host = list->series[i].host;
        const char *hash = pl_document_string(host, "hash");
        if (!host || pl_index_find(&named, hash) != PL_INDEX_NONE)
            continue;
        pl_index_set(&named, hash, i);
        char digits[HOST_DIGITS + 1];
        name_host(host, digits, sizeof digits);
        fputs("host ", out);
        pl_text_plain(out, digits);
        fputs(": ", out);
        pl_text_plain(out, pl_document_string(host, "cpu"));
        fputs(", ", out);
        pl_text_plain(out, hash);
        fputc('\n', out);
    }
    pl_index_free(&named);
}

/* What a reader must know to read the tables, as far as it applies. */
static void write_notes(FILE *out, const struct history *h)
{
    bool versions = false, few = false, many = false;
    for (size_t i = 0; i < h->list->count; i++) {
        const struct pl_series *s = &h->list->series[i];
        versions = versions || h->places[i].version > 1;
        few = few || (s->host && s->count < 2 * PL_CHANGE_MIN_SEGMENT);
        many = many || s->count > h->trends[i].judged;
    }
    fputs("\nFirst and last: medians of a run. Trend: Theil-Sen, with its 95 % interval.\n", out);
    write_hosts(out, h->list);
    if (versions)
        fputs("(2), (3), ...: since the recording, a key of the scenario or a limit was changed.\n",
              out);
    if (few)
        fprintf(out, "Changes of S and N metrics are looked for from %d runs of a host on.\n",
                2 * PL_CHANGE_MIN_SEGMENT);
    if (many)
        fprintf(out, "Of a longer series, trend and changes are those of its last %d runs.\n",
                PL_TREND_RUNS_MAX);
}

void pl_history_page(FILE *out, const struct pl_series_list *list, const struct pl_trend *trends)
{
    struct history h = {.list = list, .trends = trends};
    if (place_all(&h)) {
        free_places(&h);
        fputs("no page: out of memory\n", out);
        return;
    }
    for (size_t i = 0; i < list->count;) {
        const struct place *p = &h.places[i];
        if (!i || p->section != p[-1].section) {
            fputs(i ? "\n" : "", out);
            write_conditions(out, &h, p);
        }
        i += write_metric(out, &h, p);
    }
    write_notes(out, &h);
    free_places(&h);
}
