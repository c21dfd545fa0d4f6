/* CPU a packet of every stack of a group, a bar each. */
#ifndef PL_REPORT_CHART_CPU_H
#define PL_REPORT_CHART_CPU_H

#include <stdbool.h>
#include <stdio.h>

#include "harness/report/model.h"

/** Whether two stacks or more have it: less is no comparison. */
bool pl_chart_cpu_has(const struct pl_model_group *group);

/** Writes an <svg>, with the floor of the `null` heap as a line.
 *  @param label what a screen reader says
 *  @return 0 or -ENOMEM */
int pl_chart_cpu_write(FILE *out, const struct pl_model_group *group, const char *label);

#endif
