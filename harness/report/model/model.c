/* Grouping cells and summing up their repetitions (model.h). */
#include "harness/report/model/model.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/results/cell_name.h"
#include "harness/results/document.h"

static const json_t *container_of(const json_t *cell)
{
    return json_object_get(cell, "container");
}

/* What the cells of a group share, as one text. NULL when out of memory */
static char *group_key(const json_t *cell)
{
    struct pl_cell_name name = pl_cell_name_of(cell);
    const json_t *container = container_of(cell);
    char *key = NULL;
    int length = asprintf(&key, "%s\n%s\n%s\n%s\n%.17g\n%.17g", name.scenario, name.format,
                          name.clock, pl_document_string(container, "kind"),
                          json_number_value(json_object_get(container, "bytes")),
                          json_number_value(json_object_get(cell, "duration_seconds")));
    return length < 0 ? NULL : key;
}

/* One more place at the end of an array, zeroed; NULL when out of memory. */
static void *grow(void *array, size_t *count, size_t *capacity, size_t size)
{
    char *larger = array;
    if (*count == *capacity) {
        size_t wanted = *capacity ? 2 * *capacity : 4;
        larger = realloc(array, wanted * size);
        if (!larger)
            return NULL;
        *capacity = wanted;
    }
    memset(larger + (*count)++ * size, 0, size);
    return larger;
}

/* The name of a group's pictures. plots/plot.py names them by the same rule: what is no letter,
 * digit, dot, underscore or hyphen becomes a hyphen, and alike names get the first number that is
 * free. The index has the next to try of each name. */
static int name_picture(struct pl_model *m, struct pl_model_group *g)
{
    char base[100];
    snprintf(base, sizeof base, "%.60s-%.30s", g->scenario, g->format);
    for (char *at = base; *at; at++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", *at))
            *at = '-';
    snprintf(g->picture, sizeof g->picture, "%s", base);
    size_t number = pl_index_find(&m->pictures, base);
    if (number == PL_INDEX_NONE)
        return pl_index_set(&m->pictures, base, 2);
    do
        snprintf(g->picture, sizeof g->picture, "%s-%zu", base, number++);
    while (pl_index_find(&m->pictures, g->picture) != PL_INDEX_NONE);
    int rc = pl_index_set(&m->pictures, base, number);
    return rc ? rc : pl_index_set(&m->pictures, g->picture, 2);
}

static struct pl_model_group *add_group(struct pl_model *m, const json_t *cell, const char *key)
{
    if (pl_index_set(&m->group_numbers, key, m->group_count))
        return NULL;
    void *larger = grow(m->groups, &m->group_count, &m->group_capacity, sizeof *m->groups);
    if (!larger)
        return NULL;
    m->groups = larger;
    struct pl_model_group *g = &m->groups[m->group_count - 1];
    g->scenario = pl_document_string(cell, "scenario");
    g->title = pl_document_string(cell, "title");
    g->format = pl_document_string(cell, "format");
    g->clock = pl_document_string(cell, "clock");
    g->container = pl_document_string(container_of(cell), "kind");
    g->container_bytes = json_number_value(json_object_get(container_of(cell), "bytes"));
    g->duration_seconds = json_number_value(json_object_get(cell, "duration_seconds"));
    g->floor = PL_INDEX_NONE;
    return name_picture(m, g) ? NULL : g;
}

static struct pl_model_group *group_of(struct pl_model *m, const json_t *cell)
{
    char *key = group_key(cell);
    size_t number = key ? pl_index_find(&m->group_numbers, key) : PL_INDEX_NONE;
    struct pl_model_group *g = number != PL_INDEX_NONE ? &m->groups[number]
                               : key                   ? add_group(m, cell, key)
                                                       : NULL;
    free(key);
    return g;
}

static char *row_key(const char *stack, uint32_t threads)
{
    char *key = NULL;
    return asprintf(&key, "%u\n%s", threads, stack) < 0 ? NULL : key;
}

static struct pl_model_row *add_row(struct pl_model_group *g, const struct pl_cell_name *name,
                                    const char *key)
{
    if (pl_index_set(&g->row_numbers, key, g->row_count))
        return NULL;
    void *larger = grow(g->rows, &g->row_count, &g->row_capacity, sizeof *g->rows);
    if (!larger)
        return NULL;
    g->rows = larger;
    struct pl_model_row *row = &g->rows[g->row_count - 1];
    *row = (struct pl_model_row){
        .stack = name->allocator, .threads = name->threads, .expected = PL_VERDICT_NONE};
    g->threads = g->row_count == 1 || g->threads == name->threads ? name->threads : 0;
    return row;
}

static struct pl_model_row *row_of(struct pl_model_group *g, const json_t *cell)
{
    struct pl_cell_name name = pl_cell_name_of(cell);
    char *key = row_key(name.allocator, name.threads);
    size_t number = key ? pl_index_find(&g->row_numbers, key) : PL_INDEX_NONE;
    struct pl_model_row *row = number != PL_INDEX_NONE ? &g->rows[number]
                               : key                   ? add_row(g, &name, key)
                                                       : NULL;
    free(key);
    return row;
}

/* Numbers the rows where they stand now. */
static int number_rows(struct pl_model_group *g)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < g->row_count; i++) {
        char *key = row_key(g->rows[i].stack, g->rows[i].threads);
        rc = key ? pl_index_set(&g->row_numbers, key, i) : -ENOMEM;
        free(key);
        if (g->floor == PL_INDEX_NONE && strcmp(g->rows[i].stack, "null") == 0)
            g->floor = i;
    }
    return rc;
}

static int by_stack(const void *a, const void *b)
{
    const struct pl_model_row *x = a, *y = b;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return (x->threads > y->threads) - (x->threads < y->threads);
}

/* Stacks stay in the order in which the document has them first. */
static int sort_rows(struct pl_model_group *g)
{
    struct pl_index stacks = {0};
    int rc = 0;
    for (size_t i = 0; !rc && i < g->row_count; i++) {
        size_t first = pl_index_find(&stacks, g->rows[i].stack);
        if (first == PL_INDEX_NONE)
            rc = pl_index_set(&stacks, g->rows[i].stack, i);
        g->rows[i].order = first == PL_INDEX_NONE ? i : first;
    }
    pl_index_free(&stacks);
    if (rc)
        return rc;
    qsort(g->rows, g->row_count, sizeof *g->rows, by_stack);
    return number_rows(g);
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

/* Known when all rows are there. Where all have as many, the group's conditions say so. */
static int name_row(const struct pl_model_group *g, struct pl_model_row *row)
{
    bool told = !g->threads && row->threads > 1;
    int length = told ? asprintf(&row->label, "%s, %u threads", row->stack, row->threads)
                      : asprintf(&row->label, "%s", row->stack);
    if (length >= 0)
        return 0;
    row->label = NULL;
    return -ENOMEM;
}

static enum pl_outcome outcome_of(const json_t *cell)
{
    int i = 0;
    while (i + 1 < PL_OUTCOME_COUNT &&
           strcmp(pl_outcome_name((enum pl_outcome)i), pl_document_string(cell, "outcome")) != 0)
        i++;
    return (enum pl_outcome)i;
}

static enum pl_verdict verdict_of(const json_t *cell)
{
    int i = 0;
    while (i < PL_VERDICT_NONE &&
           strcmp(pl_verdict_name((enum pl_verdict)i), pl_document_string(cell, "expected")) != 0)
        i++;
    return (enum pl_verdict)i;
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

static int add_cell(struct pl_model *m, const json_t *cell)
{
    struct pl_model_group *g = group_of(m, cell);
    struct pl_model_row *row = g ? row_of(g, cell) : NULL;
    void *larger =
        row ? grow(row->cells, &row->cell_count, &row->cell_capacity, sizeof *row->cells) : NULL;
    if (!larger)
        return -ENOMEM;
    row->cells = larger;
    row->cells[row->cell_count - 1] = cell;
    enum pl_outcome outcome = outcome_of(cell); /* the enum goes from good to bad */
    row->outcome = outcome > row->outcome ? outcome : row->outcome;
    row->outcomes[outcome]++;
    row->expected = worse(row->expected, verdict_of(cell));
    g->repetitions = row->cell_count > g->repetitions ? row->cell_count : g->repetitions;
    m->cell_count++;
    m->outcomes[outcome]++;
    m->verdicts[verdict_of(cell)]++;
    return 0;
}

static int sum_up(struct pl_model_row *row)
{
    double *values = malloc(row->cell_count * sizeof *values);
    if (!values)
        return -ENOMEM;
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
    return 0;
}

static int finish_group(struct pl_model_group *g)
{
    int rc = sort_rows(g);
    for (size_t r = 0; !rc && r < g->row_count; r++) {
        rc = sum_up(&g->rows[r]);
        if (!rc)
            rc = name_row(g, &g->rows[r]);
    }
    note_used(g);
    return rc;
}

static int build(struct pl_model *m)
{
    const json_t *cell;
    size_t i;
    int rc = 0;
    json_array_foreach(json_object_get(m->root, "cells"), i, cell) if (!rc) rc = add_cell(m, cell);
    for (size_t g = 0; !rc && g < m->group_count; g++)
        rc = finish_group(&m->groups[g]);
    return rc;
}

int pl_model_build(struct pl_model *m, const json_t *root, struct pl_error *error)
{
    *m = (struct pl_model){0};
    int rc = pl_document_check(root, error);
    if (rc)
        return rc;
    m->root = json_incref((json_t *)root);
    rc = build(m);
    if (rc) {
        pl_model_free(m);
        return pl_error_set(error, rc, "out of memory");
    }
    return 0;
}

static void look_for_series(struct pl_model *m, const char *folder)
{
    char path[8192];
    for (size_t g = 0; g < m->group_count; g++)
        for (size_t r = 0; r < m->groups[g].row_count; r++) {
            struct pl_model_row *row = &m->groups[g].rows[r];
            for (size_t i = 0; i < row->cell_count; i++) {
                const char *name = pl_document_string(row->cells[i], "series");
                snprintf(path, sizeof path, "%s/%s", folder, name);
                /* pairs keep the series of the first repetition alone */
                row->series_missing += *name && access(path, R_OK) != 0;
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
    if (rc)
        return rc;
    look_for_series(m, folder);
    return 0;
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

const struct pl_model_row *pl_model_floor(const struct pl_model_group *g)
{
    return g->floor == PL_INDEX_NONE ? NULL : &g->rows[g->floor];
}

const struct pl_model_row *pl_model_row_of(const struct pl_model_group *g, const char *stack,
                                           uint32_t threads)
{
    char *key = row_key(stack, threads);
    size_t number = key ? pl_index_find(&g->row_numbers, key) : PL_INDEX_NONE;
    free(key);
    return number == PL_INDEX_NONE ? NULL : &g->rows[number];
}
