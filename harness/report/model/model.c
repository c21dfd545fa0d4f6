/* Grouping cells and summing up their repetitions (model.h). */
#include "harness/report/model/model.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"
#include "harness/results/cell_name.h"
#include "harness/results/document.h"
#include "harness/results/rss_series.h"

static const json_t *container_of(const json_t *cell)
{
    return json_object_get(cell, "container");
}

/* What the cells of a group share, as one text. */
static char *group_key(const json_t *cell)
{
    struct pl_cell_name name = pl_cell_name_of(cell);
    const json_t *container = container_of(cell);
    return pl_memory_text("%s\n%s\n%s\n%s\n%.17g\n%.17g", name.scenario, name.format, name.clock,
                          pl_document_string(container, "kind"),
                          json_number_value(json_object_get(container, "bytes")),
                          json_number_value(json_object_get(cell, "duration_seconds")));
}

/* One more place at the end of an array, zeroed. */
static void *grow(void *array, size_t *count, size_t *capacity, size_t size)
{
    char *larger = array;
    if (*count == *capacity) {
        *capacity = *capacity ? 2 * *capacity : 4;
        larger = realloc(array, *capacity * size);
        if (!larger)
            pl_memory_refused();
    }
    memset(larger + (*count)++ * size, 0, size);
    return larger;
}

static void number(struct pl_index *index, const char *key, size_t number)
{
    pl_memory_had(pl_index_set(index, key, number));
}

/* The name of a group's pictures. plots/plot.py names them by the same rule: what is no letter,
 * digit, dot, underscore or hyphen becomes a hyphen, and alike names get the first number that is
 * free. The index has the next to try of each name. */
static void name_picture(struct pl_model *m, struct pl_model_group *g)
{
    char base[100];
    snprintf(base, sizeof base, "%.60s-%.30s", g->scenario, g->format);
    for (char *at = base; *at; at++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", *at))
            *at = '-';
    snprintf(g->picture, sizeof g->picture, "%s", base);
    size_t next = pl_index_find(&m->pictures, base);
    if (next == PL_INDEX_NONE) {
        number(&m->pictures, base, 2);
        return;
    }
    do
        snprintf(g->picture, sizeof g->picture, "%s-%zu", base, next++);
    while (pl_index_find(&m->pictures, g->picture) != PL_INDEX_NONE);
    number(&m->pictures, base, next);
    number(&m->pictures, g->picture, 2);
}

static struct pl_model_group *add_group(struct pl_model *m, const json_t *cell, const char *key)
{
    number(&m->group_numbers, key, m->group_count);
    m->groups = grow(m->groups, &m->group_count, &m->group_capacity, sizeof *m->groups);
    struct pl_model_group *g = &m->groups[m->group_count - 1];
    g->scenario = pl_document_string(cell, "scenario");
    g->title = pl_document_string(cell, "title");
    g->format = pl_document_string(cell, "format");
    g->clock = pl_document_string(cell, "clock");
    g->container = pl_document_string(container_of(cell), "kind");
    g->container_bytes = json_number_value(json_object_get(container_of(cell), "bytes"));
    g->duration_seconds = json_number_value(json_object_get(cell, "duration_seconds"));
    g->floor = PL_INDEX_NONE;
    name_picture(m, g);
    return g;
}

static struct pl_model_group *group_of(struct pl_model *m, const json_t *cell)
{
    char *key = group_key(cell);
    size_t known = pl_index_find(&m->group_numbers, key);
    struct pl_model_group *g = known == PL_INDEX_NONE ? add_group(m, cell, key) : &m->groups[known];
    free(key);
    return g;
}

static struct pl_model_row *add_row(struct pl_model_group *g, const struct pl_cell_name *name,
                                    const char *key)
{
    number(&g->row_numbers, key, g->row_count);
    g->rows = grow(g->rows, &g->row_count, &g->row_capacity, sizeof *g->rows);
    struct pl_model_row *row = &g->rows[g->row_count - 1];
    *row = (struct pl_model_row){
        .stack = name->allocator, .threads = name->threads, .expected = PL_VERDICT_NONE};
    g->threads = g->row_count == 1 || g->threads == name->threads ? name->threads : 0;
    return row;
}

static char *row_key(const char *stack, uint32_t threads)
{
    return pl_memory_text("%u\n%s", threads, stack);
}

static struct pl_model_row *row_of(struct pl_model_group *g, const json_t *cell)
{
    struct pl_cell_name name = pl_cell_name_of(cell);
    char *key = row_key(name.allocator, name.threads);
    size_t known = pl_index_find(&g->row_numbers, key);
    struct pl_model_row *row = known == PL_INDEX_NONE ? add_row(g, &name, key) : &g->rows[known];
    free(key);
    return row;
}

/* Numbers the rows where they stand now. */
static void number_rows(struct pl_model_group *g)
{
    for (size_t i = 0; i < g->row_count; i++) {
        char *key = row_key(g->rows[i].stack, g->rows[i].threads);
        number(&g->row_numbers, key, i);
        free(key);
        if (g->floor == PL_INDEX_NONE && pl_model_is_null(&g->rows[i]) &&
            pl_model_has_end(&g->rows[i]))
            g->floor = i;
    }
}

static int by_stack(const void *a, const void *b)
{
    const struct pl_model_row *x = a, *y = b;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return (x->threads > y->threads) - (x->threads < y->threads);
}

/* Stacks stay in the order in which the document has them first. */
static void sort_rows(struct pl_model_group *g)
{
    struct pl_index stacks = {0};
    for (size_t i = 0; i < g->row_count; i++) {
        size_t first = pl_index_find(&stacks, g->rows[i].stack);
        if (first == PL_INDEX_NONE)
            number(&stacks, g->rows[i].stack, first = i);
        g->rows[i].order = first;
    }
    pl_index_free(&stacks);
    qsort(g->rows, g->row_count, sizeof *g->rows, by_stack);
    number_rows(g);
}

/* What tables ask of a group for each of their cells. */
static void note_used(struct pl_model_group *g)
{
    const struct pl_model_row *floor = pl_model_floor(g);
    for (size_t i = 0; i < g->row_count; i++) {
        const struct pl_model_row *row = &g->rows[i];
        bool above = floor && row != floor && row->threads == floor->threads;
        for (size_t k = 0; k < PL_MODEL_METRICS; k++) {
            g->used[k] |= row->metrics[k].count > 0;
            g->used_above_floor[k] |=
                above && row->metrics[k].count > 0 && floor->metrics[k].count > 0;
        }
    }
}

static enum pl_outcome outcome_of(const json_t *cell)
{
    const char *name = pl_document_string(cell, "outcome");
    enum pl_outcome i = 0;
    while (i + 1 < PL_OUTCOME_COUNT && strcmp(pl_outcome_name(i), name) != 0)
        i++;
    return i;
}

static enum pl_verdict verdict_of(const json_t *cell)
{
    const char *name = pl_document_string(cell, "expected");
    enum pl_verdict i = 0;
    while (i < PL_VERDICT_NONE && strcmp(pl_verdict_name(i), name) != 0)
        i++;
    return i;
}

/* A failure outweighs what was not checked, and that what was met. */
static enum pl_verdict worse(enum pl_verdict a, enum pl_verdict b)
{
    static const int weight[] = {[PL_VERDICT_NONE] = 0,
                                 [PL_VERDICT_MET] = 1,
                                 [PL_VERDICT_NOT_CHECKED] = 2,
                                 [PL_VERDICT_FAILED] = 3};
    return weight[b] > weight[a] ? b : a;
}

static void add_cell(struct pl_model *m, const json_t *cell)
{
    struct pl_model_group *g = group_of(m, cell);
    struct pl_model_row *row = row_of(g, cell);
    enum pl_outcome outcome = outcome_of(cell); /* the enum goes from good to bad */
    row->cells = grow(row->cells, &row->cell_count, &row->cell_capacity, sizeof *row->cells);
    row->cells[row->cell_count - 1] = cell;
    row->outcome = outcome > row->outcome ? outcome : row->outcome;
    row->outcomes[outcome]++;
    row->expected = worse(row->expected, verdict_of(cell));
    g->repetitions = row->cell_count > g->repetitions ? row->cell_count : g->repetitions;
    m->cell_count++;
    m->outcomes[outcome]++;
    m->verdicts[verdict_of(cell)]++;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct pl_summary pl_summary_of(double *values, size_t count)
{
    if (count == 0)
        return (struct pl_summary){0};
    qsort(values, count, sizeof *values, ascending);
    double upper = values[count / 2], lower = values[(count - 1) / 2];
    return (struct pl_summary){count, (lower + upper) / 2, values[0], values[count - 1]};
}

static void sum_up(struct pl_model_row *row)
{
    double *values = pl_memory_take(row->cell_count, sizeof *values);
    for (size_t k = 0; k < PL_MODEL_METRICS; k++) {
        size_t count = 0;
        for (size_t i = 0; i < row->cell_count; i++) {
            const json_t *metrics = json_object_get(row->cells[i], "metrics");
            const json_t *value = json_object_get(metrics, pl_metrics[k].name);
            if (value)
                values[count++] = json_number_value(value);
        }
        row->metrics[k] = pl_summary_of(values, count);
    }
    free(values);
}

static void finish_group(struct pl_model_group *g)
{
    sort_rows(g);
    for (struct pl_model_row *row = g->rows; row < g->rows + g->row_count; row++) {
        sum_up(row);
        /* where all have as many threads, the group's conditions say so */
        row->label = !g->threads && row->threads > 1
                         ? pl_memory_text("%s, %u threads", row->stack, row->threads)
                         : pl_memory_text("%s", row->stack);
    }
    note_used(g);
}

int pl_model_build(struct pl_model *m, const json_t *root, struct pl_error *error)
{
    const json_t *cell;
    size_t i;
    *m = (struct pl_model){0};
    int rc = pl_document_check(root, error);
    if (rc)
        return rc;
    m->root = json_incref((json_t *)root);
    json_array_foreach(json_object_get(root, "cells"), i, cell) add_cell(m, cell);
    for (size_t g = 0; g < m->group_count; g++)
        finish_group(&m->groups[g]);
    return 0;
}

static void look_for_series(struct pl_model *m, const char *folder)
{
    for (size_t g = 0; g < m->group_count; g++)
        for (size_t r = 0; r < m->groups[g].row_count; r++) {
            struct pl_model_row *row = &m->groups[g].rows[r];
            for (size_t i = 0; i < row->cell_count; i++) {
                struct pl_error error;
                int rc = pl_memory_had(pl_rss_series_check(folder, row->cells[i], &error));
                row->series_missing += rc != 0;
                if (rc && rc != -ENOENT && m->damaged_series++ == 0)
                    m->damaged = error;
            }
        }
}

int pl_model_load(struct pl_model *m, const char *folder, struct pl_error *error)
{
    json_t *root = NULL;
    *m = (struct pl_model){0};
    int rc = pl_document_load(folder, &root, error);
    if (rc)
        return rc;
    rc = pl_model_build(m, root, error);
    json_decref(root);
    if (!rc)
        look_for_series(m, folder);
    return rc;
}

void pl_model_free(struct pl_model *m)
{
    for (size_t g = 0; g < m->group_count; g++) {
        for (size_t r = 0; r < m->groups[g].row_count; r++) {
            free(m->groups[g].rows[r].cells);
            free(m->groups[g].rows[r].label);
        }
        free(m->groups[g].rows);
        pl_index_free(&m->groups[g].row_numbers);
    }
    free(m->groups);
    pl_index_free(&m->group_numbers);
    pl_index_free(&m->pictures);
    json_decref(m->root);
    *m = (struct pl_model){0};
}

bool pl_model_has_end(const struct pl_model_row *row)
{
    return row->outcome == PL_OUTCOME_BOUNDED || row->outcome == PL_OUTCOME_GROWING;
}

bool pl_model_is_null(const struct pl_model_row *row)
{
    return strcmp(row->stack, "null") == 0;
}

double pl_model_share_dropped(const struct pl_model_row *row)
{
    const struct pl_summary *received = &row->metrics[PL_MODEL_packets_received];
    const struct pl_summary *dropped = &row->metrics[PL_MODEL_packets_dropped];
    return dropped->count && received->count && received->median > 0
               ? dropped->median / received->median
               : 0;
}

const struct pl_model_row *pl_model_floor(const struct pl_model_group *g)
{
    return g->floor == PL_INDEX_NONE ? NULL : &g->rows[g->floor];
}

const struct pl_model_row *pl_model_row_of(const struct pl_model_group *g, const char *stack,
                                           uint32_t threads)
{
    char *key = row_key(stack, threads);
    size_t known = pl_index_find(&g->row_numbers, key);
    free(key);
    return known == PL_INDEX_NONE ? NULL : &g->rows[known];
}

json_t *pl_model_heaps(const struct pl_model *m)
{
    json_t *list = json_array(), *cell;
    size_t i;
    json_array_foreach(json_object_get(m->root, "cells"), i, cell)
    {
        json_t *heap = json_object_get(cell, "heap");
        size_t known = 0;
        while (known < json_array_size(list) && !json_equal(json_array_get(list, known), heap))
            known++;
        if (heap && known == json_array_size(list))
            json_array_append(list, heap);
    }
    return list;
}
