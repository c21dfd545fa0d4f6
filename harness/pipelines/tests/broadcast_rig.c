#include "harness/pipelines/tests/broadcast_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "harness/clock/real.h"

const struct pl_scenario broadcast_rig_scenario = {
    .path = "t.yaml",
    .pipeline = PL_PIPELINE_BROADCAST,
    .class_count = CLASS_COUNT,
    .classes = {{.name = "client", .size = 4168, .budget = -1},
                {.name = "frame", .size = 776, .budget = -1},
                {.name = "image", .size = 768, .budget = -1},
                {.name = "text", .size = 2048, .budget = -1},
                {.name = "node", .size = 56, .budget = -1},
                {.name = "audio", .size = 1024, .budget = -1}},
    .broadcast = {.picture = "16x16",
                  .pictures = 5,
                  .clients = 3,
                  .fps = 30,
                  .views = 30,
                  .ring = 4,
                  .terminal = "8x8",
                  .video_queue = 3,
                  .audio_queue = 10},
    .workers = {.turn_ns = 20 * MS, .stack_bytes = 1 << 20},
};

struct pl_scenario broadcast_rig_stalled(enum pl_queue_policy policy)
{
    struct pl_scenario s = broadcast_rig_scenario;
    s.broadcast.on_full = policy;
    s.broadcast.stalled = 1;
    s.broadcast.stall_count = 1;
    s.broadcast.stalls[0] = (struct pl_span){500 * MS, 1500 * MS};
    return s;
}

struct pl_scenario broadcast_rig_loaded(void)
{
    struct pl_scenario s = broadcast_rig_scenario;
    s.duration_ns = 2 * S;
    s.load = (struct pl_load_settings){
        .points = {{0, 1}, {500 * MS, 1}, {500 * MS, 3}, {1000 * MS, 3}, {1000 * MS, 1}},
        .count = 5};
    s.session.objects[s.session.object_count++] =
        (struct pl_session_object){.class = "client",
                                   .size_min = 100,
                                   .size_max = 100,
                                   .count = 1,
                                   .at = PL_OBJECT_AT_START,
                                   .kept = PL_OBJECT_KEPT_SESSION,
                                   .share = 1};
    s.session.objects[s.session.object_count++] =
        (struct pl_session_object){.class = "client",
                                   .size_min = 200,
                                   .size_max = 200,
                                   .count = 1,
                                   .at = PL_OBJECT_AT_END,
                                   .kept = PL_OBJECT_KEPT_FOR_EVER,
                                   .share = 1};
    return s;
}

static void fill_clips(struct broadcast_rig *rig)
{
    for (uint32_t i = 0; i < sizeof rig->pictures; i++)
        rig->pictures[i] = (uint8_t)(i * 7 + i / 768 * 13);
    for (uint32_t i = 0; i < sizeof rig->sound / sizeof *rig->sound; i++)
        rig->sound[i] = (float)(i % 97) / 200.0f;
}

static void open_stack(struct broadcast_rig *rig, const char *stack)
{
    const struct pl_scenario *s = &rig->scenario;
    struct pl_stack_spec spec;
    struct pl_error error = {""};
    if (pl_stack_parse(stack, &spec, &error) ||
        pl_stack_open(&spec, s->classes, s->class_count, NULL, 0, &rig->stack, &error) ||
        pl_broadcast.check(s, NULL, PL_FORMAT_RGB24, &error))
        fail_msg("%s", error.text);
}

static void open_arena(struct broadcast_rig *rig, uint32_t threads)
{
    rig->arena.capacity = pl_broadcast.arena_bytes(&rig->scenario, NULL, PL_FORMAT_RGB24) +
                          pl_sides_arena_bytes(threads) +
                          pl_crew_arena_bytes(threads, pl_broadcast.event_count(&rig->scenario));
    rig->arena.base = aligned_alloc(PL_ARENA_ALIGN, pl_arena_cost(rig->arena.capacity));
    assert_non_null(rig->arena.base);
    memset(rig->arena.base, 0, rig->arena.capacity);
}

static struct broadcast_rig *open_rig(const struct pl_scenario *scenario, const char *stack,
                                      uint32_t threads, bool wall)
{
    struct pl_error error = {""};
    struct broadcast_rig *rig = calloc(1, sizeof *rig);
    assert_non_null(rig);
    pl_real_init();
    rig->scenario = *scenario;
    const struct pl_scenario *s = &rig->scenario;
    uint32_t tasks = pl_broadcast.event_count(s);
    fill_clips(rig);
    open_stack(rig, stack);
    open_arena(rig, threads);
    assert_true(tasks < BROADCAST_RIG_EVENTS_MAX);
    pl_loop_init(&rig->loop, rig->heap, BROADCAST_RIG_EVENTS_MAX);
    assert_true(pl_sides_open(&rig->sides, threads, rig->stack, s, 1, &rig->arena));
    assert_true(threads <= 2 || pl_sides_crowd(&rig->sides, wall, &rig->arena));
    assert_true(pl_crew_open(&rig->crew, &s->workers, threads, tasks, wall ? NULL : &rig->loop, 1,
                             &rig->arena));
    struct pl_pipeline_inputs inputs = {.scenario = s,
                                        .sides = &rig->sides,
                                        .loop = wall ? NULL : &rig->loop,
                                        .crew = &rig->crew,
                                        .arena = &rig->arena};
    struct pl_broadcast_clips clips = {rig->pictures, rig->sound};
    void *state = NULL;
    assert_int_equal(pl_broadcast_open(&inputs, &clips, &state, &error), 0);
    rig->b = state;
    return rig;
}

struct broadcast_rig *broadcast_rig_open(const struct pl_scenario *scenario, const char *stack,
                                         uint32_t threads)
{
    struct broadcast_rig *rig = open_rig(scenario, stack, threads, false);
    pl_crew_start(&rig->crew);
    return rig;
}

struct broadcast_rig *broadcast_rig_open_wall(const struct pl_scenario *scenario, const char *stack,
                                              uint32_t threads)
{
    return open_rig(scenario, stack, threads, true);
}

struct stopper {
    struct broadcast_rig *rig;
    int64_t ns;
};

static void *stop_later(void *context)
{
    const struct stopper *s = context;
    struct timespec wait = {s->ns / S, s->ns % S};
    while (nanosleep(&wait, &wait)) /* a signal: again */
        continue;
    pl_crew_stop(&s->rig->crew);
    return NULL;
}

void broadcast_rig_run(struct broadcast_rig *rig, int64_t ns)
{
    if (rig->crew.loop) {
        pl_loop_run(&rig->loop, ns);
        return;
    }
    struct stopper stopper = {rig, ns};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, stop_later, &stopper), 0);
    pl_crew_run(&rig->crew, pl_real_now());
    pthread_join(thread, NULL);
}

const struct pl_traffic_counts *broadcast_rig_counts(struct broadcast_rig *rig)
{
    pl_sides_counts(&rig->sides, &rig->counts);
    return &rig->counts;
}

const struct pl_class_books *broadcast_rig_books(struct broadcast_rig *rig,
                                                 enum broadcast_class class)
{
    rig->books = (struct pl_class_books){0};
    for (uint32_t i = 0; i < rig->sides.count; i++) {
        const struct pl_class_books *side =
            &rig->sides.side[i]->meter.books[rig->b->classes[class]];
        rig->books.acquires += side->acquires;
        rig->books.releases += side->releases;
        rig->books.failures += side->failures;
        rig->books.acquired_excess += side->acquired_excess;
        rig->books.released_excess += side->released_excess;
    }
    return &rig->books;
}

uint64_t broadcast_rig_dropped(struct broadcast_rig *rig)
{
    const struct pl_traffic_counts *counts = broadcast_rig_counts(rig);
    uint64_t dropped = 0;
    for (int i = 0; i < PL_DROP_COUNT; i++)
        dropped += counts->dropped[i];
    return dropped;
}

void broadcast_rig_close(struct broadcast_rig *rig, uint64_t integrity_errors)
{
    if (rig->crew.loop)
        pl_crew_close(&rig->crew);
    pl_broadcast_close(rig->b, 0);
    const struct pl_traffic_counts *counts = broadcast_rig_counts(rig);
    assert_int_equal(counts->integrity_errors, integrity_errors);
    if (!integrity_errors)
        assert_int_equal(counts->received,
                         counts->delivered + counts->held + broadcast_rig_dropped(rig));
    for (int i = 0; i < CLASS_COUNT; i++) {
        const struct pl_class_books *books = broadcast_rig_books(rig, (enum broadcast_class)i);
        assert_int_equal(books->acquires, books->releases);
        assert_int_equal(books->acquired_excess, books->released_excess);
    }
    assert_int_equal(pl_sides_live(&rig->sides), 0);
    pl_stack_close(rig->stack);
    free(rig->arena.base);
    free(rig);
}

void broadcast_rig_refuse_each(uint32_t threads, uint64_t dropped)
{
    for (uint32_t nth = 1; nth <= 120; nth++) {
        char stack[64];
        struct pl_scenario s = broadcast_rig_scenario;
        s.broadcast.reuse_images = nth % 2;
        snprintf(stack, sizeof stack, "fault:nth=%u/glibc", nth);
        struct broadcast_rig *rig = broadcast_rig_open(&s, stack, threads);
        broadcast_rig_run(rig, 300 * MS);
        uint64_t failures = 0;
        for (int i = 0; i < CLASS_COUNT; i++)
            failures += broadcast_rig_books(rig, (enum broadcast_class)i)->failures;
        assert_int_equal(failures, 1);
        assert_in_range(broadcast_rig_dropped(rig), 1, dropped);
        broadcast_rig_close(rig, 0);
    }
}
