/* The tables of a ledger's report: the blocks by site, by size and by age, and those that are live.
 * Internal to ledger_text.c. */
#ifndef PL_REPORT_LEDGER_LEDGER_TABLES_H
#define PL_REPORT_LEDGER_LEDGER_TABLES_H

#include <jansson.h>
#include <stdio.h>

/** @param report of a cell's ledger */
void pl_ledger_tables(FILE *out, const json_t *report);

#endif
