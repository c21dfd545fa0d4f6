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

static void tell(struct relay *r, uint32_t index, bool wanted, int64_t now_ns)
{
    struct relay_subscriber *u = &r->subscribers[index];
    __atomic_store_n(&u->wanted, wanted, __ATOMIC_RELEASE);
    relay_changed_tell(r, u, now_ns);
}

static int64_t next_ns(struct relay_door *door)
{
    return pl_load_next(&door->walk, &door->next) ? door->next.at_ns : PL_NEVER;
}

static int64_t on_change(void *context, int64_t now_ns)
{
    struct relay_door *door = context;
    tell(door->relay, door->next.session, door->next.comes, now_ns);
    return next_ns(door);
}

bool relay_door_open(struct relay *r)
{
    struct relay_door *door = &r->door;
    uint32_t *order = pl_arena_take(r->in.arena, r->subscriber_count * sizeof *order);
    if (!order)
        return false;
    door->relay = r;
    door->load = load_of(r->scenario);
    pl_load_start(&door->walk, &door->load, r->in.seed, order);
    door->task = (struct pl_task){.event = {.fire = on_change, .context = door}};
    pl_crew_add(r->in.crew, &door->task, next_ns(door));
    return true;
}
