/* A cell's alerts in the results: a list in results.json, and a file beside its series. */
#ifndef PL_RESULTS_ALERT_SERIES_H
#define PL_RESULTS_ALERT_SERIES_H

#include <jansson.h>

#include "harness/measure/metrics.h"

/** [{alert, t_seconds, value}] in the order of time, or NULL for a scenario without alerts. */
json_t *pl_alerts_json(const struct pl_measured *measured);

/** Writes the same as "t_ns,value,alert" beside the series, which keeps its columns: its name with
 *  .alerts before .csv. Nothing where none was raised. @return 0 or a negative errno */
int pl_alerts_write(const char *series_path, const struct pl_measured *measured,
                    struct pl_error *error);

/** Whether an alert was raised. @param text "live_frames > 100" */
bool pl_alerts_raised(const struct pl_measured *measured, const char *text);

#endif
