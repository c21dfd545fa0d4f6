/* Which points are worth having when less of both figures is better. */
#ifndef PL_STATS_PARETO_H
#define PL_STATS_PARETO_H

#include <stdbool.h>
#include <stddef.h>

/** Whether a is at least as good as b in both figures and better in one. False with a NaN. */
bool pl_pareto_beats(double ax, double ay, double bx, double by);

/** Marks the points that no other beats (Pareto 1906): points that are alike stay together, a point
 *  with a NaN is never marked and beats none.
 *  @param best set for each @return 0 or -ENOMEM */
int pl_pareto(const double *x, const double *y, size_t count, bool *best);

#endif
