/* The timeline of one sender's SSRCs: one identity after another, with outages between them. */
#ifndef PL_TRAFFIC_SSRC_TIMELINE_H
#define PL_TRAFFIC_SSRC_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/traffic/absences.h"

struct pl_ssrc_timeline {
    const struct pl_span *outages; /* from the next or the present one on */
    uint32_t outages_left;
    uint32_t epoch;   /* identities before: each end of a churn time or of an outage makes one */
    int64_t churn_ns; /* how long an identity is kept; INT64_MAX for good */
    int64_t until_ns; /* when the identity or the outage ends */
    bool out;         /* in an outage */
};

/** Whether the settings ask for any change of identity. */
bool pl_ssrc_timeline_any(const struct pl_traffic_settings *traffic);

/**
 * Starts a sender at 0 ns. Senders take turns through the churn times; an outage ends an identity,
 * and the next one is kept for a whole churn time again.
 * @param traffic kept, not copied
 * @param sender index of the sender
 * @param away its outages, kept, not copied
 */
void pl_ssrc_timeline_start(struct pl_ssrc_timeline *timeline,
                            const struct pl_traffic_settings *traffic, uint32_t sender,
                            struct pl_away away);

/** Moves on. @param now_ns since the replay's start; never falls; below INT64_MAX */
void pl_ssrc_timeline_move(struct pl_ssrc_timeline *timeline, int64_t now_ns);

#endif
