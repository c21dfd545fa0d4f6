/* The summary table on the terminal: one row a stack, at most 100 columns. */
#ifndef PL_REPORT_TERMINAL_TABLE_H
#define PL_REPORT_TERMINAL_TABLE_H

#include <jansson.h>
#include <stdio.h>

/** Prints a table for each scenario and format of a results document. Repetitions are shown as
 *  their median with the spread from lowest to highest. */
void pl_report_table(FILE *out, const json_t *results);

#endif
