/* Identities, and back from an SSRC to its index. */
#include "harness/traffic/identity.h"

#include "harness/base/random.h"

/* Every step is invertible, so that different indices never share an SSRC (the finaliser of
 * MurmurHash3, A. Appleby, 2011). */
static uint32_t scramble(uint32_t h)
{
    h = (h ^ h >> 16) * 0x85ebca6bu;
    h = (h ^ h >> 13) * 0xc2b2ae35u;
    return h ^ h >> 16;
}

/* The same steps backwards: the factors are the inverses modulo 2^32 of those above. */
static uint32_t unscramble(uint32_t h)
{
    h = (h ^ h >> 16) * 0x7ed1b41du;
    h = (h ^ h >> 13 ^ h >> 26) * 0xa5cb9243u;
    return h ^ h >> 16;
}

struct pl_identity pl_identity_of(uint64_t seed, uint32_t index)
{
    uint64_t state = seed;
    uint32_t key = (uint32_t)pl_random_next(&state);
    state ^= (uint64_t)index << 32;
    uint64_t bases = pl_random_next(&state);
    return (struct pl_identity){
        .ssrc = scramble(index ^ key),
        .timestamp = (uint32_t)bases,
        .sequence = (uint16_t)(bases >> 32),
    };
}

uint32_t pl_identity_index(uint64_t seed, uint32_t ssrc)
{
    uint64_t state = seed;
    uint32_t key = (uint32_t)pl_random_next(&state);
    return unscramble(ssrc) ^ key;
}
