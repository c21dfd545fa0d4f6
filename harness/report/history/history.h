/* The history of a scenario on the terminal: where its figures go, and at which run they moved. */
#ifndef PL_REPORT_HISTORY_HISTORY_H
#define PL_REPORT_HISTORY_HISTORY_H

#include <stdio.h>

#include "allocators/base/error.h"
#include "harness/compare/trend.h"

/** Prints, for each set of conditions, metric and stack: runs, the first and the last median, the
 *  Theil-Sen trend with its 95 % interval, a line of blocks, and the changes.
 *  @param runs from pl_history_read
 *  @return 0; -EINVAL with one line when no run holds what is asked for, or a figure is beyond any
 *  measure; -ENOMEM: then nothing was printed */
int pl_history_write(FILE *out, const json_t *runs, const struct pl_series_query *query,
                     struct pl_error *error);

/* Its figures as text: steps and slopes in percent, commits. */

/** Room for any of these texts, with its NUL. */
#define PL_HISTORY_FIGURE 160

/** "44.2 MiB -> 47.0 MiB (+6.33 %)"; in full digits where both would look alike, and without a
 *  percentage where the level was 0. */
void pl_history_step(const struct pl_metric *metric, double before, double after, char *text);

/** "+0.12 % (-0.01..+0.30)" of the median a run, or in the metric's unit where that is 0; "-" where
 *  there is no slope. */
void pl_history_slope(const struct pl_series *series, const struct pl_trend *trend, char *text);

/** A commit's first twelve digits, with "-dirty" behind them; other names as they are, cut. */
void pl_history_commit(const char *commit, char *text);

#define PL_HISTORY_CHANGE (2 * PL_HISTORY_FIGURE + 80)

/** "at c0ffee, 2026-01-02T03:04:05Z: 44.2 MiB -> 47.0 MiB (+6.33 %), p 0.003". */
void pl_history_change(const struct pl_metric *metric, const struct pl_trend_change *change,
                       char text[PL_HISTORY_CHANGE]);

#endif
