/* Events into the content of a section (FORMAT.md), with each reference in both of its forms: which
 * is smaller shows when it is compressed. */
#ifndef PL_TRACE_ENCODE_EVENTS_H
#define PL_TRACE_ENCODE_EVENTS_H

#include "harness/trace/bytes.h"
#include "harness/trace/live_blocks.h"
#include "harness/trace/shapes.h"

enum pl_trace_form { PL_TRACE_BY_DISTANCE, PL_TRACE_BY_LAST_FREED, PL_TRACE_FORMS };

/** A thread's events of the section. */
struct pl_trace_stream {
    struct pl_trace_bytes bytes[PL_TRACE_FORMS];
    uint32_t place; /* among the section's threads, from 1; 0: none of its events are in it */
};

/** Starts as {0}. */
struct pl_trace_encoder {
    struct pl_trace_live live;
    struct pl_trace_shapes shapes;
    struct pl_trace_stream *streams; /* by thread */
    uint32_t stream_count;
    uint32_t *present; /* threads, in the order of their places */
    uint32_t present_count, present_capacity;
    struct pl_trace_bytes order, time, touched;
    uint32_t run_place; /* from 1 */
    uint64_t run, unticked;
    uint64_t time_ms;
    uint32_t events; /* in the section */
    size_t bytes;    /* at least that its content will have */
};

/** Takes one event in and completes it (live_blocks.h). Times that go back are raised to the
 * latest.
 *  @return 0, -EINVAL for an event that can't be, -EOVERFLOW, or -ENOMEM */
int pl_trace_encode(struct pl_trace_encoder *encoder, struct pl_trace_event *event);

/** Lays the section out. @param content emptied before */
void pl_trace_encoder_lay_out(struct pl_trace_encoder *encoder, enum pl_trace_form form,
                              struct pl_trace_bytes *content);

/** Begins the next section. */
void pl_trace_encoder_next(struct pl_trace_encoder *encoder);

void pl_trace_encoder_free(struct pl_trace_encoder *encoder);

#endif
