/* The virtual loop, the sampler and a pipeline put together (replay.h). */
#include "harness/cell/replay.h"
#include "harness/pipelines/background/background.h"

#include <errno.h>

#include "harness/cell/body.h"
#include "harness/cell/callgrind_window.h"
#include "harness/clock/threads.h"
#include "harness/clock/virtual.h"

struct replayed {
    struct pl_cell cell;
    struct pl_loop loop;
    struct pl_loop_threads threads; /* open where the loop's own events are of two threads */
    struct pl_event sample;
    const struct pl_pipeline *pipeline;
    void *state;
    struct pl_background_work *background;
};

static int64_t on_sample(void *context, int64_t now_ns)
{
    struct replayed *r = context;
    pl_cell_trim(&r->cell, now_ns);
    pl_callgrind_toggle();
    pl_cell_sample(&r->cell, now_ns);
    pl_callgrind_toggle();
    r->loop.stopped = r->cell.sampler.at_ceiling;
    return now_ns + r->cell.job->scenario.sample_interval_ns;
}

/* One receives, one reads. */
static bool in_step(const struct replayed *r)
{
    return r->cell.sides.count == 2 && !r->cell.crew.count;
}

/* The sampler's event comes last: at one time it sees what the others have done. */
static int open_replayed(struct replayed *r, struct pl_error *error)
{
    const struct pl_scenario *s = &r->cell.job->scenario;
    uint32_t events = pl_replayed_events(s);
    struct pl_event **heap = pl_arena_take(&r->cell.arena, events * sizeof *heap);
    if (!heap)
        return pl_error_set(error, -ENOMEM, "the cell can't start: its arena is too small");
    pl_loop_init(&r->loop, heap, events);
    int rc = pl_cell_open_crew(&r->cell, &r->loop, error);
    struct pl_pipeline_inputs inputs = pl_cell_inputs(&r->cell, &r->loop);
    if (!rc)
        rc = r->pipeline->open(&inputs, &r->state, error);
    if (!rc)
        rc = pl_background_open(&inputs, &r->background, error);
    if (rc)
        return rc;
    if (inputs.crew)
        pl_crew_start(inputs.crew);
    r->sample = (struct pl_event){.fire = on_sample, .context = r};
    pl_loop_add(&r->loop, &r->sample, 0);
    if (in_step(r) && pl_loop_threads_open(&r->threads, &r->loop))
        return pl_error_set(error, -ENOMEM, "the cell can't start its threads");
    return 0;
}

static void run_window(struct replayed *r)
{
    int64_t end_ns = r->cell.job->scenario.duration_ns;
    pl_cell_begin(&r->cell);
    int64_t t_ns =
        in_step(r) ? pl_loop_threads_run(&r->threads, end_ns) : pl_loop_run(&r->loop, end_ns);
    pl_cell_end(&r->cell, t_ns);
}

static int run(struct replayed *r)
{
    struct pl_error error;
    int rc = open_replayed(r, &error);
    if (rc)
        return pl_cell_fail(rc, error.text);
    run_window(r);
    if (in_step(r))
        pl_loop_threads_close(&r->threads);
    pl_crew_close(&r->cell.crew);
    pl_cell_settle(&r->cell);
    pl_background_close(r->background);
    r->pipeline->close(r->state, r->cell.final.t_ns);
    pl_cell_finish(&r->cell);
    return 0;
}

int pl_cell_replay(const struct pl_pipeline *(*find)(const struct pl_scenario *))
{
    struct replayed r = {0};
    int rc = pl_cell_open(&r.cell);
    if (rc)
        return r.cell.job ? 1 : 2;
    pl_cell_clock(&r.cell, (const int64_t *)&pl_virtual_ns);
    r.pipeline = find(&r.cell.job->scenario);
    return run(&r);
}
