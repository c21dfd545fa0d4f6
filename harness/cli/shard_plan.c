#include "harness/cli/shard_plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/base/printable.h"
#include "harness/base/spare_memory.h"
#include "harness/cli/shards.h"
#include "harness/cli/tree_commit.h"
#include "harness/report/writers/terminal.h"
#include "harness/report/writers/text.h"
#include "harness/results/document.h"
#include "harness/results/results.h"

#define VERSION 1

/* What is planned of each group of cells that stay together. */
struct group {
    const struct pl_matrix_cell *first;
    size_t cells;
    enum pl_time_source source; /* the least sure of its cells' */
};

static void sum_up(const struct pl_matrix *m, const json_t *runs, struct group *groups, int64_t *ns)
{
    int64_t *of_cells = pl_memory_take(m->count + 1, sizeof *of_cells);
    enum pl_time_source *sources = pl_memory_take(m->count + 1, sizeof *sources);
    pl_cell_times(m, runs, of_cells, sources);
    for (size_t i = 0; i < m->count; i++) {
        struct group *g = &groups[m->cells[i].group];
        g->first = g->first ? g->first : &m->cells[i];
        g->cells++;
        g->source = sources[i] > g->source ? sources[i] : g->source;
        ns[m->cells[i].group] += of_cells[i];
    }
    free(of_cells);
    free(sources);
}

static json_t *group_json(const struct group *g, int64_t ns, uint32_t shard)
{
    struct pl_cell_name name = pl_matrix_name(g->first);
    json_t *object = pl_cell_name_json(&name);
    json_object_update_new(object,
                           json_pack("{s:I, s:f, s:s, s:I}", "cells", (json_int_t)g->cells,
                                     "seconds", (double)ns / 1e9, "from",
                                     pl_time_source_name(g->source), "shard", (json_int_t)shard));
    return object;
}

static json_t *groups_json(const struct pl_matrix *m, uint32_t shards, const json_t *runs)
{
    json_t *list = json_array();
    struct group *groups = pl_memory_take(m->group_count + 1, sizeof *groups);
    int64_t *ns = pl_memory_take(m->group_count + 1, sizeof *ns);
    uint32_t *shard_of = pl_memory_take(m->group_count + 1, sizeof *shard_of);
    sum_up(m, runs, groups, ns);
    pl_shards_cut(ns, m->group_count, shards, shard_of);
    for (size_t i = 0; i < m->group_count; i++)
        json_array_append_new(list, group_json(&groups[i], ns[i], shard_of[i]));
    free(groups);
    free(ns);
    free(shard_of);
    return list;
}

json_t *pl_shard_plan_make(const struct pl_matrix *m, uint32_t shards, const json_t *runs,
                           char *const *words, size_t word_count)
{
    char commit[PL_TREE_COMMIT_MAX + 1];
    json_t *arguments = json_array();
    for (size_t i = 0; i < word_count; i++)
        json_array_append_new(arguments, json_string(words[i]));
    pl_tree_commit(commit, sizeof commit);
    return json_pack("{s:i, s:{s:s, s:s, s:s}, s:o, s:I, s:o}", "plan_version", VERSION, "suite",
                     "name", "plimsoll", "version", PL_VERSION, "commit", commit, "arguments",
                     arguments, "shards", (json_int_t)shards, "groups",
                     groups_json(m, shards, runs));
}

static bool is_sound(const json_t *root)
{
    const json_t *arguments = json_object_get(root, "arguments"), *entry;
    json_int_t shards = json_integer_value(json_object_get(root, "shards"));
    size_t i;
    bool sound = json_is_array(arguments) && json_is_array(json_object_get(root, "groups")) &&
                 shards > 0 && shards <= PL_SHARDS_MAX;
    json_array_foreach(arguments, i, entry) sound = sound && json_is_string(entry);
    json_array_foreach(json_object_get(root, "groups"), i, entry)
    {
        json_int_t shard = json_integer_value(json_object_get(entry, "shard"));
        sound = sound && shard > 0 && shard <= shards;
    }
    return sound;
}

/* One key of the suite has to be this program's. */
static int check_suite(const char *path, const json_t *root, const char *key, const char *own,
                       struct pl_error *error)
{
    const char *theirs = pl_document_string(json_object_get(root, "suite"), key);
    if (strcmp(theirs, own) == 0)
        return 0;
    return pl_error_set(error, -EINVAL,
                        "%.200s is a plan of the %s %.60s, and this is %.60s; expected a plan that "
                        "this plimsoll made",
                        path, key, *theirs ? theirs : "unknown", own);
}

int pl_shard_plan_load(const char *path, json_t **root, struct pl_error *error)
{
    char commit[PL_TREE_COMMIT_MAX + 1];
    json_t *plan = NULL;
    int rc = pl_document_read(path, "make it again with `plimsoll plan --json`", &plan, error);
    if (rc)
        return rc;
    pl_tree_commit(commit, sizeof commit);
    if (json_integer_value(json_object_get(plan, "plan_version")) != VERSION || !is_sound(plan))
        rc = pl_error_set(error, -EINVAL,
                          "%.300s: no plan; expected what `plimsoll plan --json` of this version "
                          "wrote",
                          path);
    if (!rc)
        rc = check_suite(path, plan, "version", PL_VERSION, error);
    if (!rc)
        rc = check_suite(path, plan, "commit", commit, error);
    if (rc)
        json_decref(plan);
    else
        *root = plan;
    return rc;
}

static bool is_planned(const json_t *group, const struct pl_matrix *m, size_t first, size_t cells)
{
    struct pl_cell_name own = pl_matrix_name(&m->cells[first]), name = pl_cell_name_of(group);
    return pl_cell_name_equal(&own, &name) &&
           json_integer_value(json_object_get(group, "cells")) == (json_int_t)cells;
}

/* Checks each group at its first cell. */
static int check_groups(const json_t *groups, const struct pl_matrix *m, struct pl_error *error)
{
    size_t *cells = pl_memory_take(m->group_count + 1, sizeof *cells), next = 0;
    char text[200];
    int rc = 0;
    for (size_t i = 0; i < m->count; i++)
        cells[m->cells[i].group]++;
    for (size_t i = 0; !rc && i < m->count; i++) {
        struct pl_cell_name name = pl_matrix_name(&m->cells[i]);
        if (m->cells[i].group != next)
            continue;
        if (!is_planned(json_array_get(groups, next), m, i, cells[next])) {
            pl_cell_name_text(&name, text, sizeof text);
            rc = pl_error_set(error, -EINVAL, "the plan has not what this machine has at %s", text);
        }
        next++;
    }
    free(cells);
    if (!rc && json_array_size(groups) != next)
        rc = pl_error_set(error, -EINVAL, "the plan has %zu groups of cells, and this machine %zu",
                          json_array_size(groups), next);
    return rc;
}

int pl_shard_plan_apply(const json_t *plan, const struct pl_matrix *m, uint32_t *shard_of,
                        struct pl_error *error)
{
    const json_t *groups = json_object_get(plan, "groups");
    struct pl_error reason;
    if (check_groups(groups, m, &reason))
        return pl_error_set(error, -EINVAL,
                            "%.300s; expected the same heaps and layers as where it was planned "
                            "(plimsoll list allocators)",
                            reason.text);
    for (size_t i = 0; i < m->count; i++)
        shard_of[i] = (uint32_t)json_integer_value(
            json_object_get(json_array_get(groups, m->cells[i].group), "shard"));
    return 0;
}

struct share {
    size_t groups, cells;
    double seconds;
};

static struct share share_of(const json_t *plan, json_int_t shard)
{
    struct share share = {0};
    const json_t *group;
    size_t i;
    json_array_foreach(json_object_get(plan, "groups"), i, group)
    {
        if (json_integer_value(json_object_get(group, "shard")) != shard)
            continue;
        share.groups++;
        share.cells += (size_t)json_integer_value(json_object_get(group, "cells"));
        share.seconds += json_number_value(json_object_get(group, "seconds"));
    }
    return share;
}

static void write_sources(struct pl_doc *doc, const json_t *plan)
{
    size_t counts[PL_TIME_SOURCE_COUNT] = {0}, i;
    const json_t *group;
    json_array_foreach(json_object_get(plan, "groups"), i, group)
    {
        for (int k = 0; k < PL_TIME_SOURCE_COUNT; k++)
            counts[k] += strcmp(pl_document_string(group, "from"),
                                pl_time_source_name((enum pl_time_source)k)) == 0;
    }
    pl_doc_say(doc,
               "The times are those of the history for %zu groups, parts of what the tier allows "
               "the scenario for %zu, and durations by the clock's factor for %zu.",
               counts[PL_TIME_HISTORY], counts[PL_TIME_BUDGET], counts[PL_TIME_DURATION]);
}

/* Those that are filled. */
static void write_plan(struct pl_doc *doc, const void *context)
{
    static const struct pl_doc_column columns[] = {{.head = "shard"},
                                                   {.head = "groups", .figure = true},
                                                   {.head = "cells", .figure = true},
                                                   {.head = "time", .figure = true}};
    const json_t *plan = context;
    json_int_t shards = json_integer_value(json_object_get(plan, "shards"));
    pl_doc_table(doc, PL_DOC_COLUMNS(columns), "shards", "%s", "");
    for (json_int_t k = 1; k <= shards; k++) {
        struct share share = share_of(plan, k);
        char texts[3][48], time[PL_TEXT_FIGURE];
        if (share.groups == 0)
            continue;
        snprintf(texts[0], sizeof texts[0], "%lld/%lld", (long long)k, (long long)shards);
        snprintf(texts[1], sizeof texts[1], "%zu", share.groups);
        snprintf(texts[2], sizeof texts[2], "%zu", share.cells);
        pl_text_duration(time, share.seconds);
        pl_doc_row_texts(doc, (const char *const[]){texts[0], texts[1], texts[2], time});
    }
    pl_doc_table_end(doc);
    write_sources(doc, plan);
}

void pl_shard_plan_print(const json_t *plan)
{
    pl_terminal_print(stdout, (struct pl_terminal_layout){0}, write_plan, plan);
}
