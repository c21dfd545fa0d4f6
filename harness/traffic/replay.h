/* Replays one copy of a recording without end: loops it, carries sequence numbers, timestamps and
 * arrival times on, and gives each copy SSRCs of its own. Allocates nothing. */
#ifndef PL_TRAFFIC_REPLAY_H
#define PL_TRAFFIC_REPLAY_H

#include <stdint.h>

#include "harness/traffic/recording.h"

struct pl_replay_options {
    uint32_t copies; /* how many times the recording is multiplied, 1 to 65536 */
    double rate;     /* arrival times are divided by it, above 0 */
    uint64_t seed;   /* SSRCs and the bases of sequence and timestamp come from it */
};

/** One datagram as it arrives. */
struct pl_arrival {
    int64_t arrival_ns;       /* since the replay's start, never falls */
    const struct pl_recorded_packet *packet;
    const uint8_t *datagram; /* as recorded; header fields below are to be written over it */
    uint64_t position;  /* sequence counted from the stream's start, over all loops */
    uint64_t timestamp; /* likewise, in units of the clock */
    uint32_t session;   /* stream + streams * copy: distinct for each stream of each copy */
    uint32_t ssrc;      /* of this copy's stream */
    uint16_t wire_sequence;
    uint32_t wire_timestamp;
};

/** State of one copy; plain data. */
struct pl_replay {
    const struct pl_recording *recording;
    double rate;
    uint64_t seed;
    int64_t offset_ns; /* copies are staggered evenly over one mean gap */
    uint32_t copy;
    uint32_t next; /* packet of the recording */
    uint64_t loop;
};

/** Starts copy `copy` (0 to copies - 1) at its first packet. */
void pl_replay_start(struct pl_replay *replay, const struct pl_recording *recording,
                     const struct pl_replay_options *options, uint32_t copy);

/** When the packet at hand arrives, in ns since the replay's start. */
int64_t pl_replay_due(const struct pl_replay *replay);

/** Takes the packet at hand and moves on to the next. */
void pl_replay_take(struct pl_replay *replay, struct pl_arrival *arrival);

/** First sequence number and timestamp on the wire, and the SSRC, of a session; from the seed. */
void pl_replay_identity(const struct pl_replay *replay, uint32_t stream, uint32_t *ssrc,
                        uint16_t *sequence, uint32_t *timestamp);

#endif
