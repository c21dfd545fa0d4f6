#include "harness/cell/job.h"
#include "harness/pipelines/background/background.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/live/live_receiver.h"
#include "harness/pipelines/trace/wall.h"
#include "harness/scenario/traits.h"
#include "harness/traffic/tape_split.h"

static uint64_t page_round(uint64_t bytes)
{
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    return (bytes + page - 1) / page * page;
}

/* What a job is laid out by. */
struct plan {
    const struct pl_job_options *options;
    struct pl_tape_split *split; /* of a trace under the wall clock, else NULL */
    uint32_t sides;
    uint64_t recording_bytes, arena_bytes;
};

static uint32_t tasks_of(const struct pl_job_options *o)
{
    return pl_traits_of(o->scenario)->workers
               ? pl_pipeline_of(o->scenario)->event_count(o->scenario)
               : 0;
}

static size_t crew_bytes(const struct pl_job_options *o)
{
    uint32_t tasks = tasks_of(o);
    return tasks ? pl_crew_arena_bytes(o->threads, tasks) : 0;
}

static size_t replayed_bytes(const struct pl_job_options *o)
{
    const struct pl_pipeline *pipeline = pl_pipeline_of(o->scenario);
    uint32_t events = pl_replayed_events(o->scenario);
    return pipeline->arena_bytes(o->scenario, o->recording, o->format) +
           pl_background_arena_bytes(o->scenario) + crew_bytes(o) +
           pl_arena_cost(events * sizeof(struct pl_event *));
}

static size_t pipeline_bytes(const struct plan *p)
{
    const struct pl_job_options *o = p->options;
    if (p->split)
        return pl_trace_wall_arena_bytes(o->scenario, pl_tape_split_head(p->split));
    bool live = o->clock == PL_CLOCK_WALL && pl_traits_of(o->scenario)->sockets;
    return live ? pl_live_arena_bytes(o->scenario, o->recording) : replayed_bytes(o);
}

static int make_plan(struct plan *p, const struct pl_job_options *o, struct pl_error *error)
{
    *p = (struct plan){.options = o, .sides = o->threads};
    bool split =
        o->clock == PL_CLOCK_WALL && pl_traits_of(o->scenario)->material == PL_MATERIAL_TAPE;
    int rc = split ? pl_tape_split_make(o->recording, &p->split, error) : 0;
    if (rc)
        return rc;
    if (split)
        p->sides = pl_trace_wall_sides(o->scenario, pl_tape_split_head(p->split));
    p->recording_bytes = split ? pl_tape_split_bytes(p->split) : o->recording->bytes;
    p->arena_bytes = page_round(pipeline_bytes(p) + pl_sides_arena_bytes(p->sides));
    return 0;
}

static void fill(struct pl_job *job, const struct plan *p)
{
    const struct pl_job_options *o = p->options;
    job->magic = PL_JOB_MAGIC;
    job->scenario = *o->scenario;
    pl_scenario_fit(&job->scenario, o->format);
    strncpy(job->stack, o->stack, sizeof job->stack - 1);
    job->format = o->format;
    job->sides = p->sides;
    job->crowd = p->split != NULL || p->sides > 2;
    job->tasks = tasks_of(o);
    job->at_once = o->clock == PL_CLOCK_WALL;
    job->seed = o->seed;
    job->ceiling_bytes = o->ceiling_bytes;
    job->observed = o->observed;
    job->ledger_at_count = o->ledger_at_count;
    for (uint32_t i = 0; i < o->ledger_at_count; i++)
        job->ledger_at_ns[i] = o->ledger_at_ns[i];
    if (p->split)
        pl_tape_split_write(p->split, (char *)job + job->recording_offset);
    else
        memcpy((char *)job + job->recording_offset, o->recording, o->recording->bytes);
}

/* Which keys ask for so much. */
static int too_large(const struct pl_scenario *s, uint64_t bytes, struct pl_error *error)
{
    return pl_error_set(error, -ENOMEM,
                        "a cell of %s needs %.1f GiB for its records, more than half of what this "
                        "machine has to spare",
                        pl_traits_of(s)->large, (double)bytes / 0x1p30);
}

static int lay_out(const struct plan *p, struct pl_job_memory *memory, struct pl_error *error)
{
    uint64_t recording_offset = page_round(sizeof(struct pl_job));
    uint64_t arena_offset = recording_offset + page_round(p->recording_bytes);
    uint64_t bytes = arena_offset + p->arena_bytes;
    if (bytes > p->options->room_bytes / 2)
        return too_large(p->options->scenario, bytes, error);
    int rc = pl_job_memory_fit(memory, bytes, error);
    if (rc)
        return rc;
    struct pl_job *job = pl_job_of(memory);
    memset(memory->mapped, 0, recording_offset);
    memset(memory->mapped + arena_offset, 0, p->arena_bytes);
    job->bytes = bytes;
    job->recording_offset = recording_offset;
    job->arena_offset = arena_offset;
    job->arena_bytes = p->arena_bytes;
    fill(job, p);
    return 0;
}

int pl_job_make(const struct pl_job_options *o, struct pl_job_memory *memory,
                struct pl_error *error)
{
    struct plan plan;
    int rc = make_plan(&plan, o, error);
    if (!rc)
        rc = lay_out(&plan, memory, error);
    pl_tape_split_free(plan.split);
    return rc;
}
