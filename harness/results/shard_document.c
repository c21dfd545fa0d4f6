#include "harness/results/shard_document.h"

#include <errno.h>

#include "harness/results/results.h"

const json_t *pl_shard_run(const json_t *root)
{
    return json_object_get(root, "run");
}

json_int_t pl_shard_figure(const json_t *root, const char *key)
{
    return json_integer_value(json_object_get(json_object_get(pl_shard_run(root), "shard"), key));
}

const json_t *pl_shard_of_cells(const json_t *root)
{
    return json_object_get(json_object_get(pl_shard_run(root), "shard"), "of_cells");
}

int pl_shard_check(const char *folder, const json_t *root, struct pl_error *error)
{
    json_int_t index = pl_shard_figure(root, "index"), count = pl_shard_figure(root, "count");
    const json_t *of = pl_shard_of_cells(root), *shard;
    size_t i;
    if (!json_object_get(pl_shard_run(root), "shard"))
        return pl_error_set(error, -EINVAL,
                            "%s is no shard; expected folders that `plimsoll run --shard` wrote",
                            folder);
    bool sound = index > 0 && index <= count && json_array_size(of) > 0 && count <= PL_SHARDS_MAX &&
                 (json_int_t)json_array_size(of) ==
                     json_integer_value(
                         json_object_get(json_object_get(pl_shard_run(root), "matrix"), "cells"));
    json_array_foreach(of, i, shard) sound =
        sound && json_integer_value(shard) > 0 && json_integer_value(shard) <= count;
    return sound ? 0
                 : pl_error_set(error, -EINVAL, "%s: its 'shard' and 'matrix' disagree", folder);
}

const char *pl_shard_difference(const json_t *a, const json_t *b)
{
    const json_t *x = pl_shard_run(a), *y = pl_shard_run(b);
    const json_t *s = json_object_get(a, "suite"), *t = json_object_get(b, "suite");
    if (!json_equal(json_object_get(s, "version"), json_object_get(t, "version")))
        return "version";
    if (!json_equal(json_object_get(s, "commit"), json_object_get(t, "commit")))
        return "commit";
    if (!json_equal(json_object_get(x, "tier"), json_object_get(y, "tier")))
        return "tier";
    if (!json_equal(json_object_get(x, "matrix"), json_object_get(y, "matrix")))
        return "matrix (scenarios, stacks, formats, repetitions, durations, seeds or limits)";
    if (!json_equal(pl_shard_of_cells(a), pl_shard_of_cells(b)) ||
        pl_shard_figure(a, "count") != pl_shard_figure(b, "count"))
        return "cut of the matrix";
    return NULL;
}

bool pl_shard_same_question(const json_t *a, const json_t *b)
{
    json_t *x = json_copy((json_t *)a), *y = json_copy((json_t *)b);
    json_object_del(x, "file");
    json_object_del(y, "file");
    bool same = json_equal(x, y);
    json_decref(x);
    json_decref(y);
    return same;
}
