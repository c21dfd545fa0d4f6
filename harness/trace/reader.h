/* Reading a trace as a stream: events in the order in which they were recorded, over all threads.
 *
 *     struct pl_trace_reader *reader;
 *     struct pl_trace_event event;
 *     int rc = pl_trace_open(path, &reader, error);
 *     while (!rc && (rc = pl_trace_next(reader, &event, error)) > 0)
 *         ...
 *     pl_trace_close(reader);
 *
 * All that is read is checked: a block that is freed is live, a size is one, a thread exists. What
 * a reader holds grows with the live blocks, not with the trace. One thread. */
#ifndef PL_TRACE_READER_H
#define PL_TRACE_READER_H

#include <stdio.h>

#include "allocators/base/error.h"
#include "harness/trace/trace.h"

struct pl_trace_reader;

/** Opens a trace and reads its head.
 *  @return 0, -EINVAL for what is no trace, of another version or corrupt, or why it can't be read:
 *  one line in `error` that names the file */
int pl_trace_open(const char *path, struct pl_trace_reader **reader, struct pl_error *error);

/** Likewise of a stream. @param name for messages @param stream closed with the reader */
int pl_trace_open_stream(FILE *stream, const char *name, struct pl_trace_reader **reader,
                         struct pl_error *error);

const struct pl_trace_head *pl_trace_head(const struct pl_trace_reader *reader);

/** @return 1 with an event; 0 at the trace's end; -ENODATA where the file ends before it: all
 * events up to its last whole section were given; -EINVAL where it is corrupt; -ENOMEM; with a line
 * in `error` */
int pl_trace_next(struct pl_trace_reader *reader, struct pl_trace_event *event,
                  struct pl_error *error);

/** Of the events so far. After the end they are what the trace itself says, which was checked. */
const struct pl_trace_totals *pl_trace_totals(const struct pl_trace_reader *reader);

/** A call site, known from before its first event on: a frame is "object+0xoffset", or
 *  "0xaddress" where it lies in no file.
 *  @param index 0: the innermost @return NULL beyond the last */
const char *pl_trace_frame(const struct pl_trace_reader *reader, uint32_t site, uint32_t index);

/** Takes NULL. */
void pl_trace_close(struct pl_trace_reader *reader);

/** Reads a whole trace for its totals: how many slots and threads a replay needs.
 *  @return 0, or as pl_trace_next; the totals of a truncated trace are set, too */
int pl_trace_survey(const char *path, struct pl_trace_totals *totals, struct pl_error *error);

#endif
