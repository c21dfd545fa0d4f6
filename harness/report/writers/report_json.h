/* report.json: what the report says, for programs. results/report.schema.json describes it. */
#ifndef PL_REPORT_WRITERS_REPORT_JSON_H
#define PL_REPORT_WRITERS_REPORT_JSON_H

#include <stdio.h>

#include "harness/report/model/model.h"

/** Moves when the meaning of a field does. */
#define PL_REPORT_VERSION 1

void pl_report_json(FILE *out, const struct pl_model *model);

#endif
