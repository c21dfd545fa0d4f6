#include "harness/pipelines/relay/door.h"

#include "harness/base/random.h"
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

static void let_in(struct relay_door *door, int64_t now_ns)
{
    tell(door->relay, door->order[door->there++], true, now_ns);
}

/* Any of those that are there, by lot. */
static void let_out(struct relay_door *door, int64_t now_ns)
{
    uint32_t drawn = (uint32_t)(pl_random_next(&door->random) % door->there--);
    uint32_t index = door->order[drawn];
    door->order[drawn] = door->order[door->there];
    door->order[door->there] = index;
    tell(door->relay, index, false, now_ns);
}

static int64_t next_ns(struct relay_door *door)
{
    int64_t at_ns;
    return pl_load_next(&door->walk, &at_ns, &door->comes) ? at_ns : PL_NEVER;
}

static int64_t on_change(void *context, int64_t now_ns)
{
    struct relay_door *door = context;
    if (door->comes)
        let_in(door, now_ns);
    else
        let_out(door, now_ns);
    return next_ns(door);
}

bool relay_door_open(struct relay *r)
{
    struct relay_door *door = &r->door;
    door->order = pl_arena_take(r->in.arena, r->subscriber_count * sizeof *door->order);
    if (!door->order)
        return false;
    for (uint32_t i = 0; i < r->subscriber_count; i++)
        door->order[i] = i;
    door->relay = r;
    door->random = r->in.seed;
    door->load = load_of(r->scenario);
    pl_load_start(&door->walk, &door->load, r->in.seed);
    door->task = (struct pl_task){.event = {.fire = on_change, .context = door}};
    pl_crew_add(r->in.crew, &door->task, next_ns(door));
    return true;
}
