#include "harness/pipelines/blocks/jobs.h"

#include "harness/traffic/material.h"

/* Each cycle is given to a worker; where another one is to release what it held, that is the one
 * behind it. */
static uint32_t worker_for(struct blocks_job *j, enum blocks_next next)
{
    if (next == BLOCKS_CYCLE) {
        pl_crew_over(j->crew, j->given_to);
        return j->given_to = pl_crew_assign(j->crew);
    }
    bool other = next == BLOCKS_RELEASE && j->blocks.settings->release == PL_BLOCKS_RELEASE_OTHER;
    return other ? (j->task.worker + 1) % j->crew->count : j->task.worker;
}

static int64_t on_step(void *context, int64_t now_ns)
{
    struct blocks_job *j = context;
    int64_t next_ns;
    j->blocks.side = j->sides->side[j->task.worker];
    enum blocks_next next = blocks_step(&j->blocks, now_ns - j->begin_ns, &next_ns);
    j->task.worker = worker_for(j, next);
    j->task.resting = next == BLOCKS_CYCLE;
    return j->begin_ns + next_ns;
}

static int64_t first_cycle_ns(const struct pl_blocks_settings *s, uint32_t index)
{
    int64_t ns = s->start == PL_BLOCKS_SPREAD ? s->cycle_ns / s->jobs * index : 0;
    return ns / BLOCKS_STEP_NS * BLOCKS_STEP_NS;
}

bool blocks_open_job(struct blocks_job *j, const struct pl_pipeline_inputs *in, uint32_t index,
                     uint32_t class_index)
{
    const struct pl_blocks_settings *s = &in->scenario->blocks;
    const struct pl_profile *profile = pl_material_file(pl_recording_material(in->recording), 0);
    j->given_to = pl_crew_assign(in->crew);
    j->task = (struct pl_task){.event = {.fire = on_step, .context = j}, .worker = j->given_to};
    j->sides = in->sides;
    j->crew = in->crew;
    j->begin_ns = first_cycle_ns(s, index);
    j->blocks.class_index = class_index;
    j->blocks.side = in->sides->side[j->task.worker];
    if (!blocks_open(&j->blocks, s, profile, in->seed + index, in->arena))
        return false;
    pl_crew_add(in->crew, &j->task, j->begin_ns);
    return true;
}

void blocks_close_job(struct blocks_job *j)
{
    j->blocks.side = pl_sides_network(j->sides);
    blocks_close(&j->blocks);
}
