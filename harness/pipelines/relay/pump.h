/* A worker's pump: it sends to its subscribers what waits, lets them come and go, and looks again
 * at those whose connections take no more (relay.h). */
#ifndef PL_PIPELINES_RELAY_PUMP_H
#define PL_PIPELINES_RELAY_PUMP_H

#include "harness/pipelines/relay/relay.h"

/** Makes the pump of each worker. @return false when the arena is too small */
bool relay_pumps_open(struct relay *relay);

/** Tells a subscriber's pump that there is something to do for it. Any worker. */
void relay_pump_tell(struct relay *relay, struct relay_subscriber *subscriber, int64_t now_ns);

#endif
