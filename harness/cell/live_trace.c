/* A recorded program's threads in real time (live.h). What samples ends the run. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>

#include "harness/cell/live.h"
#include "harness/clock/real.h"
#include "harness/clock/virtual.h"
#include "harness/pipelines/trace/wall.h"

#define STACK_BYTES (256u << 10)
#define GRACE_NS PL_NS_PER_S

struct sampling {
    struct pl_cell *cell;
    struct pl_trace_wall *wall;
    sem_t begun;
    int64_t start_ns;
    int64_t t_ns; /* that was reached */
};

/* What was due within the window is replayed, though a little late. */
static void await_end(struct sampling *s)
{
    const struct pl_scenario *scenario = &s->cell->job->scenario;
    uint64_t ms = pl_tape_of(pl_job_recording(s->cell->job))->duration_ms;
    double lasts_ns = (double)ms / scenario->trace.speed * 1e6;
    if (!s->cell->sampler.at_ceiling && lasts_ns <= (double)scenario->duration_ns)
        pl_trace_wall_await(s->wall, s->start_ns + s->t_ns + GRACE_NS);
}

static void *sample(void *context)
{
    struct sampling *s = context;
    while (sem_wait(&s->begun)) /* a signal: again */
        continue;
    s->t_ns = pl_cell_live_sample(s->cell, s->start_ns);
    await_end(s);
    pl_trace_wall_stop(s->wall);
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
static void run_window(struct sampling *s, pthread_t thread)
{
    pl_cell_begin(s->cell);
    s->start_ns = pl_real_now();
    sem_post(&s->begun);
    pl_trace_wall_run(s->wall, s->start_ns);
    pthread_join(thread, NULL);
    pl_cell_end(s->cell, s->t_ns);
}

int pl_cell_live_trace(struct pl_cell *cell)
{
    struct sampling s = {.cell = cell};
    struct pl_error error;
    pthread_t thread;
    struct pl_pipeline_inputs inputs = pl_cell_inputs(cell, NULL);
    int rc = pl_trace_wall_open(&inputs, &s.wall, &error);
    if (rc)
        return pl_cell_fail(rc, error.text);
    rc = start(&s, &thread);
    if (rc)
        return pl_cell_fail(rc, "the cell can't start the thread that samples");
    run_window(&s, thread);
    pl_cell_settle(cell);
    cell->final.trace_over_ns = pl_trace_wall_over_ns(s.wall);
    pl_trace_wall_close(s.wall);
    pl_cell_finish(cell);
    return 0;
}
