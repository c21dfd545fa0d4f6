/* A crew, its workers and their tasks, and what both ways to run them do with these (crew.h). */
#ifndef PL_CLOCK_WORKER_H
#define PL_CLOCK_WORKER_H

#include <pthread.h>
#include <semaphore.h>

#include "harness/clock/loop.h"
#include "harness/scenario/workers.h"

/** What a worker does next. Zero it, set the event's function and context and the worker, then
 *  pl_crew_add. */
struct pl_task {
    struct pl_event event; /* first: a loop knows it by this */
    uint32_t worker;       /* that fires it next; its function may set another */
    bool resting;          /* its job is over until it is due; its function may set it, and firing
                              clears it */
    int64_t wanted_ns;     /* pl_crew_wake's, for one that is being fired */
};

struct pl_worker {
    struct pl_crew *crew;
    struct pl_loop loop;
    uint32_t index;
    uint32_t jobs; /* given to it by pl_crew_assign, and not over; atomic */
    uint32_t busy; /* of them, those that don't rest */
    pthread_t thread;
    bool started; /* the thread is there, to be joined */
    int64_t renewed_ns;
    sem_t turn;             /* under the virtual clock */
    bool ending;            /* likewise: the turn is the thread's last */
    pthread_mutex_t lock;   /* under the wall clock: of the loop, and what stands above it */
    pthread_cond_t changed; /* a task came, or the run ends */
    bool ended;             /* the thread is over */
};

struct pl_crew {
    struct pl_workers_settings settings;
    struct pl_worker *worker;
    uint32_t count;
    bool alone;     /* one that is never renewed: the cell's own thread */
    uint32_t given; /* tasks, so far; atomic */
    uint64_t random;
    uint64_t threads_made;
    uint64_t threads_failed; /* to be made: the cell's thread fires their tasks, or under the wall
                                clock none does, and it is tried again */
    struct pl_loop *loop;    /* of the cell; NULL under the wall clock */
    struct pl_event turns;
    int64_t until_ns; /* what is due before that is fired in this turn */
    sem_t done;
    int64_t start_ns; /* of the run in real time, as pl_real_now counts */
    pthread_mutex_t lock;
    pthread_cond_t changed; /* for the thread that keeps the others */
    bool told;              /* that thread, of a change */
    bool stopped;           /* atomic */
};

/** Makes the worker's thread. @return false when it could not be made, which is counted */
bool worker_start_thread(struct pl_worker *worker, void *(*serve)(void *));

/** Whether the thread has served its time. */
bool worker_is_due_for_renewal(const struct pl_worker *worker, int64_t now_ns);

/** Of a task in the worker's loop that is about to be fired. */
void worker_begin(struct pl_worker *worker, struct pl_task *task);

/** Of one that was fired, before it is put back: its job may be over. */
void worker_end(struct pl_worker *worker, struct pl_task *task);

/** Puts a task into a worker's loop. */
void worker_put(struct pl_worker *worker, struct pl_task *task, int64_t due_ns);

/** Takes it out. */
void worker_take(struct pl_worker *worker, struct pl_task *task);

/** When the next of a worker's tasks is due; PL_NEVER */
int64_t worker_next_ns(const struct pl_worker *worker);

#endif
