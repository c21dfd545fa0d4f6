/* report.md: GitHub-flavoured, small enough for a comment or a job's summary. */
#ifndef PL_REPORT_MARKDOWN_REPORT_H
#define PL_REPORT_MARKDOWN_REPORT_H

#include "harness/report/model/model.h"

/** GitHub refuses a comment of 65,536 characters. */
#define PL_MARKDOWN_MAX 65000

/** Writes the whole report into new memory. Long lists are cut until it fits, and say so.
 *  @param folder where pictures are looked for @param no_pictures why there are none, or NULL
 *  @return free() it */
char *pl_markdown_make(const struct pl_model *model, const char *folder, const char *no_pictures,
                       size_t *size);

#endif
