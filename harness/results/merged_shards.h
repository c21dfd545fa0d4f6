/* The shards of a matrix, each a run with a folder of its own, as the document that one run of the
 * whole matrix would have left: `plimsoll merge`. */
#ifndef PL_RESULTS_MERGED_SHARDS_H
#define PL_RESULTS_MERGED_SHARDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "allocators/base/error.h"

/** Joins documents: cells in the order of the matrix, each with its host and shard where hosts
 *  differ (hosts.h), warnings and recordings once.
 *  @param folders what messages call them @param roots of these, checked (document.h)
 *  @param partial shards or cells that lack are a warning of the result, which is not complete
 *  @param command that is recorded as the run's @param merged set on success; json_decref
 *  @return 0, or -EINVAL with one line: a folder that holds no shard, or one of another suite,
 *  commit, tier, matrix, cut or question; a shard or a cell that is there twice; those that lack */
int pl_shards_merge(const char *const *folders, json_t *const *roots, size_t count, bool partial,
                    const char *command, json_t **merged, struct pl_error *error);

/** Whether a shard's document has the cell of that place in the matrix. @param root the document */
bool pl_shard_has(const void *root, size_t number);

#endif
