/* The generated report: report.html, report.md, report.json and junit.xml from a results folder,
 * and what is named beside it. */
#ifndef PL_REPORT_REPORT_H
#define PL_REPORT_REPORT_H

#include <stdio.h>

#include "harness/report/model/model.h"

/** What a report is of. */
struct pl_report {
    const char *folder;
    const char *baseline; /* a folder to compare with, or NULL */
    const char *history;  /* a file of runs; NULL: what the folder's last report had, if any */
};

/** Reads FOLDER/results.json and its series, has plots/ draw the pictures and writes the reports.
 *  Without matplotlib the report has no pictures and says how to get them.
 *  @param progress where to say what is missing
 *  @return 0 or a negative errno: nothing is half-written */
int pl_report_write(const struct pl_report *report, FILE *progress, struct pl_error *error);

/** GitHub refuses a comment of 65,536 characters. */
#define PL_MARKDOWN_MAX 65000

/** Writes report.md, GitHub-flavoured, into new memory. Long lists are cut until it fits, and say
 * so.
 *  @param folder where pictures are looked for @param no_pictures why there are none, or NULL
 *  @return free() it */
char *pl_markdown_make(const struct pl_model *model, const char *folder, const char *no_pictures,
                       size_t *size);

#endif
