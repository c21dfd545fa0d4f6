/* What a scenario is before its file is read. */
#ifndef PL_SCENARIO_DEFAULTS_H
#define PL_SCENARIO_DEFAULTS_H

#include "harness/scenario/scenario.h"

/** Sets every key to its default; what a file must state is empty or 0. */
void pl_scenario_defaults(struct pl_scenario *scenario, const char *path, enum pl_tier tier);

#endif
