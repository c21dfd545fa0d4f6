/* What a scenario says of a server's worker threads: the section `workers`. */
#ifndef PL_SCENARIO_WORKERS_H
#define PL_SCENARIO_WORKERS_H

#include <stdint.h>

#define PL_THREADS_MAX 64 /* of a cell that call the stack */

/** How sessions and jobs are given to workers. */
enum pl_assign {
    PL_ASSIGN_ROUND_ROBIN,
    PL_ASSIGN_LEAST_LOADED, /* the one with the fewest; of several the first */
    PL_ASSIGN_RANDOM        /* seeded */
};

/** When a worker's thread ends and another takes its place. */
enum pl_renew {
    PL_RENEW_NEVER,
    PL_RENEW_TIME, /* each after renew_ns, one after another */
    PL_RENEW_JOB   /* once none of its jobs goes on; the next job begins with the next thread */
};

struct pl_workers_settings {
    uint32_t assign; /* enum pl_assign */
    uint32_t renew;  /* enum pl_renew */
    int64_t renew_ns;
    int64_t turn_ns;      /* under the virtual clock */
    uint64_t stack_bytes; /* of each thread; touched as far as it is used */
};

#endif
