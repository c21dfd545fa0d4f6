/* Growth by jumps, such as that of a slab or a table that doubles: its steps, and the next ones.
 *
 * What fills such a thing grows evenly, and a step falls where that has filled it: the height
 * before a step is the demand at its time. So demand is a line through (time of a step, height
 * before it), the next step falls where the line meets today's height, and rises by the ratio of
 * the steps so far (2: it doubles), by their height where those are alike, or by heights that grow
 * by a ratio of their own: what doubles stands beside a process that doesn't. */
#ifndef PL_STATS_STAIRCASE_H
#define PL_STATS_STAIRCASE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/stats/curves.h"

#define PL_STAIRCASE_STEPS_MAX 32 /* more are as good as a line */

struct pl_step {
    double seconds;       /* of its end */
    double before, after; /* bytes */
};

struct pl_staircase {
    struct pl_step steps[PL_STAIRCASE_STEPS_MAX];
    size_t count;
    bool geometric;          /* each level is a multiple of the one before */
    double ratio;            /* of a geometric one */
    double height;           /* of the others, where those are alike, bytes */
    double growth;           /* of the others: each height is so many times the one before */
    double seconds_per_byte; /* of demand; more than 0 */
    double error; /* of the wait for a step, a share of it; n times that of the n-th one */
};

/** Looks for steps. @param curve of 3 or more samples
 *  @return whether jumps make up the rise, and follow a rule: at least 3, or 2 of about one
 *  ratio */
bool pl_staircase_find(const struct pl_curve *curve, struct pl_staircase *stairs);

/** The step after another. @param late by so much of the wait, -0.9 or more; 0: the best estimate
 */
struct pl_step pl_staircase_next(const struct pl_staircase *stairs, struct pl_step step,
                                 double late);

/** The height at a moment after the latest step. @param late of the first step, twice of the
 * second, and so on up to waits half as long or twice: the rule has to hold once more for each */
double pl_staircase_at(const struct pl_staircase *stairs, double seconds, double late);

#endif
