/* A series of memory over time, of ours or anybody's: a series of a cell, the log of a loop around
 * ps, an export of Prometheus or Grafana, what `plimsoll watch` wrote. */
#ifndef PL_FORECAST_MEMORY_SERIES_H
#define PL_FORECAST_MEMORY_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/stats/curves.h"
#include "harness/stats/downsample.h"

#define PL_MEMORY_SERIES_NOTES 4

/** What a person says of a file; 0 or NULL: nothing. */
struct pl_memory_series_wishes {
    const char *series;  /* a column, or what one of Prometheus' has in its labels */
    double unit_bytes;   /* of its figures */
    int64_t interval_ns; /* between lines that have no time */
};

struct pl_memory_series {
    struct pl_points points;   /* bytes; reduced as reducer.h says */
    uint64_t samples;          /* that the file has, but for what was left out */
    int64_t gap_ns, gap_at_ns; /* the longest time between two of them, and where it begins */
    bool own;                  /* of a cell: its falls are no restarts */
    char notes[PL_MEMORY_SERIES_NOTES][200]; /* what was made of it, each a sentence */
    size_t note_count;
};

struct pl_curve pl_memory_series_curve(const struct pl_memory_series *series);

void pl_memory_series_note(struct pl_memory_series *series, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void pl_memory_series_free(struct pl_memory_series *series);

#endif
