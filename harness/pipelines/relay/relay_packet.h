/* Packets and the lists that hold them (relay_state.h). A side is that of the calling worker. */
#ifndef PL_PIPELINES_RELAY_RELAY_PACKET_H
#define PL_PIPELINES_RELAY_RELAY_PACKET_H

#include "harness/pipelines/relay/relay_state.h"

/** @return how large the block is in which a datagram of `size` bytes lies */
static inline uint64_t relay_buffer_bytes(const struct relay *relay, const struct pl_meter *meter,
                                          uint32_t size)
{
    return relay->settings->buffers == PL_RELAY_BUFFERS_FIXED
               ? meter->sizes[relay->classes[CLASS_BUFFER]]
               : size;
}

/** Takes in what arrived, with one reference. @return it, or NULL where the stack refuses */
struct relay_packet *relay_packet_take(const struct relay *relay, struct pl_side *side,
                                       const struct pl_arrival *arrival);

/** @return a copy with one reference, or NULL */
struct relay_packet *relay_packet_copy(const struct relay *relay, struct pl_side *side,
                                       const struct relay_packet *packet);

static inline struct relay_packet *relay_packet_hold(struct relay_packet *packet)
{
    __atomic_fetch_add(&packet->references, 1, __ATOMIC_RELAXED);
    return packet;
}

/** Gives a reference back. With the last one the packet is checked and released. */
void relay_packet_drop(const struct relay *relay, struct pl_side *side,
                       struct relay_packet *packet);

/** Appends a packet, whose reference becomes the list's.
 *  @return false where the stack refuses a node: the reference stays the caller's */
bool relay_list_append(const struct relay *relay, struct pl_side *side, struct relay_list *list,
                       struct relay_packet *packet, int64_t now_ns);

/** @return the first packet, with the list's reference; NULL of an empty list */
struct relay_packet *relay_list_take(const struct relay *relay, struct pl_side *side,
                                     struct relay_list *list);

/** Drops all. @return how many */
uint64_t relay_list_clear(const struct relay *relay, struct pl_side *side, struct relay_list *list);

#endif
