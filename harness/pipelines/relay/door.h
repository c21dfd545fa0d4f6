/* The door: subscribers come and go by the load curve, or all come at the beginning
 * (relay_state.h). */
#ifndef PL_PIPELINES_RELAY_DOOR_H
#define PL_PIPELINES_RELAY_DOOR_H

#include "harness/pipelines/relay/relay_state.h"

/** Subscribers that there are at most. */
uint32_t relay_door_most(const struct pl_scenario *scenario);

/** @return false when the arena is too small */
bool relay_door_open(struct relay *relay);

#endif
