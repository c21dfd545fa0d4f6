/* A trace replayed: what is live is what was recorded, whatever the stack; threads are real; what
 * is refused stays absent; and it begins again. */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/clock/real.h"
#include "harness/pipelines/pipeline.h"
#include "harness/trace/writer.h"
#include "harness/traffic/tape.h"
#include "harness/traffic/tests/traced.h"

#define MS INT64_C(1000000)

struct rig {
    struct pl_scenario scenario;
    struct pl_recording *recording;
    struct pl_stack_spec spec;
    struct pl_stack *stack;
    struct pl_sides sides;
    struct pl_loop loop;
    struct pl_event *heap[8];
    struct pl_arena arena;
    const struct pl_pipeline *pipeline;
    void *state;
};

static void set_up(struct rig *rig, const struct traced *traced)
{
    struct pl_error error;
    *rig = (struct rig){.scenario = {.path = "t.yaml",
                                     .pipeline = PL_PIPELINE_TRACE,
                                     .class_count = 4,
                                     .classes = {{"small", 64, -1},
                                                 {"middle", 640, -1},
                                                 {"large", 16384, -1},
                                                 {"other", PL_CLASS_ANY, -1}},
                                     .duration_ns = (int64_t)(traced->duration_ms + 1) * MS,
                                     .trace = {.speed = 1, .copies = 1}}};
    if (pl_tape_compile(traced->path, &rig->recording, &error))
        fail_msg("%s", error.text);
    rig->pipeline = pl_pipeline_of(&rig->scenario);
}

static void open_rig(struct rig *rig, const char *stack)
{
    const struct pl_scenario *s = &rig->scenario;
    struct pl_error error = {""};
    pl_real_init();
    if (pl_stack_parse(stack, &rig->spec, &error) ||
        pl_stack_open(&rig->spec, s->classes, s->class_count, NULL, 0, &rig->stack, &error) ||
        rig->pipeline->check(s, rig->recording, PL_FORMAT_OWN, &error))
        fail_msg("%s", error.text);
    rig->arena.used = 0;
    rig->arena.capacity =
        rig->pipeline->arena_bytes(s, rig->recording, PL_FORMAT_OWN) + pl_sides_arena_bytes(1);
    rig->arena.base = aligned_alloc(PL_ARENA_ALIGN, pl_arena_cost(rig->arena.capacity));
    assert_non_null(rig->arena.base);
    memset(rig->arena.base, 0, rig->arena.capacity);
    pl_loop_init(&rig->loop, rig->heap, 8);
    assert_true(pl_sides_open(&rig->sides, 1, rig->stack, s, 1, &rig->arena));
    struct pl_pipeline_inputs inputs = {.scenario = s,
                                        .recording = rig->recording,
                                        .stack = &rig->spec,
                                        .sides = &rig->sides,
                                        .loop = &rig->loop,
                                        .arena = &rig->arena};
    assert_int_equal(rig->pipeline->open(&inputs, &rig->state, &error), 0);
}

static struct pl_stack_stats close_rig(struct rig *rig)
{
    struct pl_stack_stats stats;
    rig->pipeline->close(rig->state, 0);
    pl_stack_stats(rig->stack, &stats);
    assert_int_equal(pl_sides_live(&rig->sides), 0);
    assert_int_equal(pl_sides_network(&rig->sides)->counts.integrity_errors, 0);
    assert_int_equal(stats.corruptions, 0);
    pl_stack_close(rig->stack);
    free(rig->arena.base);
    return stats;
}

static uint64_t live(const struct rig *rig)
{
    return pl_sides_live(&rig->sides);
}

static uint64_t summed(const struct rig *rig, size_t offset)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < rig->scenario.class_count; i++)
        sum += *(const uint64_t *)(const void *)((const char *)&pl_sides_network(&rig->sides)
                                                     ->meter.books[i] +
                                                 offset);
    return sum;
}

#define SUMMED(rig, field) summed((rig), offsetof(struct pl_class_books, field))

/* At every millisecond, to the byte. */
static void follow(struct rig *rig, const struct traced *traced, uint64_t copies)
{
    for (uint64_t ms = 0; ms <= traced->duration_ms; ms++) {
        pl_loop_run(&rig->loop, (int64_t)ms * MS + 1);
        if (live(rig) != copies * traced->live_bytes[ms])
            fail_msg("%llu B are live after %llu ms, not %llu", (unsigned long long)live(rig),
                     (unsigned long long)ms, (unsigned long long)traced->live_bytes[ms]);
        assert_int_equal(SUMMED(rig, acquires) - SUMMED(rig, releases),
                         copies * traced->live_blocks[ms]);
    }
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

static const char *const stacks[] = {"glibc",
                                     "slab/glibc",
                                     "slab:guards=off/glibc",
                                     "limited:max=1GiB/slab/glibc",
                                     "limited:max=1GiB/glibc",
                                     "frame_pool/glibc",
                                     "size_class_pool/glibc",
                                     "ledger/glibc",
                                     "fault:nth=1000000000/glibc"};

static void *wait_for_it(void *mutex)
{
    pthread_mutex_lock(mutex);
    pthread_mutex_unlock(mutex);
    return NULL;
}

/* Threads that are not ours: with a program's first, TSan starts one of its own. */
static uint32_t threads_of_others(void)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_t first;
    pthread_mutex_lock(&mutex);
    assert_int_equal(pthread_create(&first, NULL, wait_for_it, &mutex), 0);
    uint32_t others = threads_now() - 2;
    pthread_mutex_unlock(&mutex);
    pthread_join(first, NULL);
    return others;
}

static void live_bytes_are_those_recorded(void **state)
{
    (void)state;
    uint32_t others = threads_of_others();
    for (uint32_t threads = 1; threads <= 9; threads += 4)
        for (size_t i = 0; i < sizeof stacks / sizeof *stacks; i++) {
            struct traced traced;
            struct rig rig;
            traced_make(&traced, threads, 4000, 60000, threads);
            set_up(&rig, &traced);
            open_rig(&rig, stacks[i]);
            assert_int_equal(pl_tape_of(rig.recording)->threads, traced.threads);
            follow(&rig, &traced, 1);
            assert_int_equal(SUMMED(&rig, failures), 0);
            assert_int_equal(threads_now(), others + traced.threads_left);
            close_rig(&rig);
            assert_int_equal(threads_now(), others + 1);
            free(rig.recording);
            traced_remove(&traced);
        }
}

/* What is touched and what is not changes no block. */
static void live_bytes_depend_on_no_setting(void **state)
{
    struct traced traced;
    (void)state;
    traced_make(&traced, 5, 4000, 60000, 3);
    for (uint32_t touch = 0; touch <= PL_TRACE_TOUCH_ALL; touch++) {
        struct rig rig;
        set_up(&rig, &traced);
        rig.scenario.trace.touch = touch;
        rig.scenario.trace.copies = 1 + touch;
        open_rig(&rig, "glibc");
        follow(&rig, &traced, 1 + touch);
        close_rig(&rig);
        free(rig.recording);
    }
    traced_remove(&traced);
}

static void speed_changes_the_time_alone(void **state)
{
    struct traced traced;
    struct rig rig;
    (void)state;
    traced_make(&traced, 3, 2000, 60000, 4);
    set_up(&rig, &traced);
    rig.scenario.trace.speed = 2;
    open_rig(&rig, "glibc");
    for (uint64_t ms = 0; ms <= traced.duration_ms; ms++) {
        pl_loop_run(&rig.loop, (int64_t)ms * MS / 2 + 1);
        assert_int_equal(live(&rig), traced.live_bytes[ms]);
    }
    close_rig(&rig);
    free(rig.recording);
    traced_remove(&traced);
}

/* Its survivors are released, or stay, and one more time with each turn. */
static void a_loop_begins_again(void **state)
{
    struct traced traced;
    struct rig rig;
    (void)state;
    traced_make(&traced, 5, 2000, 60000, 5);
    uint64_t lasts = traced.duration_ms + 1, left = traced.live_bytes[traced.duration_ms];
    assert_true(left > 0);
    for (uint32_t loop = PL_TRACE_LOOP_OFF; loop <= PL_TRACE_LOOP_KEEP; loop++) {
        set_up(&rig, &traced);
        rig.scenario.trace.loop = loop;
        rig.scenario.duration_ns = (int64_t)(3 * lasts) * MS;
        open_rig(&rig, "glibc");
        for (uint64_t ms = 0; ms < 3 * lasts; ms++) {
            uint64_t turn = ms / lasts, expected = traced.live_bytes[ms % lasts];
            if (loop == PL_TRACE_LOOP_OFF && turn)
                expected = left;
            if (loop == PL_TRACE_LOOP_KEEP)
                expected += turn * left;
            pl_loop_run(&rig.loop, (int64_t)ms * MS + 1);
            assert_int_equal(live(&rig), expected);
        }
        close_rig(&rig);
        free(rig.recording);
    }
    traced_remove(&traced);
}

/* A refused block stays absent, and a block that was not let grow stays as it is. */
static void a_limit_leaves_blocks_out(void **state)
{
    struct traced traced;
    struct rig rig;
    (void)state;
    traced_make(&traced, 5, 4000, 60000, 6);
    set_up(&rig, &traced);
    open_rig(&rig, "limited:max=300KiB/glibc");
    for (uint64_t ms = 0; ms <= traced.duration_ms; ms++) {
        pl_loop_run(&rig.loop, (int64_t)ms * MS + 1);
        assert_true(live(&rig) <= 300 << 10);
    }
    uint64_t failures = SUMMED(&rig, failures);
    assert_true(failures > 100);
    assert_int_equal(close_rig(&rig).refusals, failures);
    free(rig.recording);
    traced_remove(&traced);
}

/* Blocks that fit no class go around the pools, and are counted. */
static void what_fits_no_class_falls_back(void **state)
{
    struct traced traced;
    struct rig rig;
    (void)state;
    traced_make(&traced, 1, 4000, 60000, 7);
    set_up(&rig, &traced);
    open_rig(&rig, "slab/glibc");
    follow(&rig, &traced, 1);
    uint64_t other = pl_sides_network(&rig.sides)->meter.books[3].acquires;
    struct pl_stack_stats stats = close_rig(&rig);
    assert_true(other > 100);
    assert_int_equal(stats.fallback_allocations, other);
    assert_int_equal(stats.oversize, 0);
    assert_true(stats.alignment_fallbacks > 0 && stats.zeroing_fallbacks > 0);
    assert_true(stats.resize_fallbacks > 0);
    free(rig.recording);
    traced_remove(&traced);
}

static void a_cut_trace_is_replayed_up_to_there(void **state)
{
    struct traced traced;
    struct rig rig;
    (void)state;
    traced_make(&traced, 1, 700000, 600, 8);
    set_up(&rig, &traced);
    uint64_t whole = pl_tape_of(rig.recording)->events;
    assert_string_equal(pl_tape_of(rig.recording)->cut, "");
    assert_int_equal(whole, traced.events);
    free(rig.recording);
    traced_cut(&traced, 0.7);
    set_up(&rig, &traced);
    const struct pl_tape *tape = pl_tape_of(rig.recording);
    assert_true(strlen(tape->cut) > 0);
    assert_true(tape->events > 1000 && tape->events < whole);
    open_rig(&rig, "glibc");
    uint64_t until = tape->duration_ms - 2;
    for (uint64_t ms = 0; ms < until; ms++) {
        pl_loop_run(&rig.loop, (int64_t)ms * MS + 1);
        assert_int_equal(live(&rig), traced.live_bytes[ms]);
    }
    close_rig(&rig);
    free(rig.recording);
    traced_remove(&traced);
}

static void what_is_no_trace_is_refused(void **state)
{
    struct pl_recording *recording = NULL;
    struct pl_error error;
    struct traced traced;
    (void)state;
    assert_int_equal(pl_tape_compile("/nowhere/my.trace", &recording, &error), -ENOENT);
    assert_non_null(strstr(error.text, "/nowhere/my.trace"));
    assert_int_equal(pl_tape_compile(PL_SOURCE_DIR "/README.md", &recording, &error), -EINVAL);
    assert_non_null(strstr(error.text, "README.md"));
    traced_make(&traced, 1, 1, 10, 1);
    traced_cut(&traced, 0.1);
    assert_true(pl_tape_compile(traced.path, &recording, &error) < 0);
    assert_non_null(strstr(error.text, traced.path));
    assert_null(recording);
    traced_remove(&traced);
}

/* Threads that never end. */
static int compile_threads(uint32_t threads, struct pl_error *error)
{
    static const struct pl_trace_head head = {.program = "/bin/server"};
    char path[] = "/tmp/plimsoll-threads-XXXXXX.trace";
    struct pl_recording *recording = NULL;
    FILE *stream = fdopen(mkstemps(path, 6), "wb");
    struct pl_trace_writer *writer = pl_trace_writer_open(stream, &head);
    for (uint32_t i = 1; i <= threads; i++) {
        struct pl_trace_event e = {.kind = PL_TRACE_ALLOCATE, .thread = i, .size = i};
        assert_int_equal(pl_trace_write(writer, &e), 0);
    }
    assert_int_equal(pl_trace_writer_close(writer, true), 0);
    fclose(stream);
    int rc = pl_tape_compile(path, &recording, error);
    unlink(path);
    free(recording);
    return rc;
}

static void more_threads_than_a_cell_makes_are_refused(void **state)
{
    struct pl_error error;
    (void)state;
    assert_int_equal(compile_threads(PL_TAPE_LANES_MAX, &error), 0);
    assert_int_equal(compile_threads(PL_TAPE_LANES_MAX + 1, &error), -EINVAL);
    assert_non_null(strstr(error.text, "more than 1024 threads at a time"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(live_bytes_are_those_recorded),
        cmocka_unit_test(live_bytes_depend_on_no_setting),
        cmocka_unit_test(speed_changes_the_time_alone),
        cmocka_unit_test(a_loop_begins_again),
        cmocka_unit_test(a_limit_leaves_blocks_out),
        cmocka_unit_test(what_fits_no_class_falls_back),
        cmocka_unit_test(a_cut_trace_is_replayed_up_to_there),
        cmocka_unit_test(what_is_no_trace_is_refused),
        cmocka_unit_test(more_threads_than_a_cell_makes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
