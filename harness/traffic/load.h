/* A load curve (scenario/load_settings.h) as sessions that come and go. */
#ifndef PL_TRAFFIC_LOAD_H
#define PL_TRAFFIC_LOAD_H

#include <stdbool.h>

#include "harness/scenario/load_settings.h"

/** Where one is on the curve. Plain data. */
struct pl_load_walk {
    const struct pl_load_settings *load;
    uint64_t random;
    uint64_t lot;
    int64_t base_ns;   /* when this turn of the curve began */
    uint32_t point;    /* to which it goes */
    uint32_t change;   /* sessions that came or went on the way there */
    uint32_t sessions; /* that there are */
    uint32_t *order;   /* all: those that there are, and behind them those that there are not */
};

/** A session comes or goes. */
struct pl_load_change {
    int64_t at_ns; /* never earlier than the one before it */
    uint32_t session;
    bool comes;
};

/** @param seed each session comes or goes at a time drawn from its share of the way; any of those
 *  that there are goes, by lot
 *  @param order room for pl_load_most() sessions, the walk's from then on */
void pl_load_start(struct pl_load_walk *walk, const struct pl_load_settings *load, uint64_t seed,
                   uint32_t *order);

/** @return false when no session comes or goes any more */
bool pl_load_next(struct pl_load_walk *walk, struct pl_load_change *change);

/** When there are fewer sessions for the last time than there were: the end of the last way down
 * that ends by a time. @return it, or -1 where none does */
int64_t pl_load_fallen_ns(const struct pl_load_settings *load, int64_t until_ns);

/** How many sessions go until a time, at most. */
uint64_t pl_load_falls(const struct pl_load_settings *load, int64_t until_ns);

#endif
