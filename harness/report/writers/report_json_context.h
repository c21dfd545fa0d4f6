/* The parts of report.json that stand beside the results. */
#ifndef PL_REPORT_REPORT_JSON_ASIDE_H
#define PL_REPORT_REPORT_JSON_ASIDE_H

#include "harness/report/model/model.h"

/** Adds "calibration", "before_after", "history" and "counterparts" to a report, each where there
 * is one. */
void pl_report_json_aside(json_t *report, const struct pl_model *model);

#endif
