/* Where a group's key figures come from: the history of its stacks under the same conditions, on
 * this host where the figures depend on it. */
#ifndef PL_REPORT_MODEL_TRENDS_H
#define PL_REPORT_MODEL_TRENDS_H

#include "harness/compare/series.h"
#include "harness/compare/trend.h"
#include "harness/report/model/model.h"

#define PL_TRENDS_METRICS 4

/** The metrics that are looked at, in their order. */
extern const char *const pl_trends_metrics[PL_TRENDS_METRICS];

/** One metric of one row over the runs. */
struct pl_trends_series {
    const struct pl_series *series; /* NULL: the history has none */
    struct pl_trend trend;
};

struct pl_trends_row {
    const struct pl_model_row *row;
    struct pl_trends_series metrics[PL_TRENDS_METRICS];
};

struct pl_trends {
    struct pl_series_list list;
    struct pl_trends_row *rows; /* of the group, in its order */
    size_t row_count;
};

/** Finds and judges a group's series. Of several (a recording, a key of the scenario or a limit was
 *  changed meanwhile) the one that was added to last is meant.
 *  @param runs from pl_history_read; must outlive the past @param host of the report
 *  @param past set on success; pl_trends_free
 *  @return 0; or -EINVAL with one line for a value beyond any measure */
int pl_trends_make(const json_t *runs, const json_t *host, const struct pl_model_group *group,
                   struct pl_trends *past, struct pl_error *error);

/** Takes one that was never made, or half. */
void pl_trends_free(struct pl_trends *past);

#endif
