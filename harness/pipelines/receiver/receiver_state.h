/* The receiver's state, shared by its files: intake, hand-over, sessions, reader. The same under
 * both clocks; what brings the datagrams is apart: modelled.c under the virtual clock, the room
 * `live` under the wall's. */
#ifndef PL_RECEIVER_RECEIVER_STATE_H
#define PL_RECEIVER_RECEIVER_STATE_H

#include <stdbool.h>

#include "harness/pipelines/decode_samples.h"
#include "harness/pipelines/pipeline.h"
#include "harness/pipelines/receiver/packet.h"
#include "harness/pipelines/receiver/queue.h"
#include "harness/pipelines/session/objects.h"

/** One sender's stream while it is being received. */
struct session {
    bool open;
    bool playing; /* the latency has been gathered */
    bool owed;    /* a frame of audio at every read: one of ours */
    uint32_t ssrc;
    uint32_t port;
    uint32_t slot_next; /* next in the table's chain, index + 1, 0 at the end */
    const struct pl_recorded_stream *stream;
    pl_convert convert;         /* NULL when the payload gives no samples */
    uint32_t rate;              /* of the clock that timestamps count, Hz */
    size_t in_bytes;            /* of one sample of all channels in the payload */
    size_t out_bytes;           /* likewise in a frame */
    struct packet_list queue;   /* sorted by sequence */
    uint64_t highest_sequence;  /* unwrapped, of any packet seen */
    uint64_t highest_timestamp; /* likewise */
    uint64_t next_sequence;     /* below it everything was played or given up */
    uint64_t next_timestamp;    /* of the sample to play next */
    uint64_t step;             /* without samples: from the packet before to the latest delivered */
    uint64_t played_timestamp; /* likewise: of that one */
    uint64_t carry;            /* of tick_samples, in 1e-9 samples */
    uint64_t next_position;    /* of the recording: below it everything was delivered */
    int64_t blank_ns;          /* nothing to play for so long */
    int64_t broken_ns;         /* windows with gaps, one after the other */
    int64_t window_ns;         /* of the present window */
    bool window_broken;
};

/** How far each stream of each sender was delivered, over all sessions that it had. */
struct progress {
    uint64_t position; /* delivered last, + 1 */
    uint32_t epoch;    /* the identity that the sender had there */
};

/** What is known of a datagram beside its bytes. */
struct datagram {
    uint32_t size; /* bytes */
    uint32_t port; /* it came from */
    int64_t arrival_ns;
    struct pl_identified truth;
};

/** The end of a stall, until the audio is whole again. */
struct recovery {
    bool on;
    int64_t since_ns;
    int64_t broken_until_ns; /* the last frame that missed something ended then */
    uint64_t silence_ns;     /* missed by all senders together, all stalls */
};

struct receiver {
    struct pl_pipeline_inputs in;
    const struct pl_receiver_settings *settings;
    uint32_t packet_class, buffer_class, frame_class;
    size_t packet_bytes;   /* of a packet object */
    size_t datagram_bytes; /* that a buffer holds */
    struct packet_queue queue;
    /* the network's thread */
    struct pl_side *network;
    struct packet_buffer *hand; /* for the next datagram, or with one that got no packet */
    struct datagram waiting;    /* in the buffer at hand */
    bool is_waiting;
    bool paused;
    int64_t paused_since_ns;
    /* the reader's thread */
    struct pl_side *reader;
    void (*pass)(struct receiver *, int64_t ns); /* lets the time go by that work takes; NULL where
                                                    it does so by itself */
    uint32_t worked; /* packets, in this read, whose time has not gone by */
    int64_t tick_ns; /* from read to read */
    uint32_t stall;  /* the next or present one */
    bool stalling;
    struct recovery recovery;
    uint32_t audible; /* streams of all senders that give samples */
    struct session *sessions;
    uint32_t *table; /* heads of chains by hash, index + 1 */
    uint32_t table_mask;
    struct pl_session_objects *objects; /* that sessions make and keep */
    int64_t read_ns;                    /* of the present read */
    uint32_t session_top;               /* sessions beyond were never open */
    struct progress *progress;          /* of each stream of each sender */
};

/* receiver.c */
int receiver_check(const struct pl_scenario *, const struct pl_recording *, enum pl_format,
                   struct pl_error *);
size_t receiver_arena_bytes(const struct pl_scenario *, const struct pl_recording *);
bool receiver_open(struct receiver *receiver, const struct pl_pipeline_inputs *inputs);
/** Counts what is still held, and releases it. Both threads are at rest. */
void receiver_close(struct receiver *receiver, int64_t now_ns);

/* intake.c: the network's thread */
/** A buffer for the next datagram: the one at hand, or a new one. @return NULL when refused */
struct packet_buffer *intake_buffer(struct receiver *receiver);
/** Whether a datagram waits for what it lacks, rather than being lost: the policy. */
bool intake_waits(const struct receiver *receiver);
/** No buffer was to be had for a datagram. @return whether the policy is to lose it: it is counted
 */
bool intake_loses(struct receiver *receiver);
/** Makes a packet of the datagram in the buffer at hand, and hands it over; or drops it.
 *  @return false when it has to wait there, for a packet or for room in the queue */
bool intake_datagram(struct receiver *receiver, const struct datagram *datagram);
/** Tries the datagram that waits once more. @return whether none waits now */
bool intake_again(struct receiver *receiver);
void intake_pause(struct receiver *receiver, int64_t now_ns);
void intake_resume(struct receiver *receiver, int64_t now_ns);
void packet_release(struct receiver *receiver, struct pl_side *side, struct packet *packet);
void packet_drop(struct receiver *receiver, struct pl_side *side, struct packet *packet,
                 enum pl_drop reason);

/* reader.c: the reader's thread */
/** A packet was touched. Reading thousands at once, after a stall, takes milliseconds, in which the
 *  network's thread goes on; what it allocates then, in the midst of what is released, is what pins
 *  a heap's top. */
void reader_worked(struct receiver *receiver);

/* sessions.c: the reader's thread */
size_t sessions_arena_bytes(const struct pl_scenario *scenario);
bool sessions_open(struct receiver *receiver);
/** Finds or makes the session of a packet. @return NULL when there are too many, or when nothing is
 *  known of its payload type */
struct session *session_of(struct receiver *receiver, const struct packet *packet);
/** Sorts a packet into its session's queue, or drops it: late, or a duplicate. */
void session_push(struct receiver *receiver, struct session *session, struct packet *packet);
/** Ends a session; what it held is dropped. */
void session_end(struct receiver *receiver, struct session *session);

/* playback.c: the reader's thread */
/** Plays one frame of a session; ends it when its timeouts or bounds say so.
 *  @return how much of a frame that is owed was filled from packets, in ns */
int64_t session_play(struct receiver *receiver, struct session *session);

/* reader.c: the reader's thread */
void reader_open(struct receiver *receiver);
/** One read: drains the queue into the sessions and plays a frame of each, unless it stalls.
 *  @return when to read next */
int64_t reader_tick(struct receiver *receiver, int64_t now_ns);
/** The run ends: an audio that is not whole yet has not recovered. */
void reader_close(struct receiver *receiver);

#endif
