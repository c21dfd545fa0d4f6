/* Subscribers for which there is something to do, in a list for each worker's pump
 * (relay_state.h). */
#ifndef PL_PIPELINES_RELAY_CHANGED_H
#define PL_PIPELINES_RELAY_CHANGED_H

#include "harness/pipelines/relay/relay_state.h"

/** Tells a subscriber's pump of it, and wakes that. Any worker. */
void relay_changed_tell(struct relay *relay, struct relay_subscriber *subscriber, int64_t now_ns);

/** @return the first of a pump's, out of the list; NULL. On its worker. */
struct relay_subscriber *relay_changed_take(struct relay_pump *pump);

#endif
