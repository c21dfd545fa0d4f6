/* Making a trace of what heaptrack recorded, in either of its forms. */
#ifndef PL_TRACE_HEAPTRACK_IMPORT_H
#define PL_TRACE_HEAPTRACK_IMPORT_H

#include <stdio.h>

#include "allocators/base/error.h"
#include "harness/trace/trace.h"

/** Reads a file of heaptrack's twice, and writes a trace. What is held meanwhile grows with live
 *  blocks and with what the file names, not with its events. One thread.
 *  @param from stays the caller's, can be rewound @param name of it, for messages
 *  @param to stays the caller's; what it has where it could not be made is of no use
 *  @param head set to what is known, `imported` with what had to be assumed
 *  @param totals set to what became of it
 *  @return 0, -EINVAL for what is no such file, of a newer format or damaged, or says what can't
 * be, -ENOMEM, -EIO, or why the trace can't be written; with a line in `error` */
int pl_heaptrack_import(FILE *from, const char *name, FILE *to, struct pl_trace_head *head,
                        struct pl_trace_totals *totals, struct pl_error *error);

#endif
