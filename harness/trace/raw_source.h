/* What a trace is made from: the raw file, what time its stamps are, and what was seen of the
 * process from outside. */
#ifndef PL_TRACE_RAW_SOURCE_H
#define PL_TRACE_RAW_SOURCE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** What time it was at a stamp. */
struct pl_trace_time {
    uint64_t stamp;
    int64_t ns;
};

/** A file that was mapped to run. */
struct pl_trace_object {
    uint64_t begin, end; /* addresses */
    uint64_t base;       /* what offsets are from */
    char path[512];
};

struct pl_trace_source {
    const char *raw;  /* the raw file's path */
    uint32_t process; /* its place there */
    FILE *samples;    /* of this process, from their beginning; NULL: there are none */
    const struct pl_trace_time *times; /* rising, two at least */
    size_t time_count;
    const struct pl_trace_object *objects;
    size_t object_count;
};

#endif
