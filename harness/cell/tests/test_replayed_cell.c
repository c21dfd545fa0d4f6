/* Traces replayed in real cells, each heap preloaded: what is live at each sample is what was
 * recorded, to the byte, whichever heap serves it; and class D repeats. In threads that run freely
 * books are the same at the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/cell/tests/cell_rig.h"
#include "harness/traffic/tape.h"
#include "harness/traffic/tests/traced.h"

#define MS INT64_C(1000000)

static const char *const stacks[] = {"glibc",
                                     "jemalloc",
                                     "mimalloc",
                                     "tcmalloc",
                                     "tbbmalloc",
                                     "scudo",
                                     "slab/jemalloc",
                                     "limited:max=1GiB/slab/glibc",
                                     "size_class_pool/mimalloc",
                                     "gc:live=1MiB/glibc",
                                     "ledger/tcmalloc"};

struct rig {
    struct traced traced;
    struct cell_rig cell;
};

static int open_rig(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);
    struct pl_error error;
    assert_non_null(rig);
    traced_make(&rig->traced, 6, 20000, 100000, 1);
    if (pl_tape_compile(rig->traced.path, &rig->cell.recording, &error))
        fail_msg("%s", error.text);
    rig->cell.scenario = (struct pl_scenario){
        .path = "t.yaml",
        .name = "t",
        .pipeline = PL_PIPELINE_TRACE,
        .class_count = 3,
        .classes = {{"small", 640, -1}, {"large", 32768, -1}, {"other", PL_CLASS_ANY, -1}},
        .duration_ns = (int64_t)(rig->traced.duration_ms + 10) * MS,
        .sample_interval_ns = 3 * MS,
        .timeout_ns = 60000 * MS,
        .trace = {.speed = 1, .copies = 1}};
    pl_containers_open(&rig->cell.containers);
    *state = rig;
    return 0;
}

static int close_rig(void **state)
{
    struct rig *rig = *state;
    cell_rig_close(&rig->cell);
    traced_remove(&rig->traced);
    free(rig);
    return 0;
}

static bool is_there(const char *stack)
{
    struct pl_stack_spec spec;
    struct pl_error error;
    return !pl_stack_parse(stack, &spec, &error) && !pl_stack_available(&spec, &error);
}

static void run_under(struct rig *rig, const char *stack, enum pl_clock clock,
                      struct pl_cell_evidence *e)
{
    struct pl_error error;
    struct pl_cell_options options = cell_rig_options(&rig->cell, stack);
    options.format = PL_FORMAT_OWN;
    options.clock = clock;
    if (pl_cell_run(&options, e, &error))
        fail_msg("%s: %s", stack, error.text);
    assert_true(e->has_final && e->wait_status == 0);
}

static void run(struct rig *rig, const char *stack, struct pl_cell_evidence *e)
{
    run_under(rig, stack, PL_CLOCK_VIRTUAL, e);
}

static void compare(const struct rig *rig, const char *stack, const struct pl_cell_evidence *e)
{
    const struct traced *t = &rig->traced;
    assert_true(e->sample_count > t->duration_ms / 3);
    for (size_t i = 0; i < e->sample_count; i++) {
        uint64_t ms = (uint64_t)(e->samples[i].t_ns / MS);
        ms = ms < t->duration_ms ? ms : t->duration_ms;
        if (e->samples[i].live_bytes != t->live_bytes[ms])
            fail_msg("%s: %llu B are live after %llu ms, not %llu", stack,
                     (unsigned long long)e->samples[i].live_bytes, (unsigned long long)ms,
                     (unsigned long long)t->live_bytes[ms]);
    }
    assert_int_equal(e->final.leaked_bytes, 0);
    assert_int_equal(e->final.counts.integrity_errors, 0);
    assert_int_equal(e->final.stack.corruptions, 0);
}

static void every_stack_holds_what_was_recorded(void **state)
{
    struct rig *rig = *state;
    for (size_t i = 0; i < sizeof stacks / sizeof *stacks; i++) {
        struct pl_cell_evidence e;
        if (!is_there(stacks[i])) {
            print_message("%s is not here\n", stacks[i]);
            continue;
        }
        run(rig, stacks[i], &e);
        compare(rig, stacks[i], &e);
        pl_cell_evidence_free(&e);
    }
}

static void compare_ends(const struct rig *rig, const char *stack,
                         const struct pl_cell_evidence *virtual,
                         const struct pl_cell_evidence *wall)
{
    const uint64_t live = rig->traced.live_bytes[rig->traced.duration_ms];
    const struct pl_sample *last = &wall->samples[wall->sample_count - 1];
    if (last->live_bytes != live)
        fail_msg("%s: %llu B are live at the end, not %llu", stack,
                 (unsigned long long)last->live_bytes, (unsigned long long)live);
    assert_memory_equal(virtual->final.classes, wall->final.classes, sizeof wall->final.classes);
    assert_in_range(wall->final.trace_over_ns,
                    rig->traced.duration_ms * MS / (uint64_t)rig->cell.scenario.trace.speed,
                    rig->cell.scenario.duration_ns + 1000 * MS);
    assert_true(wall->final.real_ns >= rig->cell.scenario.duration_ns);
    assert_int_equal(virtual->final.trace_over_ns, 0);
    assert_int_equal(wall->final.leaked_bytes, 0);
    assert_int_equal(wall->final.counts.integrity_errors, 0);
    assert_int_equal(wall->final.stack.corruptions, 0);
}

/* At twenty times the pace, and for a while after it was over. */
static void free_threads_come_to_the_same_end(void **state)
{
    struct rig *rig = *state;
    rig->cell.scenario.trace.speed = 20;
    rig->cell.scenario.duration_ns = (int64_t)(rig->traced.duration_ms / 20 + 200) * MS;
    for (size_t i = 0; i < sizeof stacks / sizeof *stacks; i++) {
        struct pl_cell_evidence virtual, wall;
        if (!is_there(stacks[i]))
            continue;
        run(rig, stacks[i], &virtual);
        run_under(rig, stacks[i], PL_CLOCK_WALL, &wall);
        compare_ends(rig, stacks[i], &virtual, &wall);
        pl_cell_evidence_free(&virtual);
        pl_cell_evidence_free(&wall);
    }
}

/* A container's limit, and one of ours: nobody waits for a block that never comes. */
static void refused_blocks_hold_nobody_up(void **state)
{
    struct rig *rig = *state;
    struct pl_cell_evidence e;
    rig->cell.scenario.trace.speed = 1000;
    rig->cell.scenario.duration_ns = 300 * MS;
    run_under(rig, "limited:max=2MiB/slab/glibc", PL_CLOCK_WALL, &e);
    assert_true(e.final.trace_over_ns > 0);
    assert_true(e.final.stack.refusals > 0);
    assert_int_equal(e.final.leaked_bytes, 0);
    assert_int_equal(e.final.counts.integrity_errors, 0);
    pl_cell_evidence_free(&e);
}

static void runs_repeat(void **state)
{
    struct pl_cell_evidence first, second;
    run(*state, "limited:max=2MiB/slab/glibc", &first);
    run(*state, "limited:max=2MiB/slab/glibc", &second);
    assert_true(first.final.stack.refusals > 0);
    assert_memory_equal(first.final.classes, second.final.classes, sizeof first.final.classes);
    assert_memory_equal(&first.final.stack, &second.final.stack, sizeof first.final.stack);
    assert_int_equal(first.sample_count, second.sample_count);
    for (size_t i = 0; i < first.sample_count; i++)
        assert_int_equal(first.samples[i].live_bytes, second.samples[i].live_bytes);
    pl_cell_evidence_free(&first);
    pl_cell_evidence_free(&second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_stack_holds_what_was_recorded, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(free_threads_come_to_the_same_end, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(refused_blocks_hold_nobody_up, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(runs_repeat, open_rig, close_rig),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
