/* The loop on two threads, in step: each fires its own events and hands on to the other when the
 * next event is the other's. One runs at a time, in the order of the virtual clock, so that a run
 * repeats; yet what one thread allocates another frees, which is what breaks thread caches and
 * arenas in practice. Waiting has no timeout: timed waits and virtual time don't go together. */
#ifndef PL_CLOCK_THREADS_H
#define PL_CLOCK_THREADS_H

#include <pthread.h>
#include <semaphore.h>

#include "harness/clock/loop.h"

#define PL_LOOP_THREADS_MAX 2

struct pl_loop_threads {
    struct pl_loop *loop;
    bool done;
    bool passing; /* the second thread waits in the middle of an event, for the first's */
    sem_t turn[PL_LOOP_THREADS_MAX];
    pthread_t second;
};

/** Starts the second thread, which waits. @return 0 or a negative errno */
int pl_loop_threads_open(struct pl_loop_threads *threads, struct pl_loop *loop);

/** As pl_loop_run, on both threads; the caller's is the first (pl_event.thread 0). Once. */
int64_t pl_loop_threads_run(struct pl_loop_threads *threads, int64_t end_ns);

/** Ends the second thread and waits for it. */
void pl_loop_threads_close(struct pl_loop_threads *threads);

#endif
