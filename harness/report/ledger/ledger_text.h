/* A ledger's report as text, in at most 100 columns. */
#ifndef PL_REPORT_LEDGER_LEDGER_TEXT_H
#define PL_REPORT_LEDGER_LEDGER_TEXT_H

#include <jansson.h>
#include <stdio.h>

/** Writes all reports of a cell that has a ledger; nothing for one that has none.
 *  @param cell of a results document */
void pl_report_ledger(FILE *out, const json_t *cell);

#endif
