/* The sender: replays a scenario's senders over real sockets, in real time. */
#ifndef PL_LIVE_SEND_H
#define PL_LIVE_SEND_H

#include "harness/live/link.h"
#include "harness/scenario/scenario.h"
#include "harness/traffic/recording.h"

/** Waits for the receiver's port, names replay time 0 and sends everything that is due before the
 *  scenario's duration, each datagram at its time and from its sender's own port. What is late
 *  follows at twice its pace at most: no burst gets longer than it was recorded.
 *  @return 0 or a negative errno */
int pl_live_send(const struct pl_scenario *scenario, const struct pl_recording *recording,
                 uint64_t seed, struct pl_live_link *link, struct pl_error *error);

#endif
