#include "harness/pipelines/relay/changed.h"

void relay_changed_tell(struct relay *r, struct relay_subscriber *u, int64_t now_ns)
{
    struct relay_pump *pump = &r->pumps[u->worker];
    relay_lock(r, &pump->lock);
    bool first = !pump->changed;
    if (!u->changed) {
        u->changed = true;
        u->next_changed = NULL;
        if (first)
            pump->changed = u;
        else
            pump->last_changed->next_changed = u;
        pump->last_changed = u;
    }
    relay_unlock(r, &pump->lock);
    if (first)
        pl_crew_wake(r->in.crew, &pump->task, now_ns);
}

struct relay_subscriber *relay_changed_take(struct relay_pump *pump)
{
    relay_lock(pump->relay, &pump->lock);
    struct relay_subscriber *u = pump->changed;
    if (u) {
        pump->changed = u->next_changed;
        u->changed = false;
    }
    relay_unlock(pump->relay, &pump->lock);
    return u;
}
