/* From the model to a line of the history (history_line.h). */
#include "harness/report/history/history_line.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"
#include "harness/results/cell_name.h"
#include "harness/results/document.h"
#include "harness/results/history_file.h"
#include "harness/results/host.h"
#include "harness/results/hosts.h"
#include "harness/stats/values.h"

/* Counts and bytes as whole numbers: digits beyond the twelfth must not be lost. */
static json_t *number(double value)
{
    if (value == floor(value) && fabs(value) < 0x1p53)
        return json_integer((json_int_t)value);
    return json_real(value);
}

static json_t *medians(const struct pl_model_row *row)
{
    json_t *object = json_object();
    for (size_t k = 0; k < PL_MODEL_METRICS; k++)
        if (row->metrics[k].count)
            json_object_set_new(object, pl_metrics[k].name, number(row->metrics[k].median));
    return object;
}

static const json_t *recording_of(const struct pl_model *m, const char *scenario)
{
    const json_t *recording;
    size_t i;
    json_array_foreach(json_object_get(m->root, "recordings"), i, recording)
    {
        if (strcmp(pl_document_string(recording, "scenario"), scenario) == 0)
            return recording;
    }
    return NULL;
}

/* @param text out: the hash of everything that the other fields of the cell don't say */
static void hash_conditions(const struct pl_model *m, const struct pl_model_group *g,
                            const struct pl_model_row *row, char *text)
{
    const json_t *recording = recording_of(m, g->scenario);
    json_t *all =
        json_pack("{s:s, s:s, s:O*, s:O*}", "recording", pl_document_string(recording, "hash"),
                  "filter", pl_document_string(recording, "filter"), "conditions",
                  json_object_get(recording, "conditions"), "limits",
                  json_object_get(row->cells[0], "limits"));
    char *dump = json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(all);
    if (!dump)
        pl_memory_refused();
    pl_bytes_hash(dump, strlen(dump), text, PL_HOST_HASH_TEXT);
    free(dump);
}

/* The median of real time, where every repetition tells it. */
static void add_took(const struct pl_model_row *row, json_t *cell)
{
    double *took = pl_memory_take(row->cell_count, sizeof *took);
    size_t count = 0;
    for (size_t i = 0; i < row->cell_count; i++) {
        const json_t *seconds = json_object_get(row->cells[i], "took_seconds");
        if (json_is_number(seconds))
            took[count++] = json_number_value(seconds);
    }
    if (count == row->cell_count)
        json_object_set_new(cell, "took_seconds", json_real(pl_values_median(took, count)));
    free(took);
}

static json_t *row_json(const struct pl_model *m, const struct pl_model_group *g,
                        const struct pl_model_row *row)
{
    char conditions[PL_HOST_HASH_TEXT];
    struct pl_cell_name name = pl_cell_name_of(row->cells[0]);
    json_t *cell = pl_cell_name_json(&name);
    hash_conditions(m, g, row, conditions);
    json_object_update_new(
        cell,
        json_pack("{s:s, s:o, s:f, s:s, s:I, s:o}", "container", g->container, "container_bytes",
                  number(g->container_bytes), "duration_seconds", g->duration_seconds, "conditions",
                  conditions, "repetitions", (json_int_t)row->cell_count, "metrics", medians(row)));
    add_took(row, cell);
    return cell;
}

int pl_history_line(const struct pl_model *m, const char *commit, json_t **line,
                    struct pl_error *error)
{
    const json_t *run = json_object_get(m->root, "run"), *host = json_object_get(m->root, "host");
    const char *started = pl_document_string(run, "started"),
               *tier = pl_document_string(run, "tier");
    char hash[PL_HOST_HASH_TEXT];
    if (!*started || !*tier)
        return pl_error_set(error, -EINVAL, "'run' says neither when nor in which tier it ran");
    if (pl_hosts_count(m->root) > 1)
        return pl_error_set(
            error, -EINVAL,
            "its cells ran on %zu hosts, and a run of the history has one; expected "
            "the folders of its shards, one after the other",
            pl_hosts_count(m->root));
    if (pl_host_hash(host, hash, sizeof hash))
        return pl_error_set(error, -EINVAL, "'host' is not an object");
    json_t *text = json_string(commit);
    if (!text)
        return pl_error_set(error, -EINVAL, "the commit is no UTF-8");
    json_t *cells = json_array();
    for (size_t g = 0; g < m->group_count; g++)
        for (size_t r = 0; r < m->groups[g].row_count; r++)
            json_array_append_new(cells, row_json(m, &m->groups[g], &m->groups[g].rows[r]));
    *line = json_pack("{s:i, s:s, s:o, s:{s:s, s:s}, s:s, s:o}", "history_version",
                      PL_HISTORY_VERSION, "started", started, "commit", text, "host", "hash", hash,
                      "cpu", pl_document_string(host, "cpu"), "tier", tier, "cells", cells);
    if (!*line)
        pl_memory_refused();
    return 0;
}
