/* Threads that run freely while another one samples (live.h). */
#include <pthread.h>
#include <semaphore.h>

#include "harness/cell/live.h"
#include "harness/clock/real.h"

#define STACK_BYTES (256u << 10)

struct sampling {
    struct pl_cell *cell;
    const struct pl_free_threads *threads;
    sem_t begun;
    int64_t start_ns;
    int64_t t_ns; /* that was reached */
};

static void *sample(void *context)
{
    struct sampling *s = context;
    while (sem_wait(&s->begun)) /* a signal: again */
        continue;
    s->t_ns = pl_cell_live_sample(s->cell, s->start_ns);
    s->threads->stop(s->threads->context, s->start_ns + s->t_ns);
    return NULL;
}

static int start(struct sampling *s, pthread_t *thread)
{
    pthread_attr_t attributes;
    sem_init(&s->begun, 0, 0);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    int rc = pthread_create(thread, &attributes, sample, s);
    pthread_attr_destroy(&attributes);
    return -rc;
}

/* The books are taken when all threads are at rest: then they are exact. */
int pl_cell_live_threads(struct pl_cell *cell, const struct pl_free_threads *threads)
{
    struct sampling s = {.cell = cell, .threads = threads};
    pthread_t thread;
    int rc = start(&s, &thread);
    if (rc)
        return pl_cell_fail(rc, "the cell can't start the thread that samples");
    pl_cell_begin(cell);
    s.start_ns = pl_real_now();
    sem_post(&s.begun);
    threads->run(threads->context, s.start_ns);
    pthread_join(thread, NULL);
    pl_cell_end(cell, s.t_ns);
    pl_cell_settle(cell);
    return 0;
}
