/* A relay of live streams: publishers, whose packets arrive as they were captured, and their
 * subscribers, each with a queue and a connection. A packet is shared by all who wait for it, or
 * copied for each; publishers keep caches for those that come late or missed something.
 *
 * Publishers and subscribers are given to workers. What a publisher's worker acquires, nodes of
 * queues and packets, a subscriber's worker releases. */
#ifndef PL_PIPELINES_RELAY_STATE_H
#define PL_PIPELINES_RELAY_STATE_H

#include <pthread.h>

#include "harness/pipelines/pipeline.h"
#include "harness/pipelines/session/door.h"
#include "harness/pipelines/session/objects.h"
#include "harness/pipelines/session/timeline.h"
#include "harness/traffic/sender.h"

/** Those behind the session are of RTCP alone. */
enum relay_class {
    CLASS_PACKET,
    CLASS_BUFFER,
    CLASS_NODE,
    CLASS_SESSION,
    CLASS_RTCP,
    CLASS_HISTORY,
    RELAY_CLASSES
};

/** Head of a `packet`: what is held beside the payload. */
struct relay_packet {
    uint8_t *bytes; /* of a `buffer`: the datagram */
    uint32_t size;
    uint32_t references; /* atomic */
    const struct pl_recorded_packet *recorded;
    const uint8_t
        *datagram; /* in the recording, to check against: a real relay has no such field */
    uint64_t position;
    uint32_t stream;
    bool video;
    bool keyframe; /* it begins one */
};

/** A place in a queue or a cache. */
struct relay_node {
    struct relay_node *next;
    struct relay_packet *packet;
    int64_t since_ns;
};

/** Packets in the order in which they came. All zero is empty. */
struct relay_list {
    struct relay_node *first, *last;
    uint64_t count, bytes;
};

struct relay_history;     /* of what was sent to a subscriber (history.h) */
struct relay_rtcp_packet; /* a parsed one (rtcp.c) */

/** What comes at intervals with each subscriber. */
enum relay_rounds { RELAY_FEEDBACK, RELAY_REPORTS, RELAY_ROUNDS };

struct relay;

/** The kernel's part of a connection: what the peer has not read. Replay times. */
struct relay_socket {
    uint64_t bytes;
    uint64_t read; /* by the peer so far: the congestion window grows with it */
    int64_t updated_ns;
};

struct relay_subscriber {
    pthread_mutex_t lock; /* of all below, but for what the door has */
    struct relay_list queue;
    struct relay_socket socket;
    struct relay_subscriber *next_changed; /* in its pump's lists */
    struct relay_subscriber *next_waiting;
    void *session; /* its object, while it is there */
    uint32_t index, publisher, worker;
    uint32_t place;  /* among its publisher's */
    bool present;    /* there, for its publisher */
    bool changed;    /* in the one */
    bool waits;      /* in the other */
    bool full;       /* its publisher waits for it: on_full block */
    bool awaits_key; /* what comes before a keyframe is dropped */
    bool evicted;
    bool refused; /* for its pump alone */
    bool wanted;  /* by the door; atomic */
};

/** Packets that are kept for a time, a count, some bytes or a group of pictures. */
struct relay_cache {
    struct relay_list list;
    bool copies; /* its packets are its own */
};

/** Somebody missed a packet, and asks for it again. */
struct relay_request {
    int64_t due_ns;
    uint64_t position;
    uint32_t stream, subscriber;
};

struct relay_publisher {
    struct pl_task task; /* first: the crew knows it by this */
    struct relay *relay;
    struct pl_sender *sender;
    pthread_mutex_t lock;                  /* of its subscribers and caches */
    struct relay_subscriber **subscribers; /* those that are there */
    uint32_t subscriber_count;
    uint32_t full;    /* of them, those that it waits for; atomic */
    uint32_t refused; /* that wanted to come, and for whose session there was no memory; atomic */
    struct relay_cache gop, second_gop, nack, burst;
    uint64_t key_timestamp;
    bool has_key;
    uint64_t random;
    struct relay_request *requests; /* a ring, in the order of their times */
    uint32_t request_first, request_count;
    struct relay_rtcp_packet *reports; /* that its subscribers sent, to be read */
};

/** A worker's share of the work for subscribers. */
struct relay_pump {
    struct pl_task task; /* first */
    struct relay *relay;
    pthread_mutex_t lock; /* of the first list */
    struct relay_subscriber *changed,
        *last_changed;                /* are to come or go, or were given something */
    struct relay_subscriber *waiting; /* their connections take no more */
    struct timeline rounds[RELAY_ROUNDS];
};

struct relay {
    const struct pl_relay_settings *settings;
    const struct pl_scenario *scenario;
    struct pl_pipeline_inputs in;
    uint32_t classes[RELAY_CLASSES];
    uint32_t video_stream; /* of the recording's, by its index */
    struct relay_publisher *publishers;
    uint32_t publisher_count;
    struct relay_subscriber *subscribers;
    uint32_t subscriber_count;
    struct relay_pump *pumps;
    struct relay_history *histories; /* of each subscriber; NULL: there is no feedback */
    struct timeline_place *rounds[RELAY_ROUNDS]; /* likewise; NULL: of none */
    struct pl_session_objects *objects;          /* that subscribers make and keep */
    struct pl_door door;                         /* where subscribers come and go */
};

#define RELAY_REQUESTS_MAX 4096 /* that wait at a publisher; what is asked for beyond is missed */

/** Guards what workers share. Under the virtual clock they take turns, and a lock that nobody waits
 *  for would be half of what a packet costs. */
static inline void relay_lock(const struct relay *r, pthread_mutex_t *lock)
{
    if (!r->in.loop)
        pthread_mutex_lock(lock);
}

static inline void relay_unlock(const struct relay *r, pthread_mutex_t *lock)
{
    if (!r->in.loop)
        pthread_mutex_unlock(lock);
}

/** Where a worker counts. */
static inline struct pl_side *relay_side(const struct relay *r, uint32_t worker)
{
    return r->in.sides->side[worker];
}

static inline void relay_drop(struct pl_side *side, enum pl_drop why, uint64_t packets)
{
    pl_counter_add(&side->counts.dropped[why], packets);
}

#endif
