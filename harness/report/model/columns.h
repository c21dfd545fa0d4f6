/* The figures that tables show, in their order: which metric, in which unit; and what a report says
 * beside them in words that several share. */
#ifndef PL_REPORT_MODEL_COLUMNS_H
#define PL_REPORT_MODEL_COLUMNS_H

#include "harness/report/model/model.h"

struct pl_column {
    const char *name;
    const char *unit;
    enum pl_model_metric metric;
    double scale;     /* what the metric is divided by to get the unit */
    bool whole;       /* a count */
    bool above_floor; /* less the median of the `null` heap with as many threads */
    bool foreign;     /* of foreign programs alone: models would only get wider tables by it */
    unsigned rank; /* from 1 on: what is left out first where a table is too wide is the highest; 0:
                      of the page's table of all cells alone, which shows what any of them has */
};

extern const struct pl_column pl_columns[];
extern const size_t pl_column_count;

/** The column's figure of a row, in the metric's own unit; count 0 where it has none. */
struct pl_summary pl_column_of(const struct pl_column *column, const struct pl_model_group *group,
                               const struct pl_model_row *row);

/** Whether any row of the group has a figure: other columns are left out. */
bool pl_column_used(const struct pl_column *column, const struct pl_model_group *group);

/** Room for a cell of a table, with its NUL. */
#define PL_COLUMN_TEXT 128

/** The median: "44.2", or "-" where there is none. */
void pl_column_median(const struct pl_column *column, const struct pl_summary *summary, char *text);

/** The spread: "44.1..44.3"; empty with one repetition, or where all show the same figure. */
void pl_column_spread(const struct pl_column *column, const struct pl_summary *summary, char *text);

/** The outcome in words: "oom_killed", or "oom_killed 2/3, growing 1/3". */
void pl_row_outcome(const struct pl_model_row *row, char *text);

/** "met", "FAILED", "not checked" or "none". */
const char *pl_row_expected(const struct pl_model_row *row);

/** The conditions of a group: "f32, 256 MiB (cgroup1), 4 min, 3 repetitions"; what is not usual
 * with them: "f32, 256 MiB (cgroup1), 4 min, wall clock, 2 threads". */
void pl_group_conditions(const struct pl_model_group *group, char *text, size_t capacity);

/** Room for a fact, with its NUL. */
#define PL_FACT 512

/** What was run: the tier, when, and whether it was stopped. */
void pl_fact_run(const struct pl_model *model, char *text, size_t capacity);

/** A raised alert: "at 12.3 s: live_frames > 100 (101)"; bytes as "1.2 MiB". */
void pl_fact_alert(const char *alert, double t_seconds, double value, char *text, size_t capacity);

#endif
