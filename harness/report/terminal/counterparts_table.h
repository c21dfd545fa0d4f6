/* Which models have a real counterpart, and how far they are off: the committed file as one
 * Markdown table, which `plimsoll list scenarios --counterparts` and the README have alike. */
#ifndef PL_REPORT_TERMINAL_COUNTERPARTS_TABLE_H
#define PL_REPORT_TERMINAL_COUNTERPARTS_TABLE_H

#include <jansson.h>
#include <stdio.h>

/** Prints a row for each pair, one for the models of each reason to have none,
 *  then a table of the documents' claims.
 *  @param root from pl_counterparts_read */
void pl_counterparts_table(FILE *out, const json_t *root);

#endif
