/* The Plimsoll chart of a group as a still picture: what paper and a browser without scripts show.
 * Its scale and its lines are those of the chart that the page's script draws. */
#ifndef PL_REPORT_CHART_H
#define PL_REPORT_CHART_H

#include <stdio.h>

#include "harness/report/curves.h"

/** Whether the chart begins with a logarithmic scale: where the curves come nowhere near the line,
 *  or they would lie on the floor. */
bool pl_chart_logarithmic(const struct pl_model_group *group, const struct pl_group_curves *curves);

/** The highest peak of a group's curves; 0 without a curve. */
double pl_chart_peak(const struct pl_group_curves *curves);

/** The budgets of the stacks that have limits: an object of bytes by name, NULL for none. */
const json_t *pl_chart_limits(const struct pl_model_group *group);

/** What budgets allow together, bytes; 0 for NULL. */
double pl_chart_limit(const json_t *limits);

/** Writes an <svg>; nothing without a curve.
 *  @param label what a screen reader says
 *  @return 0 or -ENOMEM */
int pl_chart_write(FILE *out, const struct pl_model_group *group,
                   const struct pl_group_curves *curves, const char *label);

#endif
