/* A worker's pump: it sends to its subscribers what waits, lets them come and go, and looks again
 * at those whose connections take no more (relay_state.h). */
#ifndef PL_PIPELINES_RELAY_PUMP_H
#define PL_PIPELINES_RELAY_PUMP_H

#include "harness/pipelines/relay/relay_state.h"

/** Makes the pump of each worker. @return false when the arena is too small */
bool relay_pumps_open(struct relay *relay);

#endif
