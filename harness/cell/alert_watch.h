/* A scenario's alerts inside a cell: looked at with each sample, told once when they become true.
 */
#ifndef PL_CELL_ALERT_WATCH_H
#define PL_CELL_ALERT_WATCH_H

#include "harness/cell/record.h"
#include "harness/pipelines/sides.h"

struct pl_alert_watch {
    const struct pl_scenario *scenario;
    const struct pl_sides *sides;
    int record_fd;
    bool raised[PL_ALERTS_MAX]; /* is true, and was told */
};

/** Tells of each alert that has become true since the last sample. @param stats of that sample */
void pl_alert_watch_look(struct pl_alert_watch *alerts, const struct pl_sample *sample,
                         const struct pl_stack_stats *stats);

#endif
