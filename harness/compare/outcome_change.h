/* How a cell ends on both sides: whether it got worse, over all its repetitions. */
#ifndef PL_COMPARE_OUTCOME_CHANGE_H
#define PL_COMPARE_OUTCOME_CHANGE_H

#include "harness/compare/judge.h"
#include "harness/compare/match.h"

#define PL_OUTCOME_WHY_MAX 260

/** An end that base never had is worse; more of its worst ends are worse when Fisher's exact test
 *  says so at .05, and can't be told otherwise. A program that can't run the cell is worse than one
 *  that can. Where a container ends a cell depends on RSS, so that on another host only crashes and
 *  timeouts count.
 *  @param why set to "bounded", "bounded, then oom_killed 20 of 20", or what stands against it */
enum pl_change pl_outcome_compare(const struct pl_match *match, char why[PL_OUTCOME_WHY_MAX]);

#endif
