/* The crew under the virtual clock: workers take turns (crew.h). Waiting has no timeout: timed
 * waits and virtual time don't go together. */
#include "harness/clock/crew.h"

static void await(sem_t *sem)
{
    while (sem_wait(sem)) /* a signal: again */
        continue;
}

static void fire(struct pl_worker *w)
{
    struct pl_task *task = (struct pl_task *)pl_loop_next(&w->loop);
    worker_begin(w, task);
    pl_loop_fire(&w->loop, &task->event);
    worker_end(w, task);
    if (task->worker == w->index)
        return;
    worker_take(w, task);
    worker_put(&w->crew->worker[task->worker], task, task->event.due_ns);
}

static void fire_due(struct pl_worker *w)
{
    while (worker_next_ns(w) < w->crew->until_ns)
        fire(w);
}

static void pass_on(struct pl_crew *crew, uint32_t next);

static void *serve(void *context)
{
    struct pl_worker *w = context;
    for (;;) {
        await(&w->turn);
        if (w->ending)
            return NULL;
        fire_due(w);
        pass_on(w->crew, w->index + 1);
    }
}

/* Gives the turn to the next worker that has something to do, or back to the cell's thread. From
 * worker to worker, since by way of that thread it would take twice as many switches. What has no
 * thread, though there should be one, is done by the caller's. */
static void pass_on(struct pl_crew *crew, uint32_t next)
{
    for (; next < crew->count; next++) {
        struct pl_worker *w = &crew->worker[next];
        if (worker_next_ns(w) >= crew->until_ns)
            continue;
        if (w->started || worker_start_thread(w, serve)) {
            sem_post(&w->turn);
            return;
        }
        fire_due(w);
    }
    sem_post(&crew->done);
}

/* The thread is gone, with its caches, before anything else happens. */
static void end_thread(struct pl_worker *w)
{
    w->ending = true;
    sem_post(&w->turn);
    pthread_join(w->thread, NULL);
    w->ending = false;
    w->started = false;
}

static void renew(struct pl_worker *w, int64_t now_ns)
{
    if (!w->started || !worker_is_due_for_renewal(w, now_ns))
        return;
    end_thread(w);
    w->renewed_ns = now_ns;
    worker_start_thread(w, serve);
}

static void end_idle(struct pl_crew *crew)
{
    for (uint32_t i = 0; i < crew->count && crew->settings.renew == PL_RENEW_JOB; i++)
        if (crew->worker[i].started && !crew->worker[i].busy)
            end_thread(&crew->worker[i]);
}

/* What is given to a worker that had its turn waits for the next. */
static int64_t on_turn(void *context, int64_t now_ns)
{
    struct pl_crew *crew = context;
    int64_t last_ns = crew->loop->end_ns - 1, next_ns = now_ns + crew->settings.turn_ns;
    crew->until_ns = now_ns < last_ns ? now_ns : crew->loop->end_ns;
    for (uint32_t i = 0; i < crew->count; i++)
        renew(&crew->worker[i], now_ns);
    pass_on(crew, 0);
    await(&crew->done);
    end_idle(crew);
    return now_ns == last_ns ? PL_NEVER : next_ns < last_ns ? next_ns : last_ns;
}

void pl_crew_start(struct pl_crew *crew)
{
    if (crew->alone)
        return;
    for (uint32_t i = 0; i < crew->count && crew->settings.renew != PL_RENEW_JOB; i++)
        worker_start_thread(&crew->worker[i], serve);
    crew->turns = (struct pl_event){.fire = on_turn, .context = crew};
    pl_loop_add(crew->loop, &crew->turns, crew->settings.turn_ns);
}

void pl_crew_close(struct pl_crew *crew)
{
    for (uint32_t i = 0; i < crew->count; i++)
        if (crew->worker[i].started)
            end_thread(&crew->worker[i]);
}
