/* Making the trace of one process from its raw file and what was seen of it from outside. */
#ifndef PL_TRACE_COMPILE_H
#define PL_TRACE_COMPILE_H

#include <stdio.h>

#include "allocators/base/error.h"
#include "harness/trace/trace.h"

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

/** Writes a trace. @param stream stays the caller's @param head without its `lost`, which is set
 * where the raw file says so @param totals set to what became of it
 *  @return 0 or a negative errno with the reason */
int pl_trace_compile(const struct pl_trace_source *source, struct pl_trace_head *head, FILE *stream,
                     struct pl_trace_totals *totals, struct pl_error *error);

#endif
