/* The instruments' short table on the terminal. */
#ifndef PL_REPORT_TERMINAL_TABLE_SECTIONS_H
#define PL_REPORT_TERMINAL_TABLE_SECTIONS_H

#include <jansson.h>
#include <stdio.h>

/** Prints a row an observation: its headline figure, and whether it agrees with our books. */
void pl_table_sections(FILE *out, const json_t *root);

#endif
