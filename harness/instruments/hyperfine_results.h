/* Reading what `hyperfine --export-json` writes (1.15 to 1.19, 2.0). */
#ifndef PL_INSTRUMENTS_HYPERFINE_RESULTS_H
#define PL_INSTRUMENTS_HYPERFINE_RESULTS_H

#include <stddef.h>
#include <stdint.h>

#include "allocators/base/error.h"

struct pl_hyperfine {
    double mean_seconds, median_seconds, min_seconds, max_seconds;
    double stddev_seconds; /* 0 for a single run, of which hyperfine says null */
    uint64_t runs;
};

/** Reads the times of the one command that was run.
 *  @param path for messages @param times set on success
 *  @return 0, -EINVAL with `path:line: what is wrong` */
int pl_hyperfine_parse(const char *text, size_t size, const char *path, struct pl_hyperfine *times,
                       struct pl_error *error);

#endif
