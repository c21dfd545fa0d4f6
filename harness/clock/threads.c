/* Two threads pass one turn to each other (threads.h). */
#include "harness/clock/threads.h"

static void await_turn(struct pl_loop_threads *t, uint32_t thread)
{
    while (sem_wait(&t->turn[thread])) /* a signal: again */
        continue;
}

/* Runs its own events until the next is the other's, or nothing is left to fire.
 * @return whether there is more */
static bool take_turn(struct pl_loop_threads *t, uint32_t thread)
{
    for (struct pl_event *next; (next = pl_loop_due(t->loop, t->loop->end_ns));) {
        if (next->thread != thread)
            return true;
        pl_loop_fire(t->loop, next);
    }
    return false;
}

static void *second(void *context)
{
    struct pl_loop_threads *t = context;
    for (;;) {
        await_turn(t, 1);
        if (t->done)
            return NULL;
        take_turn(t, 1);
        sem_post(&t->turn[0]); /* also when nothing is left: the first thread ends the run */
    }
}

/* On the second thread, whose event takes its time. The first one's take none. */
static void hand_on(struct pl_loop *loop)
{
    struct pl_loop_threads *t = loop->threads;
    t->passing = true;
    sem_post(&t->turn[0]);
    await_turn(t, 1);
    t->passing = false;
}

int pl_loop_threads_open(struct pl_loop_threads *t, struct pl_loop *loop)
{
    *t = (struct pl_loop_threads){.loop = loop};
    loop->threads = t;
    loop->hand_on = hand_on;
    for (uint32_t i = 0; i < PL_LOOP_THREADS_MAX; i++)
        sem_init(&t->turn[i], 0, 0);
    return -pthread_create(&t->second, NULL, second, t);
}

int64_t pl_loop_threads_run(struct pl_loop_threads *t, int64_t end_ns)
{
    t->loop->end_ns = end_ns;
    while (take_turn(t, 0) || t->passing) {
        sem_post(&t->turn[1]);
        await_turn(t, 0);
    }
    return pl_loop_end(t->loop, end_ns);
}

void pl_loop_threads_close(struct pl_loop_threads *t)
{
    t->done = true;
    sem_post(&t->turn[1]);
    pthread_join(t->second, NULL);
    for (uint32_t i = 0; i < PL_LOOP_THREADS_MAX; i++)
        sem_destroy(&t->turn[i]);
}
