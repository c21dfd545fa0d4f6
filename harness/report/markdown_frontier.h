/* A group's frontier in report.md. */
#ifndef PL_REPORT_MARKDOWN_FRONTIER_H
#define PL_REPORT_MARKDOWN_FRONTIER_H

#include <stdio.h>

#include "harness/report/model.h"

/** Writes the table, where the group has a sweep. @param most rows at most */
void pl_markdown_frontier(FILE *out, const struct pl_model_group *group, size_t most);

#endif
