/* The head and the end of a trace, as JSON. */
#ifndef PL_TRACE_HEAD_H
#define PL_TRACE_HEAD_H

#include "harness/trace/bytes.h"
#include "harness/trace/trace.h"

/** Each appends; where there is no memory `content` has failed. */
void pl_trace_head_put(const struct pl_trace_head *head, struct pl_trace_bytes *content);
void pl_trace_totals_put(const struct pl_trace_totals *totals, struct pl_trace_bytes *content);

/** @return NULL, or what is wrong */
const char *pl_trace_head_take(const struct pl_trace_bytes *content, struct pl_trace_head *head);
const char *pl_trace_totals_take(const struct pl_trace_bytes *content,
                                 struct pl_trace_totals *totals);

#endif
