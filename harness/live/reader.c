/* The reader's thread: a read at every tick, by absolute deadlines, so that a late one is followed
 * by the next at once and the pace holds. */
#include "harness/live/live_state.h"
#include "harness/live/wait.h"

void *reader_run(void *context)
{
    struct pl_live *live = context;
    struct receiver *r = &live->receiver;
    int64_t end_ns = r->in.scenario->duration_ns;
    while (sem_wait(&live->go))
        continue;
    for (int64_t due_ns = r->tick_ns; due_ns < end_ns;) {
        if (!pl_live_wait(live->stop_fd, live->start_ns + due_ns))
            break;
        due_ns = reader_tick(r, due_ns);
    }
    pl_live_wait(live->stop_fd, INT64_MAX); /* its heap's caches last as long as it does */
    return NULL;
}
