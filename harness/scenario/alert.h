/* Alerts: "QUANTITY OP VALUE" over what is known of a cell at each of its samples. */
#ifndef PL_SCENARIO_ALERT_H
#define PL_SCENARIO_ALERT_H

#include "allocators/base/error.h"
#include "harness/scenario/scenario.h"

/** Reads "live_frames > 100" or "rss_bytes >= 100MiB"; its class is not looked up yet.
 *  @param alert its `text` is written with one space at each side of the comparison
 *  @return 0 or -EINVAL */
int pl_alert_parse(const char *text, struct pl_alert *alert, struct pl_error *error);

/** Whether a value meets the alert's comparison. */
bool pl_alert_holds(const struct pl_alert *alert, uint64_t value);

/** Takes the next text off an expectation's list. @param list advanced, NULL at its end
 *  @return false when there is none */
bool pl_alert_list_next(const char **list, char text[PL_ALERT_TEXT_MAX]);

#endif
