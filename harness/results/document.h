/* Reading a results document back: refuses what is none of ours, so that what follows may trust its
 * shape. */
#ifndef PL_RESULTS_DOCUMENT_H
#define PL_RESULTS_DOCUMENT_H

#include <jansson.h>

#include "allocators/base/error.h"

#define PL_SCHEMA_VERSION 1 /* of results/schema.json */

/** @return 0, or -EINVAL with the first thing that is wrong */
int pl_document_check(const json_t *root, struct pl_error *error);

/** Reads and checks FOLDER/results.json. @param root set on success; json_decref
 *  @return 0, or -EINVAL with one line: which file, what is wrong, what is expected */
int pl_document_load(const char *folder, json_t **root, struct pl_error *error);

/** Reads a whole JSON file. @param again what to do about one that is cut: "run it again"
 *  @return 0, or -EINVAL with `file:line:column: what is wrong` */
int pl_document_read(const char *path, const char *again, json_t **root, struct pl_error *error);

/** A string of an object, or "" where there is none. */
const char *pl_document_string(const json_t *object, const char *key);

#endif
