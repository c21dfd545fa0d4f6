/* Sorting the runs and sharing out their figures (series.h). */
#include "harness/compare/series.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"
#include "harness/results/cell_name.h"
#include "harness/results/document.h"

struct place {
    const json_t *run;
    size_t index; /* in the file: of two that began in one second, the first added comes first */
};

static int by_start(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    int order =
        strcmp(pl_document_string(x->run, "started"), pl_document_string(y->run, "started"));
    return order ? order : (x->index > y->index) - (x->index < y->index);
}

static struct place *sorted(const json_t *runs)
{
    size_t count = json_array_size(runs);
    struct place *places = malloc((count ? count : 1) * sizeof *places);
    if (!places)
        return NULL;
    for (size_t i = 0; i < count; i++)
        places[i] = (struct place){json_array_get(runs, i), i};
    qsort(places, count, sizeof *places, by_start);
    return places;
}

char *pl_series_conditions(const struct pl_series *series)
{
    const json_t *cell = series->cell;
    struct pl_cell_name name = pl_cell_name_of(cell);
    return pl_memory_text("%s\n%s\n%s\n%s\n%.17g\n%.17g", name.scenario, name.format, name.clock,
                          pl_document_string(cell, "container"),
                          json_number_value(json_object_get(cell, "container_bytes")),
                          json_number_value(json_object_get(cell, "duration_seconds")));
}

/* What the points of a series share, as one text; metrics of class D may be of any host. */
static char *series_key(const json_t *cell, const struct pl_metric *metric, const json_t *host)
{
    struct pl_cell_name name = pl_cell_name_of(cell);
    char *names = pl_cell_name_key(&name), *key = NULL;
    int length = names ? asprintf(&key, "%s\n%s\n%s\n%.17g\n%.17g\n%s\n%s", metric->name,
                                  pl_document_string(cell, "conditions"),
                                  pl_document_string(cell, "container"),
                                  json_number_value(json_object_get(cell, "container_bytes")),
                                  json_number_value(json_object_get(cell, "duration_seconds")),
                                  host ? pl_document_string(host, "hash") : "", names)
                       : -1;
    free(names);
    return length < 0 ? NULL : key;
}

/* Room for one more. @return the array where it is now, or NULL */
static void *room(void *array, size_t count, size_t *capacity, size_t size)
{
    size_t wanted = *capacity ? 2 * *capacity : 4;
    if (count < *capacity)
        return array;
    void *larger = realloc(array, wanted * size);
    *capacity = larger ? wanted : *capacity;
    return larger;
}

static struct pl_series *add_series(struct pl_series_list *list, const struct pl_series *series,
                                    const char *key)
{
    struct pl_series *larger = room(list->series, list->count, &list->capacity, sizeof *larger);
    if (!larger)
        return NULL;
    list->series = larger;
    if (pl_index_set(&list->numbers, key, list->count))
        return NULL;
    larger[list->count] = *series;
    return &larger[list->count++];
}

static struct pl_series *series_of(struct pl_series_list *list, const json_t *cell,
                                   const struct pl_metric *metric, const json_t *host)
{
    struct pl_series new = {
        .cell = cell, .metric = metric, .host = metric->class == PL_CLASS_D ? NULL : host};
    char *key = series_key(cell, metric, new.host);
    size_t number = key ? pl_index_find(&list->numbers, key) : PL_INDEX_NONE;
    struct pl_series *s = number != PL_INDEX_NONE ? &list->series[number]
                          : key                   ? add_series(list, &new, key)
                                                  : NULL;
    free(key);
    return s;
}

static int add_point(struct pl_series *s, const json_t *run, double value)
{
    struct pl_series_point *larger = room(s->points, s->count, &s->capacity, sizeof *larger);
    if (!larger)
        return -ENOMEM;
    s->points = larger;
    larger[s->count++] = (struct pl_series_point){run, value};
    return 0;
}

static int add_cell(struct pl_series_list *list, const struct pl_series_query *q, const json_t *run,
                    const json_t *cell)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < q->metric_count; i++) {
        const json_t *value =
            json_object_get(json_object_get(cell, "metrics"), q->metrics[i]->name);
        if (!value)
            continue;
        struct pl_series *s = series_of(list, cell, q->metrics[i], json_object_get(run, "host"));
        rc = s ? add_point(s, run, json_number_value(value)) : -ENOMEM;
    }
    return rc;
}

static int add_run(struct pl_series_list *list, const struct pl_series_query *q, const json_t *run)
{
    const json_t *cell;
    size_t i;
    bool asked = false;
    int rc = 0;
    json_array_foreach(json_object_get(run, "cells"), i, cell)
    {
        if (rc || strcmp(pl_document_string(cell, "scenario"), q->scenario) != 0)
            continue;
        asked = true;
        if (!q->allocator || strcmp(pl_document_string(cell, "allocator"), q->allocator) == 0)
            rc = add_cell(list, q, run, cell);
    }
    list->runs += asked;
    return rc;
}

int pl_series_collect(const json_t *runs, const struct pl_series_query *query,
                      struct pl_series_list *list)
{
    *list = (struct pl_series_list){0};
    struct place *places = sorted(runs);
    int rc = places ? 0 : -ENOMEM;
    for (size_t i = 0; !rc && i < json_array_size(runs); i++)
        rc = add_run(list, query, places[i].run);
    free(places);
    if (rc)
        pl_series_free(list);
    return rc;
}

void pl_series_free(struct pl_series_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->series[i].points);
    free(list->series);
    pl_index_free(&list->numbers);
    *list = (struct pl_series_list){0};
}
