/* A hostile sender: what a socket that is open to the world gets to see beside its traffic. */
#ifndef PL_TRAFFIC_HOSTILE_H
#define PL_TRAFFIC_HOSTILE_H

#include "harness/base/arena.h"
#include "harness/traffic/replay.h"

/** What it sends, in equal parts. Nothing but PL_HOSTILE_SESSIONS is RTP to pl_rtp_parse. */
enum pl_hostile_kind {
    PL_HOSTILE_NOISE,    /* random bytes, 0 to 1500 of them */
    PL_HOSTILE_VERSION,  /* RTP but for its version */
    PL_HOSTILE_LENGTHS,  /* RTP whose CSRCs, extension or padding exceed the datagram */
    PL_HOSTILE_GIANT,    /* 65,507 random bytes, the most that UDP carries over IPv4 */
    PL_HOSTILE_SESSIONS, /* RTP of the first stream's payload type, each a session of its own */
    PL_HOSTILE_KINDS
};

#define PL_HOSTILE_EACH 16 /* datagrams made of a kind, but one giant */

struct pl_hostile_datagram {
    const uint8_t *bytes;
    uint32_t size; /* bytes */
};

struct pl_hostile {
    struct pl_hostile_datagram pool[PL_HOSTILE_KINDS][PL_HOSTILE_EACH];
    uint64_t seed;
    uint64_t choices;  /* state of the randomness that picks */
    uint64_t sent;     /* datagrams */
    uint32_t rate;     /* datagrams a second */
    uint32_t sessions; /* made up so far */
    uint32_t session;  /* as pl_arrival has it */
};

/** Bytes of the arena that pl_hostile_open takes, beside struct pl_hostile itself. */
size_t pl_hostile_arena_bytes(void);

/**
 * Makes the datagrams; they stay where they are, so that a queue may keep pointers to them.
 * @param rate datagrams a second, 1 or more
 * @param sessions of all copies of the recording
 * @return false when the arena is too small
 */
bool pl_hostile_open(struct pl_hostile *hostile, const struct pl_recording *recording,
                     uint32_t rate, uint32_t sessions, uint64_t seed, struct pl_arena *arena);

/** When the next one arrives, in ns since the replay's start; the first at 0, evenly paced. */
int64_t pl_hostile_due(const struct pl_hostile *hostile);

/** Takes the next one. Its packet is NULL; only a session's is rebased, under an SSRC that no
 *  other packet of the run has; the port is one, and no recorded sender's. */
void pl_hostile_take(struct pl_hostile *hostile, struct pl_arrival *arrival);

#endif
