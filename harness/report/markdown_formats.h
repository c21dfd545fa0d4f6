/* Formats beside each other in report.md. */
#ifndef PL_REPORT_MARKDOWN_FORMATS_H
#define PL_REPORT_MARKDOWN_FORMATS_H

#include <stdio.h>

#include "harness/report/model.h"

/** Writes the section, where a scenario was run in several formats. @param most rows a table */
void pl_markdown_formats(FILE *out, const struct pl_model *model, size_t most);

#endif
