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
    const struct pl_recorded_packet *packet;
    uint64_t position; /* sequence counted from the stream's start, over all loops */
    uint32_t session;  /* as pl_arrival has it */
    uint32_t epoch;    /* likewise */
};

struct pl_identifier;

/** Bytes of the arena that pl_identifier_open takes. */
size_t pl_identifier_arena_bytes(const struct pl_recording *recording);

/** @return what tells the packets of these senders, or NULL when the arena is too small */
struct pl_identifier *pl_identifier_open(const struct pl_traffic_settings *traffic,
                                         const struct pl_recording *recording, uint64_t seed,
                                         struct pl_arena *arena);

/** Any thread.
 *  @return false when no sender of the scenario sends such a header: a hostile one, or memory that
 *  was overwritten */
bool pl_identify(const struct pl_identifier *identifier, uint32_t ssrc, uint16_t sequence,
                 uint32_t timestamp, struct pl_identified *identified);

#endif
