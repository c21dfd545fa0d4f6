#include "harness/pipelines/relay/pump.h"

#include "harness/pipelines/relay/changed.h"
#include "harness/pipelines/relay/rtcp.h"
#include "harness/pipelines/relay/subscriber.h"

#define LOOK_NS INT64_C(10000000) /* from one look at full connections to the next */

/* What the door wants of it, or the publisher that threw it out. */
static void come_or_go(struct relay *r, struct relay_subscriber *u, int64_t now_ns)
{
    bool wanted = __atomic_load_n(&u->wanted, __ATOMIC_ACQUIRE);
    if (u->present && (!wanted || u->evicted))
        relay_subscriber_leave(r, u);
    if (!u->present && wanted && !u->evicted)
        relay_subscriber_join(r, u, now_ns);
    if (!wanted) {
        u->evicted = false;
        relay_subscriber_refuse(r, u, false);
    }
}

static void let_wait(struct relay_pump *pump, struct relay_subscriber *u)
{
    u->waits = true;
    u->next_waiting = pump->waiting;
    pump->waiting = u;
}

static void drain(struct relay_pump *pump, struct relay_subscriber *u, int64_t now_ns)
{
    if (u->present && relay_subscriber_drain(pump->relay, u, now_ns) && !u->waits)
        let_wait(pump, u);
}

static void look_at_waiting(struct relay_pump *pump, int64_t now_ns)
{
    struct relay_subscriber *next = pump->waiting;
    pump->waiting = NULL;
    for (struct relay_subscriber *u; (u = next);) {
        next = u->next_waiting;
        u->waits = false;
        drain(pump, u, now_ns);
    }
}

static int64_t on_work(void *context, int64_t now_ns)
{
    struct relay_pump *pump = context;
    pl_session_objects_work(pump->relay->objects, pump->task.worker, now_ns);
    relay_rtcp_work(pump, now_ns);
    look_at_waiting(pump, now_ns);
    for (struct relay_subscriber *u; (u = relay_changed_take(pump));) {
        come_or_go(pump->relay, u, now_ns);
        drain(pump, u, now_ns);
    }
    int64_t due_ns = pl_session_objects_due(pump->relay->objects, pump->task.worker);
    int64_t rtcp_ns = relay_rtcp_due(pump);
    due_ns = rtcp_ns < due_ns ? rtcp_ns : due_ns;
    return pump->waiting && now_ns + LOOK_NS < due_ns ? now_ns + LOOK_NS : due_ns;
}

bool relay_pumps_open(struct relay *r)
{
    uint32_t workers = r->in.crew->count;
    r->pumps = pl_arena_take(r->in.arena, workers * sizeof *r->pumps);
    for (uint32_t i = 0; r->pumps && i < workers; i++) {
        struct relay_pump *pump = &r->pumps[i];
        pump->relay = r;
        pump->task = (struct pl_task){.event = {.fire = on_work, .context = pump}, .worker = i};
        pthread_mutex_init(&pump->lock, NULL);
        pl_crew_add(r->in.crew, &pump->task, PL_NEVER);
    }
    return r->pumps != NULL;
}
