/* A section for each set of conditions, in it a table a metric (history_page.h). */
#include "harness/report/history_page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/change_text.h"
#include "harness/report/columns.h"
#include "harness/report/grid.h"
#include "harness/report/history_figures.h"
#include "harness/report/text.h"
#include "harness/report/trend.h"
#include "harness/results/cell_name.h"
#include "harness/results/document.h"
#include "harness/stats/change_points.h"

#define HEADS 2
#define HOST_DIGITS 8
#define HASH_PREFIX (sizeof "fnv1a64:" - 1)

enum { STACK, HOST, RUNS, FIRST, LAST, TREND, LINE, COLUMNS };

struct history {
    const struct pl_series_list *list;
    const struct pl_trend *trends; /* one a series */
};

/* "any" for figures that don't depend on the host, else its first digits. */
static void name_host(const json_t *host, char *text, size_t capacity)
{
    const char *hash = host ? pl_document_string(host, "hash") : "any";
    snprintf(text, capacity, "%.*s", HOST_DIGITS,
             host && strlen(hash) > HASH_PREFIX ? hash + HASH_PREFIX : hash);
}

/* Of series that differ in nothing that is shown, which one this is, from 1: the recording, a key
 * of the scenario or a limit is another. */
static size_t version_of(const struct pl_series_list *list, const struct pl_series *s)
{
    struct pl_cell_name mine = pl_cell_name_of(s->cell);
    size_t version = 1;
    for (const struct pl_series *o = list->series; o < s; o++) {
        struct pl_cell_name its = pl_cell_name_of(o->cell);
        version +=
            o->metric == s->metric && pl_series_comparable(o, s) &&
            pl_cell_name_equal(&its, &mine) &&
            strcmp(pl_document_string(o->host, "hash"), pl_document_string(s->host, "hash")) == 0;
    }
    return version;
}

/* How many threads all series of a section have; 0 where they differ. */
static uint32_t threads_of(const struct pl_series_list *list, const struct pl_series *head)
{
    uint32_t threads = pl_cell_name_of(head->cell).threads;
    for (size_t i = 0; i < list->count; i++)
        if (pl_series_comparable(head, &list->series[i]) &&
            pl_cell_name_of(list->series[i].cell).threads != threads)
            return 0;
    return threads;
}

static void name_stack(const struct pl_series_list *list, const struct pl_series *s, char *text,
                       size_t capacity)
{
    size_t version = version_of(list, s);
    struct pl_cell_name name = pl_cell_name_of(s->cell);
    if (threads_of(list, s))
        name.threads = 1; /* the section's conditions say how many */
    pl_cell_name_stack(&name, text, capacity);
    size_t used = strlen(text);
    if (version > 1)
        snprintf(text + used, capacity - used, " (%zu)", version);
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
}

static void set_row(struct pl_grid *grid, size_t row, const struct history *h, size_t index)
{
    const struct pl_series *s = &h->list->series[index];
    char stack[PL_STACK_TEXT_MAX + 32], text[PL_HISTORY_FIGURE], line[PL_TREND_LINE_TEXT];
    name_stack(h->list, s, stack, sizeof stack);
    pl_grid_set(grid, row, STACK, stack);
    name_host(s->host, text, sizeof text);
    pl_grid_set(grid, row, HOST, text);
    snprintf(text, sizeof text, "%zu", s->count);
    pl_grid_set(grid, row, RUNS, text);
    pl_change_value(s->metric, s->points[0].value, text);
    pl_grid_set(grid, row, FIRST, text);
    pl_change_value(s->metric, s->points[s->count - 1].value, text);
    pl_grid_set(grid, row, LAST, text);
    pl_history_slope(s, &h->trends[index], text);
    pl_grid_set(grid, row, TREND, text);
    if (pl_trend_line(s, line) == 0)
        pl_grid_set(grid, row, LINE, line);
}

/* Whether a series stands in the table of this one. */
static bool shares_table(const struct pl_series *a, const struct pl_series *b)
{
    return a->metric == b->metric && pl_series_comparable(a, b);
}

static void write_table(FILE *out, const struct history *h, const struct pl_series *head)
{
    struct pl_grid grid;
    size_t rows = HEADS;
    for (size_t i = 0; i < h->list->count; i++)
        rows += shares_table(head, &h->list->series[i]);
    if (pl_grid_make(&grid, rows, HEADS, COLUMNS)) {
        set_heads(&grid);
        rows = HEADS;
        for (size_t i = 0; i < h->list->count; i++)
            if (shares_table(head, &h->list->series[i]))
                set_row(&grid, rows++, h, i);
        pl_grid_print(out, &grid, NULL);
    }
    pl_grid_free(&grid);
}

static void write_change(FILE *out, const struct history *h, const struct pl_series *s,
                         const struct pl_trend_change *change)
{
    char step[PL_HISTORY_FIGURE], commit[PL_HISTORY_FIGURE], stack[PL_STACK_TEXT_MAX + 32],
        host[HOST_DIGITS + 1];
    name_stack(h->list, s, stack, sizeof stack);
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

static void write_metric(FILE *out, const struct history *h, const struct pl_series *head)
{
    static const char *const better[] = {[PL_BETTER_LOWER] = "lower is better",
                                         [PL_BETTER_HIGHER] = "higher is better",
                                         [PL_BETTER_NONE] = "neither way is better"};
    fprintf(out, "\n%s (class %s, %s)\n", head->metric->name, pl_class_name(head->metric->class),
            better[head->metric->better]);
    write_table(out, h, head);
    for (size_t i = 0; i < h->list->count; i++)
        for (size_t k = 0; shares_table(head, &h->list->series[i]) && k < h->trends[i].change_count;
             k++)
            write_change(out, h, &h->list->series[i], &h->trends[i].changes[k]);
}

static void write_conditions(FILE *out, const struct pl_series_list *list,
                             const struct pl_series *head)
{
    const json_t *cell = head->cell;
    char text[PL_TEXT_FIGURE * 4];
    const struct pl_model_group group = {
        .format = pl_document_string(cell, "format"),
        .clock = pl_document_string(cell, "clock"),
        .container = pl_document_string(cell, "container"),
        .container_bytes = json_number_value(json_object_get(cell, "container_bytes")),
        .duration_seconds = json_number_value(json_object_get(cell, "duration_seconds")),
        .threads = threads_of(list, head),
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
    for (size_t i = 0; i < list->count; i++) {
        const json_t *host = list->series[i].host;
        const char *hash = pl_document_string(host, "hash");
        bool named = !host;
        for (size_t k = 0; !named && k < i; k++)
            named = strcmp(pl_document_string(list->series[k].host, "hash"), hash) == 0;
        if (named)
            continue;
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
}

/* What a reader must know to read the tables, as far as it applies. */
static void write_notes(FILE *out, const struct history *h)
{
    bool versions = false, few = false, many = false;
    for (size_t i = 0; i < h->list->count; i++) {
        const struct pl_series *s = &h->list->series[i];
        versions = versions || version_of(h->list, s) > 1;
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

/* Whether a series is the first of its section, or of its table where a metric is given. */
static bool is_first(const struct pl_series_list *list, size_t index, bool of_table)
{
    const struct pl_series *s = &list->series[index];
    for (size_t i = 0; i < index; i++)
        if (of_table ? shares_table(&list->series[i], s)
                     : pl_series_comparable(&list->series[i], s))
            return false;
    return true;
}

void pl_history_page(FILE *out, const struct pl_series_list *list, const struct pl_trend *trends)
{
    const struct history all = {list, trends}, *h = &all;
    for (size_t i = 0; i < h->list->count; i++) {
        const struct pl_series *head = &h->list->series[i];
        if (!is_first(h->list, i, false))
            continue;
        fputs(i ? "\n" : "", out);
        write_conditions(out, h->list, head);
        for (size_t k = i; k < h->list->count; k++)
            if (pl_series_comparable(head, &h->list->series[k]) && is_first(h->list, k, true))
                write_metric(out, h, &h->list->series[k]);
    }
    write_notes(out, h);
}
