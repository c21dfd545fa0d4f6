/* A worker's thread, and the tasks in its loop (worker.h). */
#include "harness/clock/worker.h"

bool worker_start_thread(struct pl_worker *w, void *(*serve)(void *))
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, w->crew->settings.stack_bytes);
    w->started = pthread_create(&w->thread, &attributes, serve, w) == 0;
    pthread_attr_destroy(&attributes);
    if (w->started)
        w->crew->threads_made++;
    else
        w->crew->threads_failed++;
    return w->started;
}

bool worker_is_due_for_renewal(const struct pl_worker *w, int64_t now_ns)
{
    const struct pl_workers_settings *s = &w->crew->settings;
    return s->renew == PL_RENEW_TIME && now_ns - w->renewed_ns >= s->renew_ns;
}

void worker_begin(struct pl_worker *w, struct pl_task *task)
{
    w->busy += task->resting;
    task->resting = false;
}

void worker_end(struct pl_worker *w, struct pl_task *task)
{
    w->busy -= task->resting;
}

void worker_put(struct pl_worker *w, struct pl_task *task, int64_t due_ns)
{
    w->busy += !task->resting;
    pl_loop_add(&w->loop, &task->event, due_ns);
}

void worker_take(struct pl_worker *w, struct pl_task *task)
{
    w->busy -= !task->resting;
    pl_loop_remove(&w->loop, &task->event);
}

int64_t worker_next_ns(const struct pl_worker *w)
{
    const struct pl_event *next = pl_loop_next(&w->loop);
    return next ? next->due_ns : PL_NEVER;
}
