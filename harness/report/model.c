/* Grouping cells and summing up their repetitions (model.h). */
#include "harness/report/model.h"

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

static bool belongs(const struct pl_model_group *g, const json_t *cell)
{
    struct pl_cell_name name = pl_cell_name_of(cell);
    struct pl_cell_name mine = {.scenario = g->scenario, .format = g->format, .clock = g->clock};
    return pl_cell_name_beside(&mine, &name) &&
           strcmp(g->container, pl_document_string(container_of(cell), "kind")) == 0 &&
           g->container_bytes == json_number_value(json_object_get(container_of(cell), "bytes")) &&
           g->duration_seconds == json_number_value(json_object_get(cell, "duration_seconds"));
}

/* One more place at the end of an array, zeroed; NULL when out of memory. */
static void *grow(void *array, size_t *count, size_t size)
{
    char *larger = realloc(array, (*count + 1) * size);
    if (larger)
        memset(larger + (*count)++ * size, 0, size);
    return larger;
}

/* The name of a group's pictures. plots/plot.py names them by the same rule: what is no letter,
 * digit, dot, underscore or hyphen becomes a hyphen, and alike names get a number. */
static void name_picture(const struct pl_model *m, struct pl_model_group *g)
{
    char base[100];
    snprintf(base, sizeof base, "%.60s-%.30s", g->scenario, g->format);
    for (char *at = base; *at; at++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", *at))
            *at = '-';
    snprintf(g->picture, sizeof g->picture, "%s", base);
    for (size_t i = 0, number = 2; i + 1 < m->group_count; i++)
        if (strcmp(m->groups[i].picture, g->picture) == 0) {
            snprintf(g->picture, sizeof g->picture, "%s-%zu", base, number++);
            i = (size_t)-1; /* the new name may be taken too */
        }
}

static struct pl_model_group *group_of(struct pl_model *m, const json_t *cell)
{
    for (size_t i = 0; i < m->group_count; i++)
        if (belongs(&m->groups[i], cell))
            return &m->groups[i];
    void *larger = grow(m->groups, &m->group_count, sizeof *m->groups);
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
    name_picture(m, g);
    return g;
}

/* Behind the rows of its stack with fewer threads; at the end for a stack that is new. */
static size_t place_of(const struct pl_model_group *g, const struct pl_cell_name *name)
{
    size_t place = g->row_count;
    for (size_t i = g->row_count; i-- > 0;) {
        if (strcmp(g->rows[i].stack, name->allocator) != 0)
            continue;
        if (g->rows[i].threads < name->threads)
            return i + 1;
        place = i;
    }
    return place;
}

static struct pl_model_row *add_row(struct pl_model_group *g, const struct pl_cell_name *name)
{
    size_t place = place_of(g, name);
    void *larger = grow(g->rows, &g->row_count, sizeof *g->rows);
    if (!larger)
        return NULL;
    g->rows = larger;
    struct pl_model_row *row = &g->rows[place];
    memmove(row + 1, row, (g->row_count - 1 - place) * sizeof *row);
    *row = (struct pl_model_row){
        .stack = name->allocator, .threads = name->threads, .expected = PL_VERDICT_NONE};
    g->threads = g->row_count == 1 || g->threads == name->threads ? name->threads : 0;
    return row;
}

static struct pl_model_row *row_of(struct pl_model_group *g, const json_t *cell)
{
    struct pl_cell_name name = pl_cell_name_of(cell);
    for (size_t i = 0; i < g->row_count; i++)
        if (strcmp(g->rows[i].stack, name.allocator) == 0 && g->rows[i].threads == name.threads)
            return &g->rows[i];
    return add_row(g, &name);
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
    void *larger = row ? grow(row->cells, &row->cell_count, sizeof *row->cells) : NULL;
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

static int build(struct pl_model *m)
{
    const json_t *cell;
    size_t i;
    int rc = 0;
    json_array_foreach(json_object_get(m->root, "cells"), i, cell) if (!rc) rc = add_cell(m, cell);
    for (size_t g = 0; g < m->group_count; g++)
        for (size_t r = 0; !rc && r < m->groups[g].row_count; r++) {
            rc = sum_up(&m->groups[g].rows[r]);
            if (!rc)
                rc = name_row(&m->groups[g], &m->groups[g].rows[r]);
        }
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
    }
    free(m->groups);
    json_decref(m->root);
    *m = (struct pl_model){0};
}

const struct pl_model_row *pl_model_floor(const struct pl_model_group *g)
{
    for (size_t i = 0; i < g->row_count; i++)
        if (strcmp(g->rows[i].stack, "null") == 0)
            return &g->rows[i];
    return NULL;
}
