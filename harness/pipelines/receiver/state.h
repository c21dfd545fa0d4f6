/* The receiver's state, shared by its files: network side, sessions, reader. */
#ifndef PL_RECEIVER_STATE_H
#define PL_RECEIVER_STATE_H

#include <stdbool.h>

#include "harness/pipelines/pipeline.h"
#include "harness/pipelines/receiver/packet.h"
#include "harness/pipelines/samples.h"

/** One sender's stream while it is being received. */
struct session {
    bool open;
    bool playing; /* the latency has been gathered */
    uint32_t ssrc;
    uint32_t source;
    uint32_t slot_next; /* next in the table's chain, index + 1, 0 at the end */
    const struct pl_recorded_stream *stream;
    pl_convert convert;         /* NULL when the payload gives no samples */
    size_t in_bytes;            /* of one sample of all channels in the payload */
    size_t out_bytes;           /* likewise in a frame */
    struct packet_list queue;   /* sorted by sequence */
    uint64_t highest_sequence;  /* unwrapped, of any packet seen */
    uint64_t highest_timestamp; /* likewise */
    uint64_t next_sequence;     /* below it everything was played or given up */
    uint64_t next_timestamp;    /* of the sample to play next */
    uint64_t carry;             /* of tick_samples, in 1e-9 samples */
    int64_t blank_ns;           /* nothing to play for so long */
    int64_t broken_ns;          /* windows with gaps, one after the other */
    int64_t window_ns;          /* of the present window */
    bool window_broken;
};

struct source {
    struct pl_event event;
    struct pl_replay replay;
    struct receiver *receiver;
};

/** Datagrams in the kernel's socket buffer while receiving is paused. */
struct kernel_queue {
    struct pl_arrival *ring;
    uint32_t capacity;
    uint32_t head;
    uint32_t count;
    uint64_t bytes; /* as the kernel accounts them */
};

struct receiver {
    struct pl_pipeline_inputs in;
    const struct pl_receiver_settings *settings;
    uint32_t packet_class, buffer_class, frame_class;
    size_t packet_bytes; /* of a packet object */
    struct source *sources;
    /* network side */
    struct packet_list incoming; /* only a read drains it */
    struct kernel_queue kernel;
    struct pl_event retry;
    bool paused;
    int64_t paused_since_ns;
    /* reader */
    struct pl_event tick;
    uint32_t stall; /* the next or present one */
    struct session *sessions;
    uint32_t *table; /* heads of chains by hash, index + 1 */
    uint32_t table_mask;
    uint32_t session_top;    /* sessions beyond were never open */
    uint64_t *last_position; /* delivered last, + 1, for each source */
};

/* network.c */
size_t network_arena_bytes(const struct pl_scenario *scenario);
bool network_open(struct receiver *receiver);
void network_close(struct receiver *receiver, int64_t now_ns);
void packet_release(struct receiver *receiver, struct packet *packet);
void packet_drop(struct receiver *receiver, struct packet *packet, enum pl_drop reason);

/* sessions.c */
size_t sessions_arena_bytes(const struct pl_scenario *scenario);
bool sessions_open(struct receiver *receiver);
/** Finds or makes the session of a packet. @return NULL when there are too many */
struct session *session_of(struct receiver *receiver, const struct packet *packet);
/** Sorts a packet into its session's queue, or drops it: late, or a duplicate. */
void session_push(struct receiver *receiver, struct session *session, struct packet *packet);
/** Ends a session; what it held is dropped. */
void session_end(struct receiver *receiver, struct session *session);

/* playback.c */
/** Plays one frame of a session; ends it when its timeouts or bounds say so. */
void session_play(struct receiver *receiver, struct session *session, int64_t now_ns);

/* reader.c */
bool reader_open(struct receiver *receiver);

#endif
