/* A replay of which a receiver sees something else: the identities, outages and faults of one
 * sender, put between the recording and the receiver. */
#ifndef PL_TRAFFIC_IMPAIRED_H
#define PL_TRAFFIC_IMPAIRED_H

#include "harness/base/arena.h"
#include "harness/traffic/network_faults.h"
#include "harness/traffic/replay.h"
#include "harness/traffic/ssrc_timeline.h"

/** A packet on its way. */
struct pl_impaired_packet {
    struct pl_arrival arrival;
    uint32_t copies; /* 2 with its duplicate; 0 when there is none */
};

/** State of one sender, to be moved by the functions below alone. */
struct pl_impaired {
    struct pl_replay *replay; /* ahead of what was taken: at the next packet that is sent */
    struct pl_ssrc_timeline timeline;
    struct pl_network network;
    bool ended;                         /* the sender never sends again */
    int64_t until_ns;                   /* beyond which nobody asks what it sends */
    struct pl_impaired_packet next;     /* of those that keep their order */
    struct pl_impaired_packet *delayed; /* ring of reordered ones, in order of arrival */
    uint32_t capacity;
    uint32_t head;
    uint32_t count;
};

/** Whether the settings ask for anything but the recording as it is. */
bool pl_impaired_any(const struct pl_traffic_settings *traffic);

/** How many reordered packets of one sender can be on their way at a time, at worst. */
uint32_t pl_impaired_capacity(const struct pl_traffic_settings *traffic,
                              const struct pl_recording *recording);

/** Bytes of the arena that a sender takes. @param capacity from pl_impaired_capacity */
size_t pl_impaired_arena_bytes(uint32_t capacity);

/** What all senders of a scenario have in common. */
struct pl_impaired_options {
    const struct pl_traffic_settings *traffic; /* kept, not copied */
    uint64_t seed;
    int64_t until_ns;  /* replay time of the end, so that a loss of nearly all is not searched for
                          ever */
    uint32_t capacity; /* from pl_impaired_capacity, room for all reordered packets that can be on
                          their way; with less, one for which there is none is sent at once, in
                          order */
};

/**
 * Starts to impair a replay that was just started, and from then on is moved by these functions
 * alone.
 * @param sender index of the sender
 * @param away when it is, kept, not copied
 * @return NULL when the arena is too small
 */
struct pl_impaired *pl_impaired_open(const struct pl_impaired_options *options, uint32_t sender,
                                     struct pl_away away, struct pl_replay *replay,
                                     struct pl_arena *arena);

/** When the next datagram arrives, in ns since the replay's start; INT64_MAX for never. */
int64_t pl_impaired_due(const struct pl_impaired *impaired);

/** Takes it; only while it is due at some time. */
void pl_impaired_take(struct pl_impaired *impaired, struct pl_arrival *arrival);

#endif
