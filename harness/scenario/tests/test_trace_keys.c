/* The keys of the pipeline trace. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/scenario/tests/rig.h"

static const char base[] = "name: test\n"
                           "title: a test\n"
                           "pipeline: trace\n"
                           "duration: 60s\n"
                           "allocators: [glibc, slab, 'limited:max=64MiB/glibc']\n"
                           "expect: [{stacks: all, outcome: bounded}]\n";

static void keys_are_taken(void **state)
{
    (void)state;
    struct pl_scenario s;
    rig_takes(base,
              "trace: {file: a.trace, touch: first, speed: 2.5, loop: keep, copies: 3}\n"
              "classes: {a: {size: 100B}, b: {size: 1KiB}}\nclock: wall",
              NULL, &s);
    assert_string_equal(s.trace.file, "dir/a.trace");
    assert_int_equal(s.clock, PL_CLOCK_WALL);
    assert_int_equal(s.trace.touch, PL_TRACE_TOUCH_FIRST);
    assert_true(s.trace.speed == 2.5);
    assert_int_equal(s.trace.loop, PL_TRACE_LOOP_KEEP);
    assert_int_equal(s.trace.copies, 3);
    assert_int_equal(s.class_count, 3);
    assert_string_equal(s.classes[2].name, "other");
    assert_int_equal(s.classes[2].size, PL_CLASS_ANY);
}

static void what_is_left_out_has_defaults(void **state)
{
    (void)state;
    struct pl_scenario s;
    rig_takes(base,
              "trace: {file: a.trace}\ntiers: {smoke: {duration: 10s}, full: {duration: 90s}}",
              NULL, &s);
    assert_int_equal(s.trace.touch, PL_TRACE_TOUCH_RECORDED);
    assert_true(s.trace.speed == 1);
    assert_int_equal(s.trace.copies, 1);
    assert_int_equal(s.clock, PL_CLOCK_VIRTUAL);
    assert_int_equal(s.class_count, 8);
    assert_int_equal(s.classes[0].size, 64);
    assert_string_equal(s.formats, "own");
}

static void mistakes_are_told(void **state)
{
    (void)state;
    static const struct rig_mistake cases[] = {
        {"", "1:1: the key 'trace.file' is missing"},
        {"trace: {file: a, touch: some}",
         "7:25: unknown value of trace.touch: some; expected recorded|first|all"},
        {"trace: {file: a, speed: 0}",
         "7:25: trace.speed: '0' is out of range; expected a factor from 0.001"},
        {"trace: {file: a, copies: 65}", "7:26: trace.copies"},
        {"trace: {file: a}\nclock: real",
         "8:8: unknown value of clock: real; expected virtual|wall"},
        {"trace: {file: a}\nthreads: 2", "8:10: 'threads' is not a key of the pipeline trace"},
        {"trace: {file: a}\nlimits: {x: 1MiB}", "'limits' is not a key of the pipeline trace"},
        {"trace: {file: a}\nclasses: {b: {size: 1KiB}, a: {size: 64B}}",
         "classes: the smallest first, each larger than the last"},
        {"trace: {file: a}\nclasses: {b: {size: 1KiB, budget: x}}",
         "classes: those of a trace draw on no budget"},
        {"trace: {file: a}\nclasses: {other: {size: 1KiB}}",
         "'other' is the class of what fits no other"},
        {"trace: {file: a}\nclasses: {a: {budget: x}}", "classes"},
        {"trace: {file: a}\nblocks: {file: b}", "'blocks' is a key of the pipeline blocks"},
    };
    rig_refuses_all(base, cases, sizeof cases / sizeof *cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_taken),
        cmocka_unit_test(what_is_left_out_has_defaults),
        cmocka_unit_test(mistakes_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
