/* Two results documents, compared: a verdict for each cell and metric. */
#ifndef PL_COMPARE_COMPARISON_H
#define PL_COMPARE_COMPARISON_H

#include "harness/compare/calibration.h"
#include "harness/compare/judge.h"
#include "harness/compare/match.h"
#include "harness/compare/outcome_change.h"

/** One cell: how it ended on both sides, and its metrics. */
struct pl_compared {
    const struct pl_match *match;
    enum pl_change outcome; /* whether it ends better or worse than it did */
    char outcome_why[PL_OUTCOME_WHY_MAX];
    bool missing;             /* base has it and new lacks it */
    struct pl_judged *judged; /* metrics that either side has, in the order of metrics.def */
    size_t judged_count;
};

struct pl_comparison {
    json_t *base; /* the documents, held by reference */
    json_t *new;
    struct pl_matches matches;
    struct pl_compared *cells;
    size_t cell_count;
    size_t counts[PL_CHANGE_COUNT]; /* metrics and outcomes judged so; advisory ones left out */
    size_t nondeterministic;
    size_t missing;                           /* cells and metrics that base has and new lacks */
    size_t advisory;                          /* changes that no gate fails on */
    const char *unpaired;                     /* why class N can't be judged, or NULL */
    const struct pl_calibration *calibration; /* of this host, or NULL */
};

/** Compares. @param calibration of the host that ran both, or NULL; kept by the caller
 *  @return 0; -EINVAL when no cell is in both, or no metric of any can be compared; -ENOMEM */
int pl_comparison_make(json_t *base, json_t *new, const struct pl_calibration *calibration,
                       struct pl_comparison *comparison, struct pl_error *error);

/** Takes one that was never made, or half. */
void pl_comparison_free(struct pl_comparison *comparison);

/** Whether a gate fails on it: anything worse that is not advisory, anything that base has and new
 *  lacks, or a fault of the suite. */
bool pl_comparison_fails(const struct pl_comparison *comparison);

/** Why only class D could be compared (the runs are of two hosts), or NULL. */
const char *pl_comparison_only_exact(const struct pl_comparison *comparison);

/** Which side was stopped before its end ("base", "new", "both"), or NULL. */
const char *pl_comparison_incomplete(const struct pl_comparison *comparison);

/** Whether a gate fails on this metric. */
bool pl_judged_fails(const struct pl_judged *judged);

#endif
