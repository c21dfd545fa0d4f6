/* A recorded program's threads in real time (live.h). */
#include "harness/cell/live.h"
#include "harness/clock/virtual.h"
#include "harness/pipelines/trace/wall.h"

#define GRACE_NS PL_NS_PER_S

struct replay {
    const struct pl_cell *cell;
    struct pl_trace_wall *wall;
};

static void run(void *context, int64_t start_ns)
{
    pl_trace_wall_run(((struct replay *)context)->wall, start_ns);
}

/* What was due within the window is replayed, though a little late. */
static void stop(void *context, int64_t reached_ns)
{
    struct replay *r = context;
    const struct pl_scenario *scenario = &r->cell->job->scenario;
    uint64_t ms = pl_tape_of(pl_job_recording(r->cell->job))->duration_ms;
    double lasts_ns = (double)ms / scenario->trace.speed * 1e6;
    if (!r->cell->sampler.at_ceiling && lasts_ns <= (double)scenario->duration_ns)
        pl_trace_wall_await(r->wall, reached_ns + GRACE_NS);
    pl_trace_wall_stop(r->wall);
}

int pl_cell_live_trace(struct pl_cell *cell)
{
    struct replay r = {.cell = cell};
    struct pl_error error;
    struct pl_pipeline_inputs inputs = pl_cell_inputs(cell, NULL);
    int rc = pl_trace_wall_open(&inputs, &r.wall, &error);
    if (rc)
        return pl_cell_fail(rc, error.text);
    rc = pl_cell_live_threads(cell, &(const struct pl_free_threads){&r, run, stop});
    if (rc)
        return rc;
    cell->final.trace_over_ns = pl_trace_wall_over_ns(r.wall);
    pl_trace_wall_close(r.wall);
    pl_cell_finish(cell);
    return 0;
}
