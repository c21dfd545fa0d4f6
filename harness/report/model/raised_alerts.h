/* Alerts as every form of the report shows them: a line each, the first ones of a stack. */
#ifndef PL_REPORT_MODEL_RAISED_ALERTS_H
#define PL_REPORT_MODEL_RAISED_ALERTS_H

#include <stddef.h>

#include "harness/report/model/model.h"

/** Room for the alerts of a row, with their NUL. */
#define PL_ALERTS_TEXT 640

/** "at 12.3 s: live_frames > 100 (101)"; bytes as "1.2 MiB". */
void pl_alert_text(const char *alert, double t_seconds, double value, char *text, size_t capacity);

/** Whether any cell of the group raised one. */
bool pl_alerts_any(const struct pl_model_group *group);

/** The alerts of a row's repetitions: "at 12.3 s: live_frames > 100 (101); ... and 7 more", ""
 * where none was raised. */
void pl_alerts_of_row(const struct pl_model_row *row, char *text, size_t capacity);

#endif
