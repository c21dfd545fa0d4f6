/* The results of runs that went side by side, each into a folder of its own, as one document. */
#ifndef PL_RESULTS_JOINED_RUNS_H
#define PL_RESULTS_JOINED_RUNS_H

#include <jansson.h>

#include "allocators/base/error.h"

/** Reads FOLDER/results.json; where there is none, the results of all folders in FOLDER, by their
 *  names, as if one run had left them. Each cell is told its `folder`: where its series lies.
 *  @param root set on success; json_decref
 *  @return 0; -ENOMEM; -EINVAL with one line: no results, or runs of two hosts, of recordings that
 *  differ, or of the same cell */
int pl_document_gather(const char *folder, json_t **root, struct pl_error *error);

#endif
