/* One sender: a copy of the recording as it reaches the receiver's host, with the faults, changes
 * of identity and outages that the scenario asks for; or a hostile one. Both clocks take their
 * datagrams from here, so that they replay the same traffic. Seeded; allocates nothing once
 * started. */
#ifndef PL_TRAFFIC_SENDER_H
#define PL_TRAFFIC_SENDER_H

#include <stdbool.h>

#include "harness/base/arena.h"
#include "harness/scenario/scenario.h"
#include "harness/traffic/replay.h"

/** Senders of a scenario: a copy of the recording each, and a hostile one behind them. */
uint32_t pl_sender_count(const struct pl_traffic_settings *traffic);

/** Bytes of the arena that pl_senders_open takes. */
size_t pl_senders_arena_bytes(const struct pl_traffic_settings *traffic,
                              const struct pl_recording *recording);

struct pl_sender;

/** Starts all senders of a scenario.
 *  @return pl_sender_count() senders, or NULL when the arena is too small */
struct pl_sender *pl_senders_open(const struct pl_traffic_settings *traffic,
                                  const struct pl_recording *recording, uint64_t seed,
                                  struct pl_arena *arena);

/** One of them. @param index 0 to pl_sender_count() - 1 */
struct pl_sender *pl_sender_at(struct pl_sender *senders, uint32_t index);

/** When the sender's next datagram arrives, in ns since the replay's start; INT64_MAX for never. */
int64_t pl_sender_due(const struct pl_sender *sender);

/** Takes the next datagram; only while it is due at some time. */
void pl_sender_take(struct pl_sender *sender, struct pl_arrival *arrival);

#endif
