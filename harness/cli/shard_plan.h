/* The plan of a matrix that several machines share: which groups of cells are in which shard, and
 * what is run. `plimsoll plan --json` writes it, `plimsoll run --plan` goes by it:
 *
 *     {"plan_version":1,"suite":{"name","version","commit"},"arguments":[...],"shards":N,
 *      "groups":[{"scenario","allocator","format","clock","threads","cells","seconds","from",
 *                 "shard"},...]}
 *
 * in the order of the matrix; threads are those of a group's first cell. */
#ifndef PL_CLI_SHARD_PLAN_H
#define PL_CLI_SHARD_PLAN_H

#include <jansson.h>

#include "harness/cli/cell_times.h"

/** Cuts a matrix and makes the plan.
 *  @param shards 1 to PL_SHARDS_MAX @param runs as pl_cell_times
 *  @param words the arguments of `plimsoll run` that say what is run
 *  @return new */
json_t *pl_shard_plan_make(const struct pl_matrix *matrix, uint32_t shards, const json_t *runs,
                           char *const *words, size_t word_count);

/** Reads a plan, and refuses one of another version or commit of Plimsoll.
 *  @param root set on success; json_decref @return 0, or -EINVAL with one line */
int pl_shard_plan_load(const char *path, json_t **root, struct pl_error *error);

/** The shard of each cell.
 *  @param shard_of out: from 1
 *  @return 0, or -EINVAL where this machine has other groups than the plan: a stack that is
 *  missing here */
int pl_shard_plan_apply(const json_t *plan, const struct pl_matrix *matrix, uint32_t *shard_of,
                        struct pl_error *error);

/** Prints the shards that are filled as a table, and where the times come from. */
void pl_shard_plan_print(const json_t *plan);

#endif
