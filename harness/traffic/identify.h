/* What a datagram is, told by its RTP header alone: the inverse of a sender. A receiver of real
 * packets checks what it delivers by this against the recording, with nothing beside the wire. */
#ifndef PL_TRAFFIC_IDENTIFY_H
#define PL_TRAFFIC_IDENTIFY_H

#include <stdbool.h>

#include "harness/base/arena.h"
#include "harness/scenario/scenario.h"
#include "harness/traffic/recording.h"

/** Which packet of the recording a datagram is, and how far its stream had come. */
struct pl_identified {
    const struct pl_recorded_packet *packet; /* of several with one header, the first recorded */
    uint64_t position; /* sequence counted from the stream's start, over all loops */
    uint32_t session;  /* as pl_arrival has it */
    uint32_t epoch;    /* likewise */
};

struct pl_identifier;

/** Replay time up to which every packet is told for certain: until the timestamps of the fastest
 *  stream have turned over, 2^32 units of its clock. In ns, at most INT64_MAX. */
int64_t pl_identifier_reach_ns(const struct pl_recording *recording, double rate);

/** Bytes of the arena that pl_identifier_open takes. */
size_t pl_identifier_arena_bytes(const struct pl_recording *recording);

/** @param recording kept, not copied
 *  @return what tells the packets of these senders, or NULL when the arena is too small */
struct pl_identifier *pl_identifier_open(const struct pl_traffic_settings *traffic,
                                         const struct pl_recording *recording, uint64_t seed,
                                         struct pl_arena *arena);

/**
 * Any thread.
 *
 * The timestamp tells the loop, and with the sequence number the packet. A place is told surely
 * within the first 2^32 units of the stream's clock, the round of a timestamp: 27 hours of the
 * recording at 44.1 kHz, 13 at 90 kHz. Where 64 loops take longer, of up to 256 rounds the first
 * place that fits is told, and behind that a place of an earlier round or none. Where a loop is
 * longer than 65,536 sequence numbers, packets can be taken for each other that share a timestamp,
 * too. A stream whose timestamps never move is told in its first loop only.
 *
 * @return false when no sender of the scenario sends such a header: a hostile one, or memory that
 *  was overwritten
 */
bool pl_identify(const struct pl_identifier *identifier, uint32_t ssrc, uint16_t sequence,
                 uint32_t timestamp, struct pl_identified *identified);

#endif
