#include "harness/results/merged_shards.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"
#include "harness/results/clean.h"
#include "harness/results/document.h"
#include "harness/results/hosts.h"
#include "harness/results/results.h"
#include "harness/results/shard_document.h"

#define LACKING_MAX 400 /* characters of what lacks; more is cut */

struct merging {
    const char *const *folders;
    json_t *const *roots;
    size_t count;
    size_t cells;        /* of the matrix */
    size_t shards;       /* it was cut into */
    size_t *folder_of;   /* each shard's, from 1; 0: none */
    json_t **cell_of;    /* each place's, borrowed; NULL: none */
    size_t *shard_place; /* of each folder: its shard, from 0 */
};

/* Every shard lists the scenarios of the whole matrix, in its order. */
static int check_recordings(const struct merging *m, size_t i, struct pl_error *error)
{
    const json_t *first = json_object_get(m->roots[0], "recordings");
    const json_t *own = json_object_get(m->roots[i], "recordings"), *recording;
    size_t k;
    if (json_array_size(first) != json_array_size(own))
        return pl_error_set(error, -EINVAL, "%.200s has other scenarios than %.200s", m->folders[i],
                            m->folders[0]);
    json_array_foreach(own, k, recording)
    {
        if (!pl_shard_same_question(json_array_get(first, k), recording))
            return pl_error_set(error, -EINVAL,
                                "%.180s: %.60s was asked otherwise than in %.180s (recording or "
                                "conditions)",
                                m->folders[i], pl_document_string(recording, "scenario"),
                                m->folders[0]);
    }
    return 0;
}

static int check_alike(const struct merging *m, struct pl_error *error)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < m->count; i++) {
        rc = pl_shard_check(m->folders[i], m->roots[i], error);
        const char *what = rc ? NULL : pl_shard_difference(m->roots[0], m->roots[i]);
        if (what)
            rc = pl_error_set(error, -EINVAL,
                              "%.180s has another %s than %.180s; expected shards of one matrix",
                              m->folders[i], what, m->folders[0]);
        if (!rc)
            rc = check_recordings(m, i, error);
    }
    return rc;
}

static int place_shards(struct merging *m, struct pl_error *error)
{
    for (size_t i = 0; i < m->count; i++) {
        size_t shard = (size_t)pl_shard_figure(m->roots[i], "index") - 1;
        if (m->folder_of[shard])
            return pl_error_set(
                error, -EINVAL, "shard %zu/%zu is in %.180s and in %.180s; expected one of them",
                shard + 1, m->shards, m->folders[m->folder_of[shard] - 1], m->folders[i]);
        m->folder_of[shard] = i + 1;
        m->shard_place[i] = shard;
    }
    return 0;
}

static int place_cells(struct merging *m, size_t i, struct pl_error *error)
{
    json_t *cell;
    size_t k, number;
    json_array_foreach(json_object_get(m->roots[i], "cells"), k, cell)
    {
        if (!pl_results_number(cell, &number) || number >= m->cells ||
            json_integer_value(json_array_get(pl_shard_of_cells(m->roots[i]), number)) !=
                (json_int_t)m->shard_place[i] + 1)
            return pl_error_set(error, -EINVAL, "%.300s: cell %zu is none of its shard",
                                m->folders[i], k);
        if (m->cell_of[number])
            return pl_error_set(error, -EINVAL, "%.300s: cell %zu is there twice", m->folders[i],
                                k);
        m->cell_of[number] = cell;
    }
    return 0;
}

static json_int_t shard_of(const struct merging *m, size_t number)
{
    return json_integer_value(json_array_get(pl_shard_of_cells(m->roots[0]), number));
}

/* @param lacks out: how many cells @return how many cells the shard should have */
static size_t count_cells(const struct merging *m, size_t shard, size_t *lacks)
{
    size_t cells = 0;
    *lacks = 0;
    for (size_t k = 0; k < m->cells; k++)
        if (shard_of(m, k) == (json_int_t)shard + 1) {
            cells++;
            *lacks += !m->cell_of[k];
        }
    return cells;
}

/* @param text out: "shard 3/5 is missing (7 cells); shard 4/5 (DIR) lacks 2 of 7 cells", or "" */
static void say_lacking(const struct merging *m, char text[LACKING_MAX])
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t shard = 0; shard < m->shards && used < LACKING_MAX - 1; shard++) {
        size_t lacks, cells = count_cells(m, shard, &lacks);
        char what[220] = "is missing";
        if (!lacks)
            continue;
        if (m->folder_of[shard])
            snprintf(what, sizeof what, "(%.180s) lacks %zu of",
                     m->folders[m->folder_of[shard] - 1], lacks);
        used += (size_t)snprintf(text + used, LACKING_MAX - used,
                                 m->folder_of[shard] ? "%sshard %zu/%zu %s %zu cells"
                                                     : "%sshard %zu/%zu %s (%zu cells)",
                                 used ? "; " : "", shard + 1, m->shards, what, cells);
    }
}

/* The first one's becomes `host`. @return its place among the hosts */
static size_t add_host(const struct merging *m, size_t number, json_t *merged)
{
    const json_t *root = m->roots[m->folder_of[shard_of(m, number) - 1] - 1];
    json_t *host = pl_hosts_of(root, m->cell_of[number]);
    if (!json_object_get(merged, "host"))
        json_object_set(merged, "host", host);
    return pl_hosts_add(merged, json_incref(host));
}

/* Whatever it takes is copied: the shards' documents stay as they are. */
static void add_cells(const struct merging *m, json_t *merged)
{
    json_t *cells = json_object_get(merged, "cells");
    json_object_del(merged, "host");
    for (size_t k = 0; k < m->cells; k++)
        if (m->cell_of[k])
            add_host(m, k, merged);
    for (size_t k = 0; k < m->cells; k++) {
        if (!m->cell_of[k])
            continue;
        json_t *cell = json_copy(m->cell_of[k]);
        json_object_del(cell, "host");
        pl_hosts_note(merged, cell, add_host(m, k, merged));
        if (pl_hosts_count(merged) > 1)
            json_object_set_new(cell, "shard", json_integer(shard_of(m, k)));
        json_array_append_new(cells, cell);
    }
}

static void add_warning(json_t *merged, const char *text)
{
    json_t *warnings = json_object_get(merged, "warnings"), *known;
    json_t *warning = pl_clean_string(text);
    size_t i;
    bool told = false;
    json_array_foreach(warnings, i, known) told |= json_equal(known, warning);
    if (!told)
        json_array_append(warnings, warning);
    json_decref(warning);
}

static void add_warnings(const struct merging *m, const char *lacking, json_t *merged)
{
    char text[LACKING_MAX + 200];
    const char *commit = pl_document_string(json_object_get(m->roots[0], "suite"), "commit");
    const json_t *warning;
    size_t k;
    for (size_t i = 0; i < m->shards; i++)
        if (m->folder_of[i])
            json_array_foreach(json_object_get(m->roots[m->folder_of[i] - 1], "warnings"), k,
                               warning) add_warning(merged, json_string_value(warning));
    if (*lacking) {
        snprintf(text, sizeof text, "the run is not whole: %s", lacking);
        add_warning(merged, text);
    }
    if (pl_hosts_count(merged) > 1) {
        snprintf(
            text, sizeof text,
            "the cells ran on %zu hosts: RSS, CPU and latencies (classes S and N) of cells are "
            "comparable within one host only, which each cell's `host` says",
            pl_hosts_count(merged));
        add_warning(merged, text);
    }
    if (strstr(commit, "-dirty") || strcmp(commit, "unknown") == 0)
        add_warning(merged, "the shards' sources had no commit that says what they were: whether "
                            "they were alike is not known");
}

static json_t *join(const struct merging *m, const char *command, const char *lacking)
{
    json_t *merged = json_copy(m->roots[0]);
    json_t *run = json_deep_copy(pl_shard_run(m->roots[0]));
    json_object_del(merged, "hosts");
    json_object_del(run, "shard");
    for (size_t i = 1; i < m->count; i++) {
        json_t *started = json_object_get(pl_shard_run(m->roots[i]), "started");
        if (strcmp(json_string_value(started), pl_document_string(run, "started")) < 0)
            json_object_set(run, "started", started);
    }
    json_object_set_new(run, "command", pl_clean_string(command));
    json_object_set_new(run, "complete", json_boolean(!*lacking));
    json_object_set_new(merged, "run", run);
    json_object_set_new(merged, "warnings", json_array());
    json_object_set_new(merged, "cells", json_array());
    add_cells(m, merged);
    add_warnings(m, lacking, merged);
    return merged;
}

static int merge(struct merging *m, bool partial, const char *command, json_t **merged,
                 struct pl_error *error)
{
    char lacking[LACKING_MAX];
    int rc = place_shards(m, error);
    for (size_t i = 0; !rc && i < m->count; i++)
        rc = place_cells(m, i, error);
    if (rc)
        return rc;
    say_lacking(m, lacking);
    if (*lacking && !partial)
        return pl_error_set(error, -EINVAL,
                            "%s; expected all (run --shard, run --resume), or "
                            "--partial",
                            lacking);
    *merged = join(m, command, lacking);
    return 0;
}

int pl_shards_merge(const char *const *folders, json_t *const *roots, size_t count, bool partial,
                    const char *command, json_t **merged, struct pl_error *error)
{
    struct merging m = {.folders = folders, .roots = roots, .count = count};
    int rc = check_alike(&m, error);
    if (rc)
        return rc;
    m.cells = json_array_size(pl_shard_of_cells(roots[0]));
    m.shards = (size_t)pl_shard_figure(roots[0], "count");
    m.folder_of = pl_memory_take(m.shards, sizeof *m.folder_of);
    m.cell_of = pl_memory_take(m.cells, sizeof *m.cell_of);
    m.shard_place = pl_memory_take(count, sizeof *m.shard_place);
    rc = merge(&m, partial, command, merged, error);
    free(m.folder_of);
    free(m.cell_of);
    free(m.shard_place);
    return rc;
}

bool pl_shard_has(const void *root, size_t number)
{
    const json_t *cell;
    size_t i, own;
    json_array_foreach(json_object_get(root, "cells"), i, cell)
    {
        if (pl_results_number(cell, &own) && own == number)
            return true;
    }
    return false;
}
