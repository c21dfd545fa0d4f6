/* What a sender calls itself on the wire: SSRC and first sequence number and timestamp, all from
 * the seed and one index, so that a receiver can tell the index by the SSRC alone. */
#ifndef PL_TRAFFIC_IDENTITY_H
#define PL_TRAFFIC_IDENTITY_H

#include <stdint.h>

/** Indices below it are the recorded sessions' (epoch * sessions + session), those from it on the
 *  hostile sender's: what is made up never takes a session's SSRC. */
#define PL_IDENTITIES (UINT32_C(1) << 31)

struct pl_identity {
    uint32_t ssrc;      /* distinct for each index */
    uint32_t timestamp; /* of position 0 */
    uint16_t sequence;  /* of position 0 */
};

/** The identity of an index, the same on every machine. */
struct pl_identity pl_identity_of(uint64_t seed, uint32_t index);

/** The index whose identity has this SSRC; each SSRC is one's. */
uint32_t pl_identity_index(uint64_t seed, uint32_t ssrc);

#endif
