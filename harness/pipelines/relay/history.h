/* The history of sent packets that congestion control keeps of each subscriber, until feedback
 * tells what became of them (relay_state.h). A side is that of the calling worker. */
#ifndef PL_PIPELINES_RELAY_HISTORY_H
#define PL_PIPELINES_RELAY_HISTORY_H

#include "harness/pipelines/relay/relay_state.h"

/** A sent packet of which no feedback has told that it arrived: a `history`. */
struct relay_sent {
    struct relay_sent *next;
    int64_t sent_ns;
    uint32_t subscriber;
    bool lost;
};

/** In the order in which they were sent. All zero is empty. */
struct relay_sent_list {
    struct relay_sent *first, *last;
    uint64_t count;
};

/** What was sent to a subscriber. */
struct relay_history {
    struct relay_sent_list sent; /* no feedback has told of it yet */
    struct relay_sent_list lost; /* as feedback said: older than all of the former */
};

/** Enters a packet that was sent, and gives up what is beyond the bounds; nothing where the
 * scenario has no feedback. Under the subscriber's lock.
 *  @param lost on its way */
void relay_history_add(const struct relay *relay, struct pl_side *side,
                       const struct relay_subscriber *subscriber, bool lost, int64_t now_ns);

/** @return how many packets feedback tells of that left the peer after it got what was sent until
 *  then: `most` at most. Under the subscriber's lock */
uint32_t relay_history_told(const struct relay *relay, const struct relay_subscriber *subscriber,
                            int64_t sent_until_ns, uint32_t most);

/** Feedback tells of the first `count` of them. Those that arrived are released; what was lost
 * stays, since later feedback might say that it arrived after all (libwebrtc's
 * TransportFeedbackAdapter). Under the subscriber's lock. */
void relay_history_acknowledge(const struct relay *relay, struct pl_side *side,
                               const struct relay_subscriber *subscriber, uint32_t count);

/** Releases all. */
void relay_history_clear(const struct relay *relay, struct pl_side *side,
                         const struct relay_subscriber *subscriber);

#endif
