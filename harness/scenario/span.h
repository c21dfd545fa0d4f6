/* A span of the replay: what stalls, outages and background work are stated in. */
#ifndef PL_SCENARIO_SPAN_H
#define PL_SCENARIO_SPAN_H

#include <stdint.h>

/** From `from_ns` until `until_ns`, both in the replay's time. */
struct pl_span {
    int64_t from_ns;
    int64_t until_ns;
};

#endif
