/* Who holds what is live at a trace's peak, by function. */
#ifndef PL_CLI_LISTED_PEAK_H
#define PL_CLI_LISTED_PEAK_H

#include "allocators/base/error.h"
#include "harness/trace/trace.h"

/** Prints the call sites that have the most, nothing where none were recorded.
 *  @param totals of what of it can be read @return 0, or why that can't be */
int pl_list_peak(const char *path, const struct pl_trace_totals *totals, struct pl_error *error);

#endif
