/* A connection's send buffer in the kernel: in the container, and not in RSS (relay_state.h). */
#ifndef PL_PIPELINES_RELAY_SOCKET_H
#define PL_PIPELINES_RELAY_SOCKET_H

#include "harness/pipelines/relay/relay_state.h"

/** Whether it takes `size` bytes now; then it has them. Over UDP always. */
bool relay_socket_send(const struct relay *relay, struct pl_side *side,
                       struct relay_subscriber *subscriber, uint32_t size, int64_t now_ns);

/** Whether a subscriber is among the stalled ones, and does nothing at that time. */
bool relay_socket_stalls(const struct pl_relay_settings *settings, uint32_t index, int64_t now_ns);

/** The peer is gone, and what it has not read. */
void relay_socket_close(struct pl_side *side, struct relay_subscriber *subscriber);

#endif
