/* The history of a scenario on the terminal: where its figures go, and at which run they moved. */
#ifndef PL_REPORT_HISTORY_HISTORY_H
#define PL_REPORT_HISTORY_HISTORY_H

#include <stdio.h>

#include "allocators/base/error.h"
#include "harness/compare/trend.h"

/** Prints, for each set of conditions, metric and stack: runs, the first and the last median, the
 *  Theil-Sen trend with its 95 % interval, a line of blocks, and the changes.
 *  @param runs from pl_history_read
 *  @return 0; -EINVAL with one line when no run holds what is asked for, or a figure is beyond any
 *  measure; -ENOMEM: then nothing was printed */
int pl_history_write(FILE *out, const json_t *runs, const struct pl_series_query *query,
                     struct pl_error *error);

/** Of it, series and their trends: prints the tables, the changes, and what a reader must know to
 * read them.
 *  @param list at least one series @param trends one for each of them, in their order */
void pl_history_page(FILE *out, const struct pl_series_list *list, const struct pl_trend *trends);

#endif
