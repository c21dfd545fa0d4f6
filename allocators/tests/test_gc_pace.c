/* The formulas of the collectors, by examples worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "allocators/gc_pace.h"

#define MIB (UINT64_C(1) << 20)

static void near(double got, double expected)
{
    double apart = got - expected;
    if (apart > 1e-9 || apart < -1e-9)
        fail_msg("%.12f instead of %.12f", got, expected);
}

static void declared_blocks(void **state)
{
    (void)state;
    /* 33554432 / 150 = 223696 (.2 is cut off), times 44. */
    assert_int_equal(pl_gc_max_major(32 * MIB, 44), 9842624);
    assert_int_equal(pl_gc_max_major(149, 44), 0);
    /* 2097152 / 100 = 20971 (.52 is cut off), times 100. */
    assert_int_equal(pl_gc_max_minor(2 * MIB, 100), 2097100);
    assert_int_equal(pl_gc_max_minor(2 * MIB, 50), 1048550);
    /* A frame of 720p: 1382400 - 8192 = 1374208 of 9842624. */
    near(pl_gc_major_share(1374208, 9842624), 0.139618053072);
    near(pl_gc_major_share(9842625, 9842624), 1);
    near(pl_gc_major_share(5, 0), 1); /* a heap too small for a share */
    near(pl_gc_minor_share(8192, 2097100), 0.003906346860);
    near(pl_gc_minor_share(4194200, 2097100), 2); /* no ceiling */
    near(pl_gc_minor_share(3, 0), 3);
}

static void share_of_the_heap(void **state)
{
    (void)state;
    /* 3 * 1000 * (100 + 120) / (2 * 100000 * 120) = 660000 / 24000000 */
    near(pl_gc_heap_share(1000, 100000, 120), 0.0275);
    /* 3 * 1000 * 120 / (2 * 100000 * 20) = 360000 / 4000000 */
    near(pl_gc_heap_share(1000, 100000, 20), 0.09);
    near(pl_gc_heap_share(0, 100000, 20), 0);
}

static void portions(void **state)
{
    (void)state;
    struct pl_gc_portion portion = pl_gc_portion(0.1, 0.2, 0.05);
    near(portion.now, 0.25); /* the larger of both, and the backlog */
    near(portion.backlog, 0);
    portion = pl_gc_portion(0.2, 0.1, 0.05);
    near(portion.now, 0.25);
    portion = pl_gc_portion(0.1, 1, 0.4);
    near(portion.now, 0.3);
    near(portion.backlog, 1.1);
    portion = pl_gc_portion(0, 0, 1.1);
    near(portion.now, 0.3);
    near(portion.backlog, 0.8);
}

static void words_of_work(void **state)
{
    (void)state;
    /* 0.3 * 4194304 * 250 / 220 = 1429876.3 */
    assert_int_equal(pl_gc_mark_words(0.3, 4194304, 120), 1429876);
    /* 0.1 * 1200 * 250 / 120 = 250 */
    assert_int_equal(pl_gc_mark_words(0.1, 1200, 20), 250);
    /* 0.3 * 4194304 * 5 / 3 = 2097152 */
    assert_in_range(pl_gc_sweep_words(0.3, 4194304), 2097151, 2097152);
    assert_int_equal(pl_gc_sweep_words(0.25, 1200), 500);
}

static void go_goals(void **state)
{
    (void)state;
    assert_int_equal(pl_gc_go_goal(32 * MIB, 100), 64 * MIB);
    assert_int_equal(pl_gc_go_goal(32 * MIB, 50), 48 * MIB);
    assert_int_equal(pl_gc_go_goal(32 * MIB, 200), 96 * MIB);
    assert_int_equal(pl_gc_go_goal(MIB, 100), 4 * MIB); /* the least */
    assert_int_equal(pl_gc_go_goal(MIB, 50), 2 * MIB);
    assert_int_equal(pl_gc_go_goal(3 * MIB, 100), 6 * MIB);
}

static void go_limits(void **state)
{
    (void)state;
    assert_int_equal(pl_gc_go_limit_goal(0, 40 * MIB, 32 * MIB), UINT64_MAX);
    /* 50331648 / 100 * 3 = 1509948 of headroom */
    assert_int_equal(pl_gc_go_limit_goal(48 * MIB, 40 * MIB, 32 * MIB), 50331648 - 1509948);
    /* 2 MiB beyond: 48234496 / 100 * 3 = 1447032 */
    assert_int_equal(pl_gc_go_limit_goal(48 * MIB, 50 * MIB, 32 * MIB), 48234496 - 1447032);
    /* 20 MiB: 3 % would be less than 1 MiB */
    assert_int_equal(pl_gc_go_limit_goal(20 * MIB, 10 * MIB, 8 * MIB), 19 * MIB);
    assert_int_equal(pl_gc_go_limit_goal(20 * MIB, 10 * MIB, 25 * MIB), 25 * MIB);
    assert_int_equal(pl_gc_go_limit_goal(20 * MIB, 40 * MIB, 12345), 12345); /* twice the limit */
    /* 1.5 MiB: what the headroom of 1 MiB leaves is less than the headroom */
    assert_int_equal(pl_gc_go_limit_goal(MIB + MIB / 2, MIB, 100), MIB);
}

static void go_triggers(void **state)
{
    (void)state;
    /* 33554432 / 64 * 61 = 31981568 after 32 MiB; 60 MiB is earlier */
    assert_int_equal(pl_gc_go_trigger(32 * MIB, 64 * MIB), 32 * MIB + 31981568);
    /* 256 + 244 = 500 MiB; 4 MiB before the goal is later */
    assert_int_equal(pl_gc_go_trigger(256 * MIB, 512 * MIB), 508 * MIB);
    assert_int_equal(pl_gc_go_trigger(MIB, 4 * MIB), MIB + 3 * MIB / 64 * 61);
    assert_int_equal(pl_gc_go_trigger(9 * MIB, 9 * MIB), 9 * MIB);
    assert_int_equal(pl_gc_go_trigger(9 * MIB, 8 * MIB), 8 * MIB);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(declared_blocks), cmocka_unit_test(share_of_the_heap),
        cmocka_unit_test(portions),        cmocka_unit_test(words_of_work),
        cmocka_unit_test(go_goals),        cmocka_unit_test(go_limits),
        cmocka_unit_test(go_triggers),
    };
    return cmocka_run_group_tests_name("gc_pace", tests, NULL, NULL);
}
