/* Telling alerts on stderr as they come. */
#ifndef PL_CLI_ALERT_LINES_H
#define PL_CLI_ALERT_LINES_H

#include "harness/cell/record.h"
#include "harness/cli/progress.h"
#include "harness/scenario/scenario.h"

/** Of one cell. */
struct pl_alert_lines {
    const struct pl_scenario *scenario;
    const char *label; /* of its stack */
    const struct pl_progress *progress;
    uint64_t raised;
};

/** One line: "alert: frame-leak glibc at 12.3 s: live_frames > 100 (101)"; of a cell that raises
 * many only the first ones. @param context a struct pl_alert_lines */
void pl_alert_lines_print(void *context, const struct pl_alert_record *alert);

/** The cell is over: how many were left out, if any. */
void pl_alert_lines_end(const struct pl_alert_lines *lines);

#endif
