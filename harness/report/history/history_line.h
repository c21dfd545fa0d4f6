/* A run as the history keeps it: the medians of its results (harness/results/history_file.h). */
#ifndef PL_REPORT_HISTORY_HISTORY_LINE_H
#define PL_REPORT_HISTORY_HISTORY_LINE_H

#include <jansson.h>

#include "harness/report/model/model.h"

/** Sums up a run: each stack's median of every metric that has a value.
 *
 * Each cell carries a hash of its conditions: what the recording held, the scenario's keys and the
 * stack's limits. Figures of other conditions are another series.
 *
 * @param commit what was measured, in plain text @param line set on success; json_decref
 * @return 0; -EINVAL when the results don't say when, on which tier or where they were made, or
 *         `commit` is no UTF-8; with one line */
int pl_history_line(const struct pl_model *model, const char *commit, json_t **line,
                    struct pl_error *error);

#endif
