/* How long a pipeline holds what comes, and how often it comes: what the ffgo guide's rule sizes a
 * pool by. */
#ifndef PL_PIPELINES_HOLD_TIME_H
#define PL_PIPELINES_HOLD_TIME_H

#include "harness/scenario/scenario.h"
#include "harness/traffic/recording.h"

struct pl_pace {
    const char *item;    /* "frame" or "packet" */
    int64_t latency_ns;  /* from its coming until it is done with */
    int64_t interval_ns; /* from one to the next, of one stream */
    uint32_t streams;    /* alike, at a time */
    uint32_t blocks;     /* that an item takes of one class */
};

/** @return false where a scenario has no such pace: cycles of blocks, a broadcast's queues, a
 *  receiver whose recording is too short to tell */
bool pl_pace_of(const struct pl_scenario *scenario, const struct pl_recording *recording,
                struct pl_pace *pace);

/** max(2, ceil(latency / interval)), for each stream: blocks of one class ("Memory Efficiency in
 *  Media Processing", the ffgo guide). */
uint64_t pl_pace_rule(const struct pl_pace *pace);

#endif
