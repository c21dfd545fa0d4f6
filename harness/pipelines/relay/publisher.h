/* A publisher: it takes in what arrives, keeps it in its caches, and gives it to its subscribers
 * (relay_state.h). */
#ifndef PL_PIPELINES_RELAY_PUBLISHER_H
#define PL_PIPELINES_RELAY_PUBLISHER_H

#include "harness/pipelines/relay/relay_state.h"

/** @param publisher zeroed, but for its subscribers' array @return false when the arena is too
 *  small */
bool relay_publisher_open(struct relay_publisher *publisher, struct relay *relay, uint32_t index,
                          struct pl_sender *sender);

/** Bytes of the arena that opening takes. */
size_t relay_publisher_arena_bytes(const struct pl_relay_settings *settings);

/** Empties its caches, on the cell's thread. */
void relay_publisher_close(struct relay_publisher *publisher);

#endif
