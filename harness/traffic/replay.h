/* Replays one copy of a recording without end: loops it, carries sequence numbers, timestamps and
 * arrival times on, and gives each copy SSRCs of its own. Allocates nothing. */
#ifndef PL_TRAFFIC_REPLAY_H
#define PL_TRAFFIC_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/traffic/identity.h"
#include "harness/traffic/recording.h"

struct pl_replay_options {
    uint32_t copies; /* how many times the recording is multiplied, 1 to 65536 */
    double rate;     /* arrival times are divided by it, PL_REPLAY_RATE_MIN to _MAX */
    uint64_t seed;   /* SSRCs and the bases of sequence and timestamp come from it */
};

#define PL_REPLAY_RATE_MIN 1e-6
#define PL_REPLAY_RATE_MAX 1e6

/** One datagram as it arrives. */
struct pl_arrival {
    int64_t arrival_ns;                      /* since the replay's start, never falls */
    const struct pl_recorded_packet *packet; /* NULL: a hostile sender's, in no recording */
    const uint8_t *datagram; /* as recorded; header fields below are to be written over it */
    uint32_t datagram_size;  /* bytes */
    bool rebased;            /* whether the header fields are to be written over it */
    uint64_t position;       /* sequence counted from the stream's start, over all loops */
    uint64_t timestamp;      /* likewise, in units of the clock */
    uint32_t session;        /* stream + streams * copy: distinct for each stream of each copy; the
                              * hostile sender's is behind all of them */
    uint32_t epoch;          /* identities that the session had before this one */
    uint32_t port;           /* of the sending socket: distinct for each session and epoch */
    uint32_t ssrc;           /* distinct as the port is */
    uint16_t wire_sequence;
    uint32_t wire_timestamp;
};

/** State of one copy; plain data, to be moved by the functions below alone. */
struct pl_replay {
    const struct pl_recording *recording;
    const struct pl_recorded_packet *packets; /* of the recording */
    const struct pl_recorded_stream *streams;
    const uint8_t *datagrams;
    uint64_t loop;
    uint64_t base_ns; /* recorded time at which the loop starts: loop * duration + the stagger */
    int64_t due_ns;   /* when the packet at hand arrives */
    uint64_t scale;   /* 1 / rate = scale / 2^shift */
    uint64_t seed;
    uint32_t shift;
    uint32_t session;         /* of the copy's first stream */
    uint32_t sessions;        /* of all copies */
    uint32_t epoch;           /* identities before this one */
    uint32_t index;           /* of the first stream's identity */
    uint32_t next;            /* packet of the recording */
    uint32_t identity_stream; /* whose identity is at hand */
    struct pl_identity identity;
};

/**
 * Starts copy `copy` (0 to copies - 1) at its first packet. Copies are staggered evenly over one
 * mean gap of the recording. Arrival times are (loop * duration + recorded) / rate, in integers
 * and rounded down, so that nothing adds up: the error is below 1 ns in the 292 years that int64
 * nanoseconds hold, which recorded and replayed time must not pass.
 */
void pl_replay_start(struct pl_replay *replay, const struct pl_recording *recording,
                     const struct pl_replay_options *options, uint32_t copy);

/** When the packet at hand arrives, in ns since the replay's start. */
static inline int64_t pl_replay_due(const struct pl_replay *replay)
{
    return replay->due_ns;
}

/** Takes the packet at hand and moves on to the next. */
void pl_replay_take(struct pl_replay *replay, struct pl_arrival *arrival);

/**
 * Gives the copy other identities from the packet at hand on; positions and timestamps run on.
 * After PL_IDENTITIES / sessions epochs (sessions of all copies) the count starts again at 0, and
 * with it the identities: with a thousand sessions after 2 million epochs.
 */
void pl_replay_set_epoch(struct pl_replay *replay, uint32_t epoch);

/** Passes over all packets due before `until_ns`, ns since the replay's start; in steps that count
 *  with the logarithm of what is passed over. */
void pl_replay_skip(struct pl_replay *replay, int64_t until_ns);

/** First sequence number and timestamp on the wire, and the SSRC, of a session; from the seed. */
void pl_replay_identity(const struct pl_replay *replay, uint32_t stream, uint32_t *ssrc,
                        uint16_t *sequence, uint32_t *timestamp);

#endif
