/* Choosing and judging series of the history (trends.h). */
#include "harness/report/model/trends.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"
#include "harness/results/cell_name.h"
#include "harness/results/document.h"
#include "harness/results/host.h"

const char *const pl_trends_metrics[PL_TRENDS_METRICS] = {"rss_bytes_peak", "cpu_ns_per_packet",
                                                          "live_bytes_peak", "packets_dropped"};

static bool is_of_group(const struct pl_series *s, const struct pl_model_group *g)
{
    const json_t *cell = s->cell;
    struct pl_cell_name name = pl_cell_name_of(cell);
    struct pl_cell_name mine = {.scenario = g->scenario, .format = g->format, .clock = g->clock};
    return pl_cell_name_beside(&mine, &name) &&
           strcmp(g->container, pl_document_string(cell, "container")) == 0 &&
           g->container_bytes == json_number_value(json_object_get(cell, "container_bytes")) &&
           g->duration_seconds == json_number_value(json_object_get(cell, "duration_seconds"));
}

static char *row_key(const char *stack, uint32_t threads, const char *metric)
{
    return pl_memory_text("%s\n%u\n%s", metric, threads, stack);
}

static const char *last_start(const struct pl_series *s)
{
    return pl_document_string(s->points[s->count - 1].run, "started");
}

/* Of several for one row the one that goes on the longest, of those the last. */
static void choose(struct pl_index *chosen, const struct pl_series_list *list, size_t number)
{
    const struct pl_series *s = &list->series[number];
    struct pl_cell_name name = pl_cell_name_of(s->cell);
    char *key = row_key(name.allocator, name.threads, s->metric->name);
    size_t before = pl_index_find(chosen, key);
    if (before == PL_INDEX_NONE || strcmp(last_start(s), last_start(&list->series[before])) >= 0)
        pl_memory_had(pl_index_set(chosen, key, number));
    free(key);
}

/* The series of each row of a group. @param host the hash of this one */
static struct pl_index choose_all(const struct pl_series_list *list, const char *host,
                                  const struct pl_model_group *g)
{
    struct pl_index chosen = {0};
    for (size_t i = 0; i < list->count; i++) {
        const struct pl_series *s = &list->series[i];
        bool here = !s->host || strcmp(pl_document_string(s->host, "hash"), host) == 0;
        if (here && is_of_group(s, g))
            choose(&chosen, list, i);
    }
    return chosen;
}

static const struct pl_series *find(const struct pl_index *chosen,
                                    const struct pl_series_list *list,
                                    const struct pl_model_row *row, const char *metric)
{
    char *key = row_key(row->stack, row->threads, metric);
    size_t number = pl_index_find(chosen, key);
    free(key);
    return number == PL_INDEX_NONE ? NULL : &list->series[number];
}

static int judge(struct pl_trends_series *s, struct pl_error *error)
{
    int rc = pl_memory_had(pl_trend_judge(s->series, &s->trend));
    return rc ? pl_error_set(error, rc, "the history's %s of %.120s: a value is beyond any measure",
                             s->series->metric->name,
                             pl_document_string(s->series->cell, "allocator"))
              : 0;
}

static int fill_rows(struct pl_trends *past, const struct pl_index *chosen,
                     const struct pl_model_group *g, struct pl_error *error)
{
    int rc = 0;
    for (size_t r = 0; r < g->row_count; r++) {
        past->rows[r].row = &g->rows[r];
        for (size_t k = 0; !rc && k < PL_TRENDS_METRICS; k++) {
            struct pl_trends_series *s = &past->rows[r].metrics[k];
            s->series = find(chosen, &past->list, &g->rows[r], pl_trends_metrics[k]);
            rc = s->series ? judge(s, error) : 0;
        }
    }
    return rc;
}

int pl_trends_make(const json_t *runs, const json_t *host, const struct pl_model_group *g,
                   struct pl_trends *past, struct pl_error *error)
{
    const struct pl_metric *metrics[PL_TRENDS_METRICS];
    struct pl_series_query query = {g->scenario, NULL, metrics, PL_TRENDS_METRICS};
    char hash[PL_HOST_HASH_TEXT];
    *past = (struct pl_trends){.rows = pl_memory_take(g->row_count, sizeof *past->rows),
                               .row_count = g->row_count};
    for (size_t k = 0; k < PL_TRENDS_METRICS; k++)
        metrics[k] = pl_metric_find(pl_trends_metrics[k]);
    if (pl_host_hash(host, hash, sizeof hash))
        hash[0] = '\0';
    pl_memory_had(pl_series_collect(runs, &query, &past->list));
    struct pl_index chosen = choose_all(&past->list, hash, g);
    int rc = fill_rows(past, &chosen, g, error);
    pl_index_free(&chosen);
    if (rc)
        pl_trends_free(past);
    return rc;
}

void pl_trends_free(struct pl_trends *past)
{
    for (size_t r = 0; r < past->row_count; r++)
        for (size_t k = 0; k < PL_TRENDS_METRICS; k++)
            pl_trend_free(&past->rows[r].metrics[k].trend);
    free(past->rows);
    pl_series_free(&past->list);
    *past = (struct pl_trends){0};
}
