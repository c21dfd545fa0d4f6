/* The alerts that a cell has told of, as the controller keeps them. */
#ifndef PL_CELL_ALERT_LOG_H
#define PL_CELL_ALERT_LOG_H

#include <stddef.h>

#include "harness/cell/record.h"

/** More of one cell are counted, and not kept: an alert may come and go at every sample. */
#define PL_ALERT_LOG_MAX 1024

struct pl_alert_log {
    struct pl_alert_record *list; /* the first ones, in the order of time */
    size_t count;
    uint64_t raised; /* all of them */
};

/** @return 0 or -ENOMEM */
int pl_alert_log_add(struct pl_alert_log *alerted, const struct pl_alert_record *record);

void pl_alert_log_free(struct pl_alert_log *alerted);

#endif
