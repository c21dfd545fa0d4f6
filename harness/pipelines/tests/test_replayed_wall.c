/* A trace replayed in threads that run freely: what is live at its end, what was requested and what
 * was released are what they are in lock step, whatever the stack; threads end when they are told;
 * and time is real. */
#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/clock/real.h"
#include "harness/clock/virtual.h"
#include "harness/pipelines/trace/wall.h"
#include "harness/traffic/tape_split.h"
#include "harness/traffic/tests/traced.h"

#define MS INT64_C(1000000)

struct rig {
    struct traced traced;
    struct pl_scenario scenario;
    struct pl_recording *recording, *split;
    struct pl_stack_spec spec;
    struct pl_stack *stack;
    struct pl_sides sides;
    struct pl_arena arena;
    struct pl_trace_wall *wall;
    int64_t start_ns, patience_ns;
    uint32_t threads; /* of this process beforehand */
};

static void split_tape(struct rig *rig)
{
    struct pl_tape_split *split = NULL;
    struct pl_error error;
    if (pl_tape_compile(rig->traced.path, &rig->recording, &error) ||
        pl_tape_split_make(rig->recording, &split, &error))
        fail_msg("%s", error.text);
    rig->split = malloc(pl_tape_split_bytes(split));
    assert_non_null(rig->split);
    pl_tape_split_write(split, rig->split);
    pl_tape_split_free(split);
}

/* As fast as it goes. */
static void set_up(struct rig *rig, uint32_t threads, uint32_t events, uint64_t seed)
{
    *rig = (struct rig){.scenario = {.path = "t.yaml",
                                     .pipeline = PL_PIPELINE_TRACE,
                                     .class_count = 4,
                                     .classes = {{"small", 64, -1},
                                                 {"middle", 640, -1},
                                                 {"large", 16384, -1},
                                                 {"other", PL_CLASS_ANY, -1}},
                                     .trace = {.speed = 1000, .copies = 1}},
                        .patience_ns = 60 * PL_NS_PER_S};
    traced_make(&rig->traced, threads, events, 60000, seed);
    rig->scenario.duration_ns = (int64_t)(rig->traced.duration_ms + 1) * MS;
    split_tape(rig);
    pl_real_init();
}

static void take_down(struct rig *rig)
{
    free(rig->split);
    free(rig->recording);
    traced_remove(&rig->traced);
}

/* Threads of this process. */
static uint32_t threads_now(void)
{
    uint32_t count = 0;
    DIR *tasks = opendir("/proc/self/task");
    assert_non_null(tasks);
    for (struct dirent *entry; (entry = readdir(tasks));)
        count += entry->d_name[0] != '.';
    closedir(tasks);
    return count;
}

/* One that was joined may take a moment to be gone. */
static void await_threads(uint32_t count)
{
    int64_t until_ns = pl_real_now() + 10 * PL_NS_PER_S;
    while (threads_now() != count && pl_real_now() < until_ns)
        sched_yield();
    assert_int_equal(threads_now(), count);
}

static void *nothing(void *context)
{
    return context;
}

/* A sanitizer has a thread of its own from the first one on. */
static int make_one_thread(void **state)
{
    pthread_t thread;
    (void)state;
    return pthread_create(&thread, NULL, nothing, NULL) || pthread_join(thread, NULL);
}

static void open_stack(struct rig *rig, const char *stack)
{
    const struct pl_scenario *s = &rig->scenario;
    struct pl_error error = {""};
    if (pl_stack_parse(stack, &rig->spec, &error) ||
        pl_stack_open(&rig->spec, s->classes, s->class_count, NULL, 0, &rig->stack, &error))
        fail_msg("%s", error.text);
}

static void open_arena(struct rig *rig, size_t bytes)
{
    rig->arena = (struct pl_arena){.capacity = bytes};
    rig->arena.base = aligned_alloc(PL_ARENA_ALIGN, pl_arena_cost(bytes));
    assert_non_null(rig->arena.base);
    memset(rig->arena.base, 0, bytes);
}

static void open_rig(struct rig *rig, const char *stack)
{
    const struct pl_scenario *s = &rig->scenario;
    const struct pl_tape *tape = pl_tape_of(rig->split);
    const uint32_t sides = pl_trace_wall_sides(s, tape);
    struct pl_error error = {""};
    rig->threads = threads_now();
    open_stack(rig, stack);
    open_arena(rig, pl_trace_wall_arena_bytes(s, tape) + pl_sides_arena_bytes(sides));
    assert_int_equal(sides, s->trace.copies * tape->lanes);
    assert_true(pl_sides_open(&rig->sides, sides, rig->stack, s, 1, &rig->arena));
    assert_true(pl_sides_crowd(&rig->sides, true, &rig->arena));
    struct pl_pipeline_inputs inputs = {.scenario = s,
                                        .recording = rig->split,
                                        .stack = &rig->spec,
                                        .sides = &rig->sides,
                                        .arena = &rig->arena};
    assert_int_equal(pl_trace_wall_open(&inputs, &rig->wall, &error), 0);
    assert_true(rig->arena.used <= rig->arena.capacity);
}

static void *end_it(void *context)
{
    struct rig *rig = context;
    pl_trace_wall_await(rig->wall, rig->start_ns + rig->patience_ns);
    while (rig->scenario.trace.loop != PL_TRACE_LOOP_OFF &&
           pl_real_now() < rig->start_ns + rig->patience_ns)
        sched_yield();
    pl_trace_wall_stop(rig->wall);
    return NULL;
}

/* Until it is over, or patience is. */
static void run(struct rig *rig)
{
    pthread_t stopper;
    rig->start_ns = pl_real_now();
    assert_int_equal(pthread_create(&stopper, NULL, end_it, rig), 0);
    pl_trace_wall_run(rig->wall, rig->start_ns);
    pthread_join(stopper, NULL);
}

static uint64_t summed(const struct rig *rig, size_t offset)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < rig->sides.count; i++)
        for (uint32_t k = 0; k < rig->scenario.class_count; k++)
            sum += *(
                const uint64_t *)(const void *)((const char *)&rig->sides.side[i]->meter.books[k] +
                                                offset);
    return sum;
}

#define SUMMED(rig, field) summed((rig), offsetof(struct pl_class_books, field))

static struct pl_stack_stats close_rig(struct rig *rig)
{
    struct pl_stack_stats stats;
    struct pl_traffic_counts counts;
    await_threads(rig->threads);
    pl_trace_wall_close(rig->wall);
    pl_stack_stats(rig->stack, &stats);
    pl_sides_counts(&rig->sides, &counts);
    assert_int_equal(pl_sides_live(&rig->sides), 0);
    assert_int_equal(SUMMED(rig, acquires), SUMMED(rig, releases));
    assert_int_equal(counts.integrity_errors, 0);
    assert_int_equal(stats.corruptions, 0);
    pl_stack_close(rig->stack);
    free(rig->arena.base);
    return stats;
}

/* What the same trace comes to under the virtual clock. */
static uint64_t churn_in_lock_step(struct rig *rig, const char *stack)
{
    const struct pl_scenario *s = &rig->scenario;
    const struct pl_pipeline *pipeline = pl_pipeline_of(s);
    struct pl_error error = {""};
    struct pl_event *heap[64];
    struct pl_sides sides;
    struct pl_loop loop;
    void *state;
    open_stack(rig, stack);
    open_arena(rig,
               pipeline->arena_bytes(s, rig->recording, PL_FORMAT_OWN) + pl_sides_arena_bytes(1));
    pl_loop_init(&loop, heap, 64);
    assert_true(pl_sides_open(&sides, 1, rig->stack, s, 1, &rig->arena));
    struct pl_pipeline_inputs inputs = {.scenario = s,
                                        .recording = rig->recording,
                                        .stack = &rig->spec,
                                        .sides = &sides,
                                        .loop = &loop,
                                        .arena = &rig->arena};
    assert_int_equal(pipeline->open(&inputs, &state, &error), 0);
    pl_loop_run(&loop, s->duration_ns);
    uint64_t churn = pl_sides_churn(&sides);
    pipeline->close(state, 0);
    pl_stack_close(rig->stack);
    free(rig->arena.base);
    return churn;
}

static const char *const stacks[] = {"glibc",
                                     "slab/glibc",
                                     "slab:guards=off/glibc",
                                     "limited:max=1GiB/slab/glibc",
                                     "limited:max=1GiB/glibc",
                                     "frame_pool/glibc",
                                     "size_class_pool/glibc",
                                     "ledger/glibc",
                                     "fault:nth=1000000000/glibc"};

static void compare(struct rig *rig, const char *stack)
{
    const struct traced *t = &rig->traced;
    const uint64_t copies = rig->scenario.trace.copies;
    const uint64_t churn = churn_in_lock_step(rig, stack);
    open_rig(rig, stack);
    run(rig);
    assert_true(pl_trace_wall_over_ns(rig->wall) > 0);
    assert_int_equal(pl_sides_live(&rig->sides), copies * t->live_bytes[t->duration_ms]);
    assert_int_equal(SUMMED(rig, acquires) - SUMMED(rig, releases),
                     copies * t->live_blocks[t->duration_ms]);
    assert_int_equal(pl_sides_churn(&rig->sides), churn);
    assert_int_equal(SUMMED(rig, failures), 0);
    close_rig(rig);
}

static void books_are_those_of_the_lock_step(void **state)
{
    (void)state;
    for (uint32_t threads = 1; threads <= 9; threads += 4) {
        struct rig rig;
        set_up(&rig, threads, 8000, threads);
        for (size_t i = 0; i < sizeof stacks / sizeof *stacks; i++)
            compare(&rig, stacks[i]);
        take_down(&rig);
    }
}

/* Each way of threads to meet is another run. */
static void many_traces_come_to_their_end(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        struct rig rig;
        set_up(&rig, 2 + (uint32_t)seed % 10, 5000, seed);
        rig.scenario.trace.copies = 1 + (uint32_t)seed % 3;
        rig.scenario.trace.touch = (uint32_t)(seed % (PL_TRACE_TOUCH_ALL + 1));
        compare(&rig, "glibc");
        take_down(&rig);
    }
}

static uint64_t highest(const struct traced *t)
{
    uint64_t most = 0;
    for (uint64_t ms = 0; ms <= t->duration_ms; ms++)
        most = t->live_bytes[ms] > most ? t->live_bytes[ms] : most;
    return most;
}

/* Of one thread exactly; of many as near as they tell each other. */
static void a_peak_is_near_enough(void **state)
{
    (void)state;
    for (uint32_t threads = 1; threads <= 5; threads += 4) {
        struct rig rig;
        set_up(&rig, threads, 8000, 2);
        open_rig(&rig, "glibc");
        run(&rig);
        const struct traced *t = &rig.traced;
        uint64_t slack = threads > 1 ? rig.sides.count * PL_METER_UNTOLD : 0;
        uint64_t peak = pl_sides_live_peak(&rig.sides);
        assert_true(peak + slack >= t->live_bytes[t->duration_ms]);
        if (threads == 1)
            assert_true(peak >= highest(t));
        assert_true(peak <= pl_sides_churn(&rig.sides));
        close_rig(&rig);
        take_down(&rig);
    }
}

/* One thread that makes what another releases: the crowd is told of both. */
static void a_crowd_is_told_of_what_goes(void **state)
{
    enum { BLOCKS = 5000, HELD = 200, BYTES = 1000 };
    static void *blocks[BLOCKS];
    struct rig rig;
    (void)state;
    set_up(&rig, 2, 100, 1);
    open_rig(&rig, "glibc");
    struct pl_meter *one = &rig.sides.side[0]->meter, *two = &rig.sides.side[1]->meter;
    for (uint32_t i = 0; i < BLOCKS; i++) {
        blocks[i] = pl_meter_acquire_sized(one, 3, BYTES);
        assert_non_null(blocks[i]);
        if (i >= HELD)
            pl_meter_release_sized(two, 3, blocks[i - HELD], BYTES);
    }
    assert_int_equal(pl_sides_live(&rig.sides), HELD * BYTES);
    assert_in_range(pl_sides_live_peak(&rig.sides),
                    (HELD + 1) * BYTES - 2 * (PL_METER_UNTOLD + BYTES),
                    (HELD + 1) * BYTES + 2 * (PL_METER_UNTOLD + BYTES));
    for (uint32_t i = BLOCKS - HELD; i < BLOCKS; i++)
        pl_meter_release_sized(one, 3, blocks[i], BYTES);
    close_rig(&rig);
    take_down(&rig);
}

static void a_limit_leaves_blocks_out(void **state)
{
    struct rig rig;
    (void)state;
    set_up(&rig, 5, 8000, 6);
    open_rig(&rig, "limited:max=300KiB/glibc");
    run(&rig);
    uint64_t failures = SUMMED(&rig, failures);
    assert_true(pl_trace_wall_over_ns(rig.wall) > 0);
    assert_true(failures > 100);
    assert_true(pl_sides_live(&rig.sides) <= 300 << 10);
    assert_int_equal(close_rig(&rig).refusals, failures);
    take_down(&rig);
}

/* Of the latest event. */
static uint64_t latest_ms(const struct pl_tape *tape)
{
    uint64_t latest = 0;
    for (uint64_t i = 0; i < tape->word_count; i++) {
        const uint64_t ms = pl_tape_argument_of(pl_tape_words(tape)[i]);
        if (pl_tape_op_of(pl_tape_words(tape)[i]) == PL_TAPE_TIME && ms > latest)
            latest = ms;
    }
    return latest;
}

/* It can't be over before that is due. */
static void time_is_real(void **state)
{
    struct rig rig;
    (void)state;
    set_up(&rig, 4, 1000, 7);
    for (double speed = 1; speed <= 4; speed *= 4) {
        rig.scenario.trace.speed = speed;
        open_rig(&rig, "glibc");
        run(&rig);
        assert_true((double)pl_trace_wall_over_ns(rig.wall) >=
                    (double)(latest_ms(pl_tape_of(rig.split)) * (uint64_t)MS) / speed);
        close_rig(&rig);
    }
    take_down(&rig);
}

/* In the middle of it: some wait for their time, some for each other. */
static void it_ends_when_it_is_told(void **state)
{
    (void)state;
    for (int64_t ms = 0; ms <= 60; ms += 20) {
        struct rig rig;
        set_up(&rig, 9, 8000, 8);
        rig.scenario.trace.speed = 1;
        rig.patience_ns = ms * MS;
        open_rig(&rig, "glibc");
        run(&rig);
        assert_int_equal(pl_trace_wall_over_ns(rig.wall), 0);
        close_rig(&rig);
        take_down(&rig);
    }
}

/* Survivors are released, or stay. */
static void a_loop_begins_again(void **state)
{
    (void)state;
    for (uint32_t loop = PL_TRACE_LOOP_FREE; loop <= PL_TRACE_LOOP_KEEP; loop++) {
        struct rig rig;
        set_up(&rig, 5, 2000, 5);
        const int64_t lasts_ns = (int64_t)rig.traced.duration_ms * MS / 1000;
        const uint64_t once = churn_in_lock_step(&rig, "glibc");
        rig.scenario.trace.loop = loop;
        rig.scenario.duration_ns = 400 * MS;
        rig.patience_ns = 400 * MS;
        open_rig(&rig, "glibc");
        run(&rig);
        uint64_t turns = pl_sides_churn(&rig.sides) / once; /* survivors go between them */
        assert_in_range(turns, 3, 2 * (uint64_t)(400 * MS / lasts_ns + 1));
        if (loop == PL_TRACE_LOOP_KEEP)
            assert_true(pl_sides_live(&rig.sides) >=
                        3 * rig.traced.live_bytes[rig.traced.duration_ms]);
        assert_int_equal(pl_trace_wall_over_ns(rig.wall), 0);
        close_rig(&rig);
        take_down(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(books_are_those_of_the_lock_step),
        cmocka_unit_test(many_traces_come_to_their_end),
        cmocka_unit_test(a_peak_is_near_enough),
        cmocka_unit_test(a_crowd_is_told_of_what_goes),
        cmocka_unit_test(a_limit_leaves_blocks_out),
        cmocka_unit_test(time_is_real),
        cmocka_unit_test(it_ends_when_it_is_told),
        cmocka_unit_test(a_loop_begins_again),
    };
    return cmocka_run_group_tests(tests, make_one_thread, NULL);
}
