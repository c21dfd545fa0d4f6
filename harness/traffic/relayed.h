/* What stands in a UDP datagram, told by its first bytes (RFC 7983), and what a TURN server relays
 * in one (RFC 8656). */
#ifndef PL_TRAFFIC_RELAYED_H
#define PL_TRAFFIC_RELAYED_H

#include "harness/traffic/dissect.h"
#include "harness/traffic/recording.h"

/** Takes TURN's wrapping off: ChannelData, Send and Data indications. @return whether there was */
bool pl_relayed_unwrap(struct pl_frame *payload);

/** What a datagram that is no RTP is. */
enum pl_skipped pl_datagram_kind(const struct pl_frame *payload);

#endif
