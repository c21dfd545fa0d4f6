/* The history's runs as series: one for each stack, number of threads, metric and set of
 * conditions. */
#ifndef PL_COMPARE_SERIES_H
#define PL_COMPARE_SERIES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "harness/base/index.h"
#include "harness/measure/metrics.h"

/** What to take from the history. */
struct pl_series_query {
    const char *scenario;
    const char *allocator; /* NULL: every stack */
    const struct pl_metric *const *metrics;
    size_t metric_count;
};

struct pl_series_point {
    const json_t *run;
    double value; /* a median, in the unit of the metric */
};

/** One metric of one stack over time. Its strings belong to the runs. */
struct pl_series {
    const json_t *cell; /* the first of them: what they have in common */
    const struct pl_metric *metric;
    const json_t *host; /* where all of it was measured; NULL for class D, which may be mixed */
    struct pl_series_point *points; /* the oldest first */
    size_t count, capacity;
};

struct pl_series_list {
    struct pl_series *series; /* in the order in which the history first names them */
    size_t count, capacity;
    size_t runs;             /* that hold the scenario */
    struct pl_index numbers; /* of the series, by what their points share */
};

/** Collects the series that a query asks for, runs in the order of their start. Classes S and N
 *  are split by host: noisy figures of two machines are not comparable.
 *  @param runs from pl_history_read; must outlive the list @return 0 or -ENOMEM */
int pl_series_collect(const json_t *runs, const struct pl_series_query *query,
                      struct pl_series_list *list);

/** What series have in common that differ in nothing but stack, threads, metric and host, as one
 * text. @return free() it */
char *pl_series_conditions(const struct pl_series *series);

/** Takes a list that was never filled, or half. */
void pl_series_free(struct pl_series_list *list);

#endif
