/* The history's page on the terminal: series and their trends as tables. */
#ifndef PL_REPORT_HISTORY_HISTORY_PAGE_H
#define PL_REPORT_HISTORY_HISTORY_PAGE_H

#include <stdio.h>

#include "harness/compare/trend.h"

/** Prints the tables, the changes, and what a reader must know to read them.
 *  @param list at least one series @param trends one for each of them, in their order */
void pl_history_page(FILE *out, const struct pl_series_list *list, const struct pl_trend *trends);

#endif
