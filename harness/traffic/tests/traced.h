/* Traces made up for tests, written with the writer, and what was live in them when. */
#ifndef PL_TRAFFIC_TESTS_TRACED_H
#define PL_TRAFFIC_TESTS_TRACED_H

#include "harness/trace/trace.h"

enum { TRACED_LIVE_MAX = 400 };

struct traced {
    char path[64];
    uint64_t *live_bytes;  /* at the end of each millisecond */
    uint64_t *live_blocks; /* likewise */
    uint64_t duration_ms;  /* the latest event's */
    uint64_t resizes, events;
    uint32_t threads;
    uint32_t threads_left; /* that have not ended */
};

/** Writes a trace of random events: blocks of any size, a few aligned, zeroed or resized, freed by
 *  whichever thread; threads that end; looks at what is touched, and at RSS.
 *  @param threads of the program, of which each ends after some time but for the first
 *  @param events how many @param largest bytes of a block */
void traced_make(struct traced *traced, uint32_t threads, uint32_t events, uint64_t largest,
                 uint64_t seed);

/** Cuts the file off behind so many of its bytes. @param share from 0 to 1 */
void traced_cut(const struct traced *traced, double share);

/** Removes it. */
void traced_remove(struct traced *traced);

#endif
