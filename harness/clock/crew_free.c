/* The crew under the wall clock: workers run freely, each in real time, and the thread that runs
 * the crew joins those that end and makes those that are to come (crew.h). */
#include <time.h>

#include "harness/clock/crew.h"
#include "harness/clock/real.h"
#include "harness/clock/virtual.h"

static bool is_stopped(const struct pl_crew *crew)
{
    return __atomic_load_n(&crew->stopped, __ATOMIC_ACQUIRE);
}

static int64_t now_ns(const struct pl_crew *crew)
{
    return pl_real_now() - crew->start_ns;
}

/* Until a replay time, or for a second: then the caller looks again. */
static void wait_until(const struct pl_crew *crew, pthread_cond_t *changed, pthread_mutex_t *lock,
                       int64_t until_ns)
{
    int64_t latest_ns = now_ns(crew) + PL_NS_PER_S;
    int64_t real_ns = crew->start_ns + (until_ns < latest_ns ? until_ns : latest_ns);
    struct timespec until = {real_ns / PL_NS_PER_S, real_ns % PL_NS_PER_S};
    pthread_cond_timedwait(changed, lock, &until);
}

static void signal_keeper(struct pl_crew *crew)
{
    pthread_mutex_lock(&crew->lock);
    crew->told = true;
    pthread_cond_signal(&crew->changed);
    pthread_mutex_unlock(&crew->lock);
}

/* On the thread of another worker. The keeper makes the thread, where there is none. */
static void give(struct pl_worker *to, struct pl_task *task, int64_t due_ns)
{
    pthread_mutex_lock(&to->lock);
    worker_put(to, task, due_ns);
    pthread_cond_signal(&to->changed);
    pthread_mutex_unlock(&to->lock);
    if (to->crew->settings.renew == PL_RENEW_JOB)
        signal_keeper(to->crew);
}

/* The worker's lock is held, but not while the task is at work. */
static void fire(struct pl_worker *w)
{
    struct pl_task *task = (struct pl_task *)pl_loop_next(&w->loop);
    int64_t due_ns = task->event.due_ns;
    worker_begin(w, task);
    task->wanted_ns = PL_NEVER;
    pthread_mutex_unlock(&w->lock);
    due_ns = task->event.fire(task->event.context, due_ns);
    pthread_mutex_lock(&w->lock);
    worker_end(w, task);
    if (task->wanted_ns < due_ns)
        due_ns = task->wanted_ns;
    if (task->worker == w->index) {
        pl_loop_move(&w->loop, &task->event, due_ns);
        return;
    }
    worker_take(w, task);
    pthread_mutex_unlock(&w->lock);
    give(&w->crew->worker[task->worker], task, due_ns);
    pthread_mutex_lock(&w->lock);
}

static void fire_or_wait(struct pl_worker *w)
{
    const struct pl_workers_settings *s = &w->crew->settings;
    int64_t due_ns = worker_next_ns(w);
    if (due_ns <= now_ns(w->crew)) {
        fire(w);
        return;
    }
    if (s->renew == PL_RENEW_TIME && w->renewed_ns + s->renew_ns < due_ns)
        due_ns = w->renewed_ns + s->renew_ns;
    wait_until(w->crew, &w->changed, &w->lock, due_ns);
}

static bool is_over(const struct pl_worker *w)
{
    if (w->crew->settings.renew == PL_RENEW_JOB)
        return !w->busy;
    return worker_is_due_for_renewal(w, now_ns(w->crew));
}

/* A thread for a job is made when the first task of it is due. */
static void *serve(void *context)
{
    struct pl_worker *w = context;
    pthread_mutex_lock(&w->lock);
    do
        fire_or_wait(w);
    while (!is_stopped(w->crew) && !is_over(w));
    w->ended = true;
    pthread_mutex_unlock(&w->lock);
    signal_keeper(w->crew);
    return NULL;
}

static void join_ended(struct pl_worker *w)
{
    pthread_mutex_lock(&w->lock);
    bool ended = w->ended;
    pthread_mutex_unlock(&w->lock);
    if (!ended)
        return;
    pthread_join(w->thread, NULL);
    w->ended = false;
    w->started = false;
    w->renewed_ns = now_ns(w->crew);
}

/* @return when the worker needs a thread that it has not; PL_NEVER */
static int64_t wanted_ns(struct pl_worker *w)
{
    if (w->started)
        return PL_NEVER;
    if (w->crew->settings.renew != PL_RENEW_JOB)
        return 0;
    pthread_mutex_lock(&w->lock);
    int64_t next_ns = worker_next_ns(w);
    pthread_mutex_unlock(&w->lock);
    return next_ns;
}

/* @return when the next thread has to be made */
static int64_t keep(struct pl_crew *crew)
{
    int64_t next_ns = PL_NEVER;
    for (uint32_t i = 0; i < crew->count; i++) {
        struct pl_worker *w = &crew->worker[i];
        join_ended(w);
        int64_t due_ns = wanted_ns(w);
        if (due_ns <= now_ns(crew))
            worker_start_thread(w, serve);
        else if (due_ns < next_ns)
            next_ns = due_ns;
    }
    return next_ns;
}

/* Not under the lock that threads take as they end: they are joined meanwhile. */
static void await_news(struct pl_crew *crew, int64_t until_ns)
{
    pthread_mutex_lock(&crew->lock);
    if (!crew->told)
        wait_until(crew, &crew->changed, &crew->lock, until_ns);
    crew->told = false;
    pthread_mutex_unlock(&crew->lock);
}

void pl_crew_run(struct pl_crew *crew, int64_t start_ns)
{
    crew->start_ns = start_ns;
    if (crew->alone) {
        serve(&crew->worker[0]);
        return;
    }
    while (!is_stopped(crew))
        await_news(crew, keep(crew));
    for (uint32_t i = 0; i < crew->count; i++)
        if (crew->worker[i].started) {
            pthread_join(crew->worker[i].thread, NULL);
            crew->worker[i].started = false;
        }
}

void pl_crew_stop(struct pl_crew *crew)
{
    __atomic_store_n(&crew->stopped, true, __ATOMIC_RELEASE);
    for (uint32_t i = 0; i < crew->count; i++) {
        pthread_mutex_lock(&crew->worker[i].lock);
        pthread_cond_signal(&crew->worker[i].changed);
        pthread_mutex_unlock(&crew->worker[i].lock);
    }
    signal_keeper(crew);
}

/* One that is at work is told of it when it is done. */
static void wake(struct pl_worker *w, struct pl_task *task, int64_t due_ns)
{
    pthread_mutex_lock(&w->lock);
    if (due_ns < task->wanted_ns)
        task->wanted_ns = due_ns;
    if (due_ns < task->event.due_ns) {
        pl_loop_move(&w->loop, &task->event, due_ns);
        pthread_cond_signal(&w->changed);
    }
    pthread_mutex_unlock(&w->lock);
}

void pl_crew_wake(struct pl_crew *crew, struct pl_task *task, int64_t due_ns)
{
    if (!crew->loop)
        wake(&crew->worker[task->worker], task, due_ns);
    else if (due_ns < task->event.due_ns)
        pl_loop_move(crew->alone ? crew->loop : &crew->worker[task->worker].loop, &task->event,
                     due_ns);
}
