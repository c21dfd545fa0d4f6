/* Expectations that no stack of their scenario answers: a typing error, mostly. */
#ifndef PL_CLI_IDLE_EXPECTATIONS_H
#define PL_CLI_IDLE_EXPECTATIONS_H

#include "harness/scenario/scenario.h"

struct pl_planned;

/** Looks for an expectation whose stacks match none of `allocators` and `sweep`, in whichever tier.
 *  One that was taken over from another scenario may do so: it is passed over.
 *  @param planned what of the scenario is to run, and counts as a stack of it; may be NULL
 *  @param text set to a line that says so, "" where there is none, or the file can't be read again
 */
void pl_idle_expectation(const struct pl_scenario *scenario, const struct pl_planned *planned,
                         char *text, size_t capacity);

#endif
