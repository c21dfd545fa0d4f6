/* Lines of time and memory: series of ours, logs of ps, exports of Grafana, any CSV. */
#ifndef PL_FORECAST_CSV_SERIES_H
#define PL_FORECAST_CSV_SERIES_H

#include <stdio.h>

#include "harness/forecast/series_reading.h"

/** Reads fields between commas, semicolons, tabs or blanks, of one or two columns (the memory, or
 * the time and the memory) or of columns that the first line names. What is a unit is told by the
 * name, by --unit, or by who writes so: ps between blanks in KiB, Grafana below `Time` in bytes.
 * What could be two is refused.
 *  @return as pl_memory_series_read */
int pl_csv_series_read(struct pl_memory_reading *reading, FILE *file, struct pl_error *error);

#endif
