/* What the document of a shard says of its matrix (schema.json: run.matrix, run.shard). */
#ifndef PL_RESULTS_SHARD_DOCUMENT_H
#define PL_RESULTS_SHARD_DOCUMENT_H

#include <jansson.h>
#include <stdbool.h>

#include "allocators/base/error.h"

/** The document's `run`. */
const json_t *pl_shard_run(const json_t *root);

/** `index` (from 1) or `count` of its shard; 0 where it is none. */
json_int_t pl_shard_figure(const json_t *root, const char *key);

/** The shard of each cell of the matrix, from 1. @return NULL where it is no shard */
const json_t *pl_shard_of_cells(const json_t *root);

/** So that what follows may index by what is written there. @param folder what messages call it
 *  @return 0, or -EINVAL where it is no shard, or its figures disagree */
int pl_shard_check(const char *folder, const json_t *root, struct pl_error *error);

/** What keeps two from being shards of one run. @return "commit", or NULL */
const char *pl_shard_difference(const json_t *a, const json_t *b);

/** Whether two recordings of a scenario are asked the same way; where its files lie is each
 *  machine's own. */
bool pl_shard_same_question(const json_t *a, const json_t *b);

#endif
