/* Reading a series from a file of any of the formats. */
#ifndef PL_FORECAST_SERIES_FILE_H
#define PL_FORECAST_SERIES_FILE_H

#include "allocators/base/error.h"
#include "harness/forecast/memory_series.h"

/** Reads a file and settles it: what lies before a restart or a gap of a quarter of its time is
 * left out. Any row count in the memory of one reducer; JSON up to PL_FILE_BYTES_MAX.
 *  @return 0; -ENOMEM; -EINVAL with one line: where, what is wrong, what is expected */
int pl_memory_series_read(const char *path, const struct pl_memory_series_wishes *wishes,
                          struct pl_memory_series *series, struct pl_error *error);

#endif
