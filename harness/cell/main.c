/* plimsoll-cell: one measured run under the virtual clock, in a process of its own, started by the
 * controller with the heap preloaded. It reads its job from shared memory, replays the traffic
 * through the stack and writes its records to a pipe. */
#include <errno.h>

#include "harness/cell/body.h"
#include "harness/cell/collect.h"
#include "harness/clock/threads.h"

struct replayed {
    struct pl_cell cell;
    struct pl_loop loop;
    struct pl_loop_threads threads; /* open where the job asks for two */
    struct pl_event sample;
    const struct pl_pipeline *pipeline;
    void *state;
};

static int64_t on_sample(void *context, int64_t now_ns)
{
    struct replayed *r = context;
    pl_collect_toggle();
    pl_sampler_sample(&r->cell.sampler, now_ns);
    pl_collect_toggle();
    r->loop.stopped = r->cell.sampler.at_ceiling;
    return now_ns + r->cell.job->scenario.sample_interval_ns;
}

/* The sampler's event comes last: at one time it sees what the others have done. */
static int open_replayed(struct replayed *r)
{
    const struct pl_scenario *s = &r->cell.job->scenario;
    r->pipeline = pl_pipeline_of(s);
    uint32_t events = r->pipeline->event_count(s) + 1;
    struct pl_event **heap = pl_arena_take(&r->cell.arena, events * sizeof *heap);
    if (!heap)
        return -ENOMEM;
    pl_loop_init(&r->loop, heap, events);
    struct pl_pipeline_inputs inputs = pl_cell_inputs(&r->cell, &r->loop);
    r->state = r->pipeline->open(&inputs);
    if (!r->state)
        return -ENOMEM;
    r->sample = (struct pl_event){.fire = on_sample, .context = r};
    pl_loop_add(&r->loop, &r->sample, 0);
    return r->cell.sides.count == 2 ? pl_loop_threads_open(&r->threads, &r->loop) : 0;
}

static void run_window(struct replayed *r)
{
    int64_t end_ns = r->cell.job->scenario.duration_ns;
    pl_cell_begin(&r->cell);
    int64_t t_ns = r->cell.sides.count == 2 ? pl_loop_threads_run(&r->threads, end_ns)
                                            : pl_loop_run(&r->loop, end_ns);
    pl_cell_end(&r->cell, t_ns);
}

int main(void)
{
    struct replayed r = {0};
    int rc = pl_cell_open(&r.cell);
    if (rc)
        return r.cell.job ? 1 : 2;
    if (open_replayed(&r))
        return pl_cell_fail(-ENOMEM, "the cell can't start: its arena or its threads don't fit");
    run_window(&r);
    if (r.cell.sides.count == 2)
        pl_loop_threads_close(&r.threads);
    pl_cell_settle(&r.cell);
    r.pipeline->close(r.state, r.cell.final.t_ns);
    pl_cell_finish(&r.cell);
    return 0;
}
