/* Writing a trace, event by event in their order. One thread.
 *
 * A writer keeps the live blocks: an allocation is given its slot, by which the later events of the
 * block name it. */
#ifndef PL_TRACE_WRITER_H
#define PL_TRACE_WRITER_H

#include <stdio.h>

#include "harness/trace/trace.h"

struct pl_trace_writer;

/** Begins a trace. @param stream stays the caller's @return NULL when out of memory */
struct pl_trace_writer *pl_trace_writer_open(FILE *stream, const struct pl_trace_head *head);

/** Adds a call site. @param frames innermost first, as pl_trace_frame gives them @param count below
 *  PL_TRACE_FRAMES_MAX @return its number, or 0 when out of memory */
uint32_t pl_trace_write_site(struct pl_trace_writer *writer, const char *const *frames,
                             uint32_t count);

/** Adds an event. Of its block the slot counts, of an allocation nothing; the rest is filled in as
 * a reader will give it: so are pages beyond those that a block has, a time that goes back, and
 * what is touched of a small block.
 *  @return 0, -EINVAL for an event that can't be, -EOVERFLOW for more than a trace may hold,
 * -ENOMEM, or why the stream can't be written */
int pl_trace_write(struct pl_trace_writer *writer, struct pl_trace_event *event);

/** Of the events so far; what the writer can't know is the caller's to set before the end. */
struct pl_trace_totals *pl_trace_writer_totals(struct pl_trace_writer *writer);

/** Ends the trace. What is left open is cut off. @param end false: only free what is held
 *  @return 0, or why it could not be written whole */
int pl_trace_writer_close(struct pl_trace_writer *writer, bool end);

#endif
