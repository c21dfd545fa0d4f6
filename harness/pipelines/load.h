/* A load curve (scenario/load_settings.h) as sessions that come and go. */
#ifndef PL_PIPELINES_LOAD_H
#define PL_PIPELINES_LOAD_H

#include <stdbool.h>

#include "harness/scenario/load_settings.h"

/** Where one is on the curve. Plain data. */
struct pl_load_walk {
    const struct pl_load_settings *load;
    uint64_t random;
    int64_t base_ns;   /* when this turn of the curve began */
    uint32_t point;    /* to which it goes */
    uint32_t change;   /* sessions that came or went on the way there */
    uint32_t sessions; /* that there are */
};

/** @param seed each session comes or goes at a time drawn from its share of the way */
void pl_load_start(struct pl_load_walk *walk, const struct pl_load_settings *load, uint64_t seed);

/** The next session that comes or goes.
 *  @param at_ns set to when, never earlier than the one before @param comes set to which
 *  @return false when none does any more */
bool pl_load_next(struct pl_load_walk *walk, int64_t *at_ns, bool *comes);

/** The most sessions at a time. */
uint32_t pl_load_most(const struct pl_load_settings *load);

#endif
