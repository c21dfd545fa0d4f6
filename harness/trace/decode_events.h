/* The content of a section into events (FORMAT.md). Nothing of it is trusted. */
#ifndef PL_TRACE_DECODE_EVENTS_H
#define PL_TRACE_DECODE_EVENTS_H

#include "harness/base/map.h"
#include "harness/trace/bytes.h"
#include "harness/trace/live_blocks.h"
#include "harness/trace/shapes.h"

/** Starts as {0}. */
struct pl_trace_decoder {
    struct pl_trace_live live;
    struct pl_map places; /* the slot of each live block, by thread and number */
    struct pl_trace_shapes shapes;
    struct pl_trace_present {
        uint32_t thread;
        struct pl_trace_cursor stream;
    } * present; /* the section's threads */
    uint32_t present_count, present_capacity;
    struct pl_trace_cursor order, time, touched;
    uint64_t run_place, run, unticked, tick_ms;
    uint64_t time_ms;
    uint32_t left; /* events of the section */
};

/** Begins a section. @param content stays until the next one
 *  @return NULL, or what is wrong; errno is ENOMEM where memory is */
const char *pl_trace_decoder_begin(struct pl_trace_decoder *decoder, uint32_t events,
                                   const struct pl_trace_bytes *content);

/** The next event; one is left. @return as pl_trace_decoder_begin */
const char *pl_trace_decode(struct pl_trace_decoder *decoder, struct pl_trace_event *event);

/** Once no event is left. @return NULL, or what is wrong: something is left nevertheless */
const char *pl_trace_decoder_end(const struct pl_trace_decoder *decoder);

void pl_trace_decoder_free(struct pl_trace_decoder *decoder);

#endif
