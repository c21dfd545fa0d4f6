#include "harness/pipelines/session/door.h"

#include "harness/clock/virtual.h"

size_t pl_door_arena_bytes(const struct pl_load_settings *load)
{
    return pl_arena_cost(pl_load_most(load) * sizeof(uint32_t));
}

static int64_t next_ns(struct pl_door *door)
{
    return pl_load_next(&door->walk, &door->next) ? door->next.at_ns : PL_NEVER;
}

static int64_t on_change(void *context, int64_t now_ns)
{
    struct pl_door *door = context;
    door->tell(door->context, &door->next, now_ns);
    return next_ns(door);
}

bool pl_door_open(struct pl_door *door, const struct pl_pipeline_inputs *in)
{
    uint32_t *order = pl_arena_take(in->arena, pl_load_most(&door->load) * sizeof *order);
    if (!order)
        return false;
    pl_load_start(&door->walk, &door->load, in->seed, order);
    door->task = (struct pl_task){.event = {.fire = on_change, .context = door}};
    pl_crew_add(in->crew, &door->task, next_ns(door));
    return true;
}
