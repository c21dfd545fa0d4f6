/* What a scenario says of how many sessions there are, and when: the key `load`. */
#ifndef PL_SCENARIO_LOAD_SETTINGS_H
#define PL_SCENARIO_LOAD_SETTINGS_H

#include <stdint.h>

#define PL_LOAD_POINTS_MAX 32
#define PL_LOAD_SESSIONS_MAX 100000

/** So many sessions at a time; straight between two points. */
struct pl_load_point {
    int64_t at_ns; /* of replay */
    uint32_t sessions;
};

struct pl_load_settings {
    struct pl_load_point points[PL_LOAD_POINTS_MAX]; /* none earlier than the one before it */
    uint32_t count;                                  /* 0: no load is stated */
    int64_t every_ns; /* the curve begins again so often; 0: its last point stays */
};

/** The most sessions at a time. */
static inline uint32_t pl_load_most(const struct pl_load_settings *load)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < load->count; i++)
        if (load->points[i].sessions > most)
            most = load->points[i].sessions;
    return most;
}

/** How a person is told of them: their number, and "s" of several. */
#define PL_LOAD_BEHIND "%u point%s of load behind the end of duration, never met"

/** Points that a run of so many ns never comes to. */
static inline uint32_t pl_load_behind(const struct pl_load_settings *load, int64_t duration_ns)
{
    uint32_t behind = 0;
    for (uint32_t i = 0; i < load->count; i++)
        behind += load->points[i].at_ns > duration_ns;
    return behind;
}

#endif
