/* The worst of a run: which stacks to look at first, and why. */
#ifndef PL_REPORT_MODEL_SEVERITY_H
#define PL_REPORT_MODEL_SEVERITY_H

#include "harness/report/model/model.h"

#define PL_SEVERITY_MAX 5

/** Room for a reason, with its NUL. */
#define PL_SEVERITY_TEXT 640

/** By what a stack is among the worst: the lower the worse. */
enum pl_severity {
    PL_SEVERITY_FAILED,
    PL_SEVERITY_TIMEOUT,
    PL_SEVERITY_CRASHED,
    PL_SEVERITY_KILLED,
    PL_SEVERITY_REFUSED,
    PL_SEVERITY_GROWING,
    PL_SEVERITY_DROPPING,
    PL_SEVERITY_NOT /* bounded and whole: nothing is bad about it */
};

struct pl_severe {
    enum pl_severity rank;
    const struct pl_model_group *group;
    const struct pl_model_row *row;
    double degree; /* within its rank: the more the worse */
    size_t alike;  /* more rows of this group with this rank */
};

/** The rule, in words. */
extern const char *const pl_severe_rule;

/** "failed", "timeout", "crashed", "killed", "refused", "growing", "dropping". */
const char *pl_severe_rank_name(enum pl_severity rank);

/** Finds the worst. `null`, the floor, is among them only where an expectation failed.
 *  @param worst the worst first @return how many */
size_t pl_severe_find(const struct pl_model *model, struct pl_severe worst[PL_SEVERITY_MAX]);

/** Puts the groups in order by the worst row of each, alike ones in theirs.
 *  @param groups room for group_count */
void pl_severe_groups(const struct pl_model *model, struct pl_severe *groups);

/** Why it is among them: "killed after 1 min 35 s at 176.2 MiB, as expected; 6 more stacks of this
 *  scenario likewise". */
void pl_severe_reason(const struct pl_severe *worst, char text[PL_SEVERITY_TEXT]);

#endif
