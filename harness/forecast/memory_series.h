/* A series of memory over time, of ours or anybody's: a series of a cell, the log of a loop around
 * ps, an export of Prometheus or Grafana, what `plimsoll watch` wrote. */
#ifndef PL_FORECAST_MEMORY_SERIES_H
#define PL_FORECAST_MEMORY_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "allocators/base/error.h"
#include "harness/forecast/reducer.h"
#include "harness/stats/curves.h"

#define PL_MEMORY_SERIES_NOTES 4

/** What a person says of a file; 0 or NULL: nothing. */
struct pl_memory_series_wishes {
    const char *series;  /* a column, or what one of Prometheus' has in its labels */
    double unit_bytes;   /* of its figures */
    int64_t interval_ns; /* between lines that have no time */
};

struct pl_memory_series {
    struct pl_points points;   /* bytes; reduced as reducer.h says */
    uint64_t samples;          /* that the file has */
    int64_t gap_ns, gap_at_ns; /* the longest time between two of them, and where it begins */
    bool own;                  /* of a cell: its falls are no restarts */
    char notes[PL_MEMORY_SERIES_NOTES][200]; /* what was made of it, each a sentence */
    size_t note_count;
};

/** Reads a file and settles it: what lies before a restart or a gap of a quarter of its time is
 * left out. Any row count in the memory of one reducer; JSON up to PL_FILE_BYTES_MAX.
 *  @return 0; -ENOMEM; -EINVAL with one line: where, what is wrong, what is expected */
int pl_memory_series_read(const char *path, const struct pl_memory_series_wishes *wishes,
                          struct pl_memory_series *series, struct pl_error *error);

struct pl_curve pl_memory_series_curve(const struct pl_memory_series *series);

void pl_memory_series_note(struct pl_memory_series *series, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void pl_memory_series_free(struct pl_memory_series *series);

/* ---- for those who read one format each ---- */

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
