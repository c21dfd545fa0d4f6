/* What a scenario asks, as text: every key that changes what is replayed and is not at its default.
 * Two runs may be compared when these texts are alike. */
#ifndef PL_SCENARIO_CONDITIONS_H
#define PL_SCENARIO_CONDITIONS_H

#include <stddef.h>

#include "harness/scenario/scenario.h"

/** Room for one value, with its NUL. */
#define PL_CONDITION_TEXT_MAX 1024

/** Takes one key and its value, in units of the struct (bytes, nanoseconds). */
typedef void (*pl_condition_function)(void *context, const char *key, const char *value);

/** Names each condition in the order of the schema. Left out are: what is at its default, so that a
 *  key added later changes nothing for those who don't use it; names and lists of cells; what each
 *  cell of the results says itself (container, limits, duration, seed); and the recording's path,
 *  since the results hold its hash. */
void pl_scenario_conditions(const struct pl_scenario *scenario, pl_condition_function take,
                            void *context);

#endif
