/* Making the trace of one process from its raw file and what was seen of it from outside. */
#ifndef PL_TRACE_COMPILE_H
#define PL_TRACE_COMPILE_H

#include <stdio.h>

#include "allocators/base/error.h"
#include "harness/trace/raw_source.h"
#include "harness/trace/trace.h"

/** Writes a trace. @param stream stays the caller's @param head without its `lost`, which is set
 * where the raw file says so @param totals set to what became of it
 *  @return 0 or a negative errno with the reason */
int pl_trace_compile(const struct pl_trace_source *source, struct pl_trace_head *head, FILE *stream,
                     struct pl_trace_totals *totals, struct pl_error *error);

#endif
