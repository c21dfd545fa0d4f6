/* When senders are away: all of them in the outages, and each while the load has no room for it. */
#ifndef PL_TRAFFIC_ABSENCES_H
#define PL_TRAFFIC_ABSENCES_H

#include <stdbool.h>

#include "harness/base/arena.h"
#include "harness/scenario/scenario.h"

/** Spans of one sender, in order and apart. */
struct pl_away {
    const struct pl_span *spans;
    uint32_t count;
};

struct pl_absences {
    const struct pl_traffic_settings *traffic;
    struct pl_span *spans; /* of all senders; NULL without a load */
    uint32_t *first;       /* of a sender's, its first */
    uint32_t *count;       /* how many it has */
};

/** Bytes of the arena that open takes. */
size_t pl_absences_arena_bytes(const struct pl_traffic_settings *traffic, int64_t until_ns);

/** @param traffic kept, not copied @param until_ns replay time of the end: what comes or goes later
 *  is left out @return false when the arena is too small */
bool pl_absences_open(struct pl_absences *absences, const struct pl_traffic_settings *traffic,
                      uint64_t seed, int64_t until_ns, struct pl_arena *arena);

/** @return when a sender is away, for as long as the arena is there */
struct pl_away pl_absences_of(const struct pl_absences *absences, uint32_t sender);

#endif
