/* The generated report: report.md and report.html from a results folder, and nothing else. */
#ifndef PL_REPORT_REPORT_H
#define PL_REPORT_REPORT_H

#include <stdio.h>

#include "allocators/error.h"

/** Reads DIR/results.json and its series, has plots/ draw the pictures and writes the reports.
 *  Without matplotlib the report has no pictures and says how to get them.
 *  @param progress where to say what is missing
 *  @return 0 or a negative errno: nothing is half-written */
int pl_report_write(const char *folder, FILE *progress, struct pl_error *error);

#endif
