/* The answer of Prometheus' /api/v1/query_range. */
#ifndef PL_FORECAST_PROMETHEUS_SERIES_H
#define PL_FORECAST_PROMETHEUS_SERIES_H

#include <stdio.h>

#include "harness/forecast/series_reading.h"

/** Reads one series of a matrix (prometheus.io/docs/prometheus/latest/querying/api: values are in
 * base units, bytes). Of several the one whose labels hold what is wished for.
 *  @param file that `reading->path` names, which may be no path
 *  @return as pl_memory_series_read */
int pl_prometheus_series_read(struct pl_memory_reading *reading, FILE *file,
                              struct pl_error *error);

#endif
