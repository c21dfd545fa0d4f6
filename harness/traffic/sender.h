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

struct pl_impaired;
struct pl_hostile;

/** State of one sender, to be moved by the functions below alone. */
struct pl_sender {
    int64_t due_ns;
    bool plain;                   /* sends the recording as it is */
    struct pl_impaired *impaired; /* else one of these */
    struct pl_hostile *hostile;
    struct pl_replay replay; /* all zero of a hostile one */
};

/** Senders of a scenario: a copy of the recording each, and a hostile one behind them. */
uint32_t pl_sender_count(const struct pl_traffic_settings *traffic);

/** Bytes of the arena that pl_senders_open takes. */
size_t pl_senders_arena_bytes(const struct pl_traffic_settings *traffic,
                              const struct pl_recording *recording, int64_t until_ns);

/**
 * Starts all senders of a scenario. What a sender sends is decided by the seed and its index; one
 * without faults, churn, outages and load sends what pl_replay does. None of these is the hostile
 * sender's.
 * @param until_ns replay time of the end: what is due later may not be sent
 * @param traffic,recording kept, not copied: they stay as long as the senders do
 * @return pl_sender_count() senders, or NULL when the arena is too small
 */
struct pl_sender *pl_senders_open(const struct pl_traffic_settings *traffic,
                                  const struct pl_recording *recording, uint64_t seed,
                                  int64_t until_ns, struct pl_arena *arena);

/** One of them. @param index 0 to pl_sender_count() - 1 */
static inline struct pl_sender *pl_sender_at(struct pl_sender *senders, uint32_t index)
{
    return senders + index;
}

/** When the sender's next datagram arrives, in ns since the replay's start; INT64_MAX for never. */
static inline int64_t pl_sender_due(const struct pl_sender *sender)
{
    return sender->due_ns;
}

/** As pl_sender_take, of a sender that is not plain. */
void pl_sender_take_other(struct pl_sender *sender, struct pl_arrival *arrival);

/** Takes the next datagram; only while it is due at some time. Its bytes stay where they are for
 *  as long as recording and arena do. */
static inline void pl_sender_take(struct pl_sender *sender, struct pl_arrival *arrival)
{
    if (sender->plain) {
        pl_replay_take(&sender->replay, arrival);
        sender->due_ns = pl_replay_due(&sender->replay);
    } else {
        pl_sender_take_other(sender, arrival);
    }
}

#endif
