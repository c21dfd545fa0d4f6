/* Numbers of call sites, while a trace is made: each chain of frames is told once. */
#ifndef PL_TRACE_SITE_NUMBERS_H
#define PL_TRACE_SITE_NUMBERS_H

#include "harness/trace/raw_source.h"
#include "harness/trace/writer.h"

/** Starts as {0}. */
struct pl_site_numbers {
    struct pl_site_number {
        uint32_t first, count; /* of `frames` */
        uint32_t number;       /* in the trace; 0: free */
    } * table;
    uint64_t *frames;
    uint32_t count, bits, frame_count, frame_capacity;
};

/** The number of a site, which is written when it is new. @param frames addresses, innermost first
 *  @return 0 for no frames, and where there is no memory for more sites */
uint32_t pl_site_number(struct pl_site_numbers *sites, struct pl_trace_writer *writer,
                        const struct pl_trace_source *source, const uint64_t *frames,
                        uint32_t count);

void pl_site_numbers_free(struct pl_site_numbers *sites);

#endif
