/* The real program that a model is held against, by the name of its scenario. */
#ifndef PL_SCENARIO_COUNTERPART_H
#define PL_SCENARIO_COUNTERPART_H

#include "harness/scenario/decode.h"

/** Checks the scenario's counterpart: one that stands beside its file, among those that come with
 *  Plimsoll or in their folder real/, of a program or of a recorded one, and another than itself.
 *  @param mark where it is written
 *  @return 0, or -EINVAL and one line with the nearest name */
int pl_counterpart_check(struct pl_decoder *decoder, struct pl_mark mark);

#endif
