/* A relay of one publisher on synthetic traffic. */
#ifndef PL_PIPELINES_TESTS_RELAY_RIG_H
#define PL_PIPELINES_TESTS_RELAY_RIG_H

#include "harness/pipelines/relay/relay_state.h"
#include "harness/pipelines/tests/rig.h"

#define S INT64_C(1000000000)
#define MS INT64_C(1000000)
#define RELAY_RIG_DATAGRAM 172 /* bytes; one each 10 ms */
#define RELAY_RIG_LOOP 32      /* packets: as H.264, 1 and 19 begin keyframes */

/** The scenario's classes; it has the first four. */
enum { PACKET, BUFFER, NODE, SESSION, RTCP, HISTORY };

/** One subscriber, whose connection takes 2,000 B. */
struct pl_scenario relay_rig_scenario(void);

/** Opens it under glibc. @return the relay, after `ns` of replay */
const struct relay *relay_rig_run(struct rig *rig, const struct pl_scenario *scenario, int64_t ns);

/** Blocks of a class that are live. */
uint64_t relay_rig_live(const struct rig *rig, int class);

#endif
