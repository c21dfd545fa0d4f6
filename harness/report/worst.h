/* The worst of a run: which stacks to look at first, and why. */
#ifndef PL_REPORT_WORST_H
#define PL_REPORT_WORST_H

#include "harness/report/model.h"

#define PL_WORST_MAX 5

/** Room for a reason, with its NUL. */
#define PL_WORST_TEXT 640

/** By what a stack is among the worst: the lower the worse. */
enum pl_worst_rank {
    PL_WORST_FAILED,
    PL_WORST_TIMEOUT,
    PL_WORST_CRASHED,
    PL_WORST_KILLED,
    PL_WORST_REFUSED,
    PL_WORST_GROWING,
    PL_WORST_DROPPING,
    PL_WORST_NOT /* bounded and whole: nothing is bad about it */
};

struct pl_worst {
    enum pl_worst_rank rank;
    const struct pl_model_group *group;
    const struct pl_model_row *row;
    double badness; /* within its rank: the more the worse */
    size_t alike;   /* more rows of this group with this rank */
};

/** The rule, in words. */
extern const char *const pl_worst_rule;

/** "failed", "timeout", "crashed", "killed", "refused", "growing", "dropping". */
const char *pl_worst_rank_name(enum pl_worst_rank rank);

/** Finds the worst. `null`, the floor, is among them only where an expectation failed.
 *  @param worst the worst first @return how many */
size_t pl_worst_find(const struct pl_model *model, struct pl_worst worst[PL_WORST_MAX]);

/** Why it is among them: "killed after 1 min 35 s at 176.2 MiB, as expected; 6 more stacks of this
 *  scenario likewise". */
void pl_worst_reason(const struct pl_worst *worst, char text[PL_WORST_TEXT]);

#endif
