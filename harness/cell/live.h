/* What runs under the wall clock: a receiver over real sockets, a recorded program's threads, or a
 * crew of workers. */
#ifndef PL_CELL_LIVE_H
#define PL_CELL_LIVE_H

#include "harness/cell/body.h"

/** Samples in real time until the scenario's duration is over, or memory is at its ceiling.
 *  @param start_ns replay time 0, as pl_real_now counts @return the replay time that was reached */
int64_t pl_cell_live_sample(struct pl_cell *cell, int64_t start_ns);

/** A receiver. Three threads: the network's, the reader's, and the calling one, which samples and
 *  sleeps. @return the process's exit code */
int pl_cell_live_receive(struct pl_cell *cell);

/** Threads that run until they are stopped, on the cell's main thread; another one samples, and
 *  stops them. */
struct pl_free_threads {
    void *context;
    void (*run)(void *context, int64_t start_ns);    /* as pl_real_now counts */
    void (*stop)(void *context, int64_t reached_ns); /* likewise: the run's end */
};

/** The window of such threads, from pl_cell_begin to pl_cell_settle. @return 0, or the process's
 *  exit code */
int pl_cell_live_threads(struct pl_cell *cell, const struct pl_free_threads *threads);

/** A crew of workers. The calling thread makes theirs, and is theirs where there is but one;
 *  another one samples. @return likewise */
int pl_cell_live_crew(struct pl_cell *cell, const struct pl_pipeline *pipeline);

/** A trace. The calling thread is the recorded program's main thread, which has glibc's main arena;
 *  another one samples. @return likewise */
int pl_cell_live_trace(struct pl_cell *cell);

#endif
