/* A run on the terminal. */
#ifndef PL_REPORT_TERMINAL_TABLE_H
#define PL_REPORT_TERMINAL_TABLE_H

#include <jansson.h>
#include <stdio.h>

/** Prints a results document: a table for each scenario and format, at most 100 columns wide, what
 *  failed, what instruments found, warnings, and models beside the programs that they are held
 *  against. @param folder of the results and their curves; NULL: nothing is held */
void pl_report_table(FILE *out, const json_t *results, const char *folder);

#endif
