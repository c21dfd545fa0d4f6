#include "harness/pipelines/relay/door.h"

#include "harness/pipelines/relay/changed.h"

/* Without a load all are there from the beginning. */
static struct pl_load_settings load_of(const struct pl_scenario *s)
{
    if (s->load.count)
        return s->load;
    return (struct pl_load_settings){.points = {{0, s->relay.subscribers * s->traffic.sessions}},
                                     .count = 1};
}

uint32_t relay_door_most(const struct pl_scenario *s)
{
    struct pl_load_settings load = load_of(s);
    return pl_load_most(&load);
}

static void tell(void *context, const struct pl_load_change *change, int64_t now_ns)
{
    struct relay *r = context;
    struct relay_subscriber *u = &r->subscribers[change->session];
    __atomic_store_n(&u->wanted, change->comes, __ATOMIC_RELEASE);
    relay_changed_tell(r, u, now_ns);
}

bool relay_door_open(struct relay *r)
{
    r->door = (struct pl_door){.load = load_of(r->scenario), .tell = tell, .context = r};
    return pl_door_open(&r->door, &r->in);
}
