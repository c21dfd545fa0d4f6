/* A subscriber: its queue, what becomes of a packet that has no room, its coming and going
 * (relay_state.h). */
#ifndef PL_PIPELINES_RELAY_SUBSCRIBER_H
#define PL_PIPELINES_RELAY_SUBSCRIBER_H

#include "harness/pipelines/relay/relay_state.h"

/** Gives a subscriber a packet: to its connection, or its queue. On a publisher's worker.
 *  @param worker the calling one */
void relay_subscriber_offer(struct relay *relay, uint32_t worker,
                            struct relay_subscriber *subscriber, struct relay_packet *packet,
                            int64_t now_ns);

/** A packet to it was lost on the way. On a publisher's worker.
 *  @param worker the calling one */
void relay_subscriber_miss(struct relay *relay, uint32_t worker,
                           struct relay_subscriber *subscriber, int64_t now_ns);

/** Sends what waits, as far as the connection takes it. On its worker.
 *  @return whether something still waits */
bool relay_subscriber_drain(struct relay *relay, struct relay_subscriber *subscriber,
                            int64_t now_ns);

/** Comes, and is given what the caches have for it, or goes. On its worker. */
void relay_subscriber_join(struct relay *relay, struct relay_subscriber *subscriber,
                           int64_t now_ns);
void relay_subscriber_leave(struct relay *relay, struct relay_subscriber *subscriber);

/** Remembers whether there was no memory for its session. On its worker. */
void relay_subscriber_refuse(struct relay *relay, struct relay_subscriber *subscriber,
                             bool refused);

#endif
