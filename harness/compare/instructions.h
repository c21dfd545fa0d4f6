/* callgrind's instructions a packet in a comparison: class D, but on one model of CPU and under one
 * version of valgrind only, since libraries choose other code for other CPUs. */
#ifndef PL_COMPARE_INSTRUCTIONS_H
#define PL_COMPARE_INSTRUCTIONS_H

#include <jansson.h>
#include <stdbool.h>

#include "harness/compare/judge.h"
#include "harness/compare/match.h"

/** Judges a cell's instructions, where both runs have them.
 *  @param judged set when true is returned */
bool pl_instructions_judge(const json_t *base, const json_t *new, const struct pl_match *match,
                           struct pl_judged *judged);

#endif
