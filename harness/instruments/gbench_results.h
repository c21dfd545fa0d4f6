/* Reading what Google Benchmark writes (its docs/user_guide.md, "Output Formats"; 1.7.1) into the
 * `benchmarks` of an entry in results.json. */
#ifndef PL_INSTRUMENTS_GBENCH_RESULTS_H
#define PL_INSTRUMENTS_GBENCH_RESULTS_H

#include <jansson.h>

#include "allocators/base/error.h"

#define PL_GBENCH_REPETITIONS_MAX 64

/** Reads the JSON of a timed pass: for each benchmark the median of its repetitions and how far
 *  they lie apart, or why it was skipped.
 *  @param path for messages @param benchmarks set on success, an array; json_decref
 *  @return 0, -EINVAL with `path:line: what is wrong` (no JSON, NaN, a time missing or below 0,
 *  nothing in it), -ENOMEM */
int pl_gbench_times(const char *text, size_t size, const char *path, json_t **benchmarks,
                    struct pl_error *error);

/** Reads the JSON of a memory pass of one benchmark and adds its figures to it, or why it was
 *  skipped. @param benchmark an element of the array above @return as pl_gbench_times */
int pl_gbench_memory(const char *text, size_t size, const char *path, json_t *benchmark,
                     struct pl_error *error);

#endif
