/* RTCP between the relay and its subscribers (relay_state.h): congestion control's feedback,
 * receiver and sender reports. NACK is the publisher's (publisher.c). */
#ifndef PL_PIPELINES_RELAY_RTCP_H
#define PL_PIPELINES_RELAY_RTCP_H

#include "harness/pipelines/relay/relay_state.h"

#define RELAY_RTCP_PACKET_BYTES 16 /* of an `rtcp`, at least */

/** Bytes of the largest report between the relay and one of its subscribers, who gets so many
 *  streams; of feedback there may be several packets, each as large as a buffer at most. */
uint32_t relay_rtcp_largest(uint32_t streams);

/** Bytes of the arena that open takes. @param subscribers at most */
size_t relay_rtcp_arena_bytes(const struct pl_relay_settings *settings, size_t subscribers);

/** @return false when the arena is too small */
bool relay_rtcp_open(struct relay *relay);

/** A subscriber comes, or goes: its first RTCP is due a full interval later. On its worker. */
void relay_rtcp_join(struct relay *relay, const struct relay_subscriber *subscriber,
                     int64_t now_ns);
void relay_rtcp_leave(struct relay *relay, const struct relay_subscriber *subscriber);

/** Takes in and sends what is due at a pump's subscribers until `now_ns`. On its worker. */
void relay_rtcp_work(struct relay_pump *pump, int64_t now_ns);

/** When something is due next at a pump's subscribers; PL_NEVER */
int64_t relay_rtcp_due(const struct relay_pump *pump);

/** A publisher reads, and releases, the receiver reports of its subscribers. Under its lock.
 *  @param side of the calling worker */
void relay_rtcp_read_reports(struct relay_publisher *publisher, struct pl_side *side);

#endif
