/* A series while it is being read, sample by sample, in whatever format. */
#ifndef PL_FORECAST_SERIES_READING_H
#define PL_FORECAST_SERIES_READING_H

#include <stddef.h>
#include <stdint.h>

#include "allocators/base/error.h"
#include "harness/forecast/memory_series.h"
#include "harness/forecast/reducer.h"

/** A series that is being read. */
struct pl_memory_reading {
    const char *path;
    const struct pl_memory_series_wishes *wishes;
    struct pl_memory_series *series;
    struct pl_reducer reducer;
    int64_t last_ns;
    uint64_t empty; /* samples without a value */
};

/** Takes a sample. @param line of the file, 0: it has none
 *  @return 0; -ENOMEM; -EINVAL with one line where time goes back, or the value is none */
int pl_memory_reading_add(struct pl_memory_reading *reading, size_t line, int64_t t_ns,
                          double bytes, struct pl_error *error);

#endif
