/* The receiver's whole work for a packet, as a cell does it: the event loop, two acquires, the
 * copy, the sorted queue, decoding, metering, two releases and a frame's share. And the same on the
 * null stack, in the same process: the floor under it, which is the replay and the receiver alone.
 */
#include <string.h>

#include "harness/bench/suite.h"
#include "harness/pipelines/pipeline.h"

/* What a cell holds of it, without a sampler. */
struct replay {
    struct run run;
    struct pl_arena arena;
    struct pl_loop loop;
    struct pl_sides sides;
    const struct pl_pipeline *pipeline;
    void *state;
};

static bool open_pipeline(struct replay *r)
{
    const struct suite *suite = r->run.suite;
    struct pl_pipeline_inputs inputs = {
        .scenario = suite->scenario,
        .recording = suite->recording,
        .format = suite->format,
        .seed = suite->scenario->seed,
        .sides = &r->sides,
        .loop = &r->loop,
        .arena = &r->arena,
    };
    uint32_t events = r->pipeline->event_count(suite->scenario);
    struct pl_event **heap = pl_arena_take(&r->arena, events * sizeof *heap);
    if (!heap)
        return false;
    pl_loop_init(&r->loop, heap, events);
    return r->pipeline->open(&inputs, &r->state, NULL) == 0;
}

static bool open_replay(struct replay *r)
{
    const struct suite *suite = r->run.suite;
    r->pipeline = pl_pipeline_of(suite->scenario);
    r->arena = suite->arena;
    memset(r->arena.base, 0, r->arena.capacity);
    if (!pl_sides_open(&r->sides, 1, r->run.stack, suite->scenario, suite->scenario->seed,
                       &r->arena))
        return false;
    struct pl_meter *meter = &pl_sides_network(&r->sides)->meter;
    pl_meter_untimed(meter);
    memcpy(meter->chains, r->run.chains, sizeof meter->chains); /* the memory pass's links */
    return open_pipeline(r);
}

/* An event at a time: the loop runs until a time, but it is packets that are counted. */
static void receive(struct replay *r, uint64_t count)
{
    const struct pl_traffic_counts *counts = &pl_sides_network(&r->sides)->counts;
    uint64_t until = counts->received + count;
    while (counts->received < until)
        pl_loop_run(&r->loop, pl_loop_next(&r->loop)->due_ns + 1);
}

/* Until the latency is gathered and the sessions play, twice over. */
static void warm_up(struct replay *r)
{
    pl_loop_run(&r->loop, 2 * r->run.suite->scenario->receiver.latency_ns);
}

static void check_replay(struct replay *r)
{
    uint64_t refused = 0;
    const struct pl_side *side = pl_sides_network(&r->sides);
    for (uint32_t i = 0; i < side->meter.class_count; i++)
        refused += side->meter.books[i].failures;
    if (refused)
        run_refused(&r->run);
    if (side->counts.integrity_errors)
        pl_bench_skip(r->run.bench, "what was played is not what was recorded");
}

static void replay(struct pl_bench *bench, struct suite *suite, const struct pl_stack_spec *spec)
{
    struct replay r = {0};
    if (!run_open(&r.run, suite, spec, bench))
        return;
    if (open_replay(&r)) {
        warm_up(&r);
        run_begin(&r.run);
        for (uint64_t n; (n = pl_bench_next(bench, PL_BENCH_BATCH));) {
            receive(&r, n);
            r.run.operations += n;
        }
        check_replay(&r);
        r.pipeline->close(r.state, pl_loop_next(&r.loop)->due_ns);
    } else {
        pl_bench_skip(bench, "the pipeline could not be opened");
    }
    run_close(&r.run);
}

static void receiver(struct pl_bench *bench, void *context)
{
    struct suite *suite = context;
    replay(bench, suite, &suite->spec);
}

static void replay_floor(struct pl_bench *bench, void *context)
{
    struct suite *suite = context;
    replay(bench, suite, &suite->floor);
}

int replay_register(struct suite *suite)
{
    const struct pl_bench_options stack = {.name = "receiver", .run = receiver, .context = suite};
    const struct pl_bench_options floor = {
        .name = "replay_floor", .run = replay_floor, .context = suite};
    int rc = pl_bench_register(&stack);
    return rc ? rc : pl_bench_register(&floor);
}
