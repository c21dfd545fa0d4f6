/* A replay of which a receiver sees something else: the identities, outages and faults of one
 * sender, put between the recording and the receiver. */
#ifndef PL_TRAFFIC_ALTERED_H
#define PL_TRAFFIC_ALTERED_H

#include "harness/base/arena.h"
#include "harness/traffic/faults.h"
#include "harness/traffic/lives.h"
#include "harness/traffic/replay.h"

/** A packet on its way. */
struct pl_pending {
    struct pl_arrival arrival;
    uint32_t copies; /* 2 with its duplicate; 0 when there is none */
};

/** State of one sender, to be moved by the functions below alone. */
struct pl_altered {
    struct pl_replay *replay; /* ahead of what was taken: at the next packet that is sent */
    struct pl_lives lives;
    struct pl_network network;
    bool ended;                 /* the sender never sends again */
    int64_t until_ns;           /* beyond which nobody asks what it sends */
    struct pl_pending next;     /* of those that keep their order */
    struct pl_pending *delayed; /* ring of reordered ones, in order of arrival */
    uint32_t capacity;
    uint32_t head;
    uint32_t count;
};

/** Whether the settings ask for anything but the recording as it is. */
bool pl_altered_any(const struct pl_traffic_settings *traffic);

/** How many reordered packets of one sender can be on their way at a time, at worst. */
uint32_t pl_altered_capacity(const struct pl_traffic_settings *traffic,
                             const struct pl_recording *recording);

/** Bytes of the arena that a sender takes. @param capacity from pl_altered_capacity */
size_t pl_altered_arena_bytes(uint32_t capacity);

/**
 * Starts to alter a replay that was just started, and from then on is moved by these functions
 * alone.
 * @param traffic kept, not copied
 * @param sender index of the sender
 * @param until_ns replay time of the end, so that a loss of nearly all is not searched for ever
 * @param capacity from pl_altered_capacity, room for all reordered packets that can be on their
 * way; with less, one for which there is none is sent at once, in order
 * @return NULL when the arena is too small
 */
struct pl_altered *pl_altered_open(const struct pl_traffic_settings *traffic, uint64_t seed,
                                   uint32_t sender, int64_t until_ns, struct pl_replay *replay,
                                   uint32_t capacity, struct pl_arena *arena);

/** When the next datagram arrives, in ns since the replay's start; INT64_MAX for never. */
int64_t pl_altered_due(const struct pl_altered *altered);

/** Takes it; only while it is due at some time. */
void pl_altered_take(struct pl_altered *altered, struct pl_arrival *arrival);

#endif
