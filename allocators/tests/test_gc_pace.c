/* The formulas of the collectors, by examples worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "allocators/gc/pace.h"

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

/* config.h: 126976 words at first, chunks of 61440 at least, or 15 % of the heap in pages of 512.
 */
static void ocaml_grows_by_chunks(void **state)
{
    (void)state;
    assert_int_equal(pl_gc_first_heap_words(1), 126976);
    assert_int_equal(pl_gc_first_heap_words(126977), 126976 + 61440);
    assert_int_equal(pl_gc_chunk_words(1765, 126976, 120), 61440);
    /* 15 % of 4689408: 703410, 1374 pages */
    assert_int_equal(pl_gc_chunk_words(1765, 4689408, 120), 1374 * 512);
    /* a request of 1000000 and 120 % on it: 2200000, 4297 pages */
    assert_int_equal(pl_gc_chunk_words(1000000, 4689408, 120), 4297 * 512);
}

/* 6 of 6 parts were live data in the heap of the first, 1 of 6 in that of the second. */
static void ocaml_compacts_what_is_free(void **state)
{
    (void)state;
    assert_false(pl_gc_asks_to_compact(600000, 600000, 600000));
    assert_false(pl_gc_asks_to_compact(600000, 100001, 600000));
    assert_true(pl_gc_asks_to_compact(600000, 100000, 600000));
    assert_false(pl_gc_asks_to_compact(122880, 8, 122880)); /* two chunks */
    assert_int_equal(pl_gc_compacted_words(1000, 126976, 120), 61440);
    assert_int_equal(pl_gc_compacted_words(1000000, 126976, 120), 4299 * 512); /* 2200632 */
}

static void go_limits(void **state)
{
    (void)state;
    assert_int_equal(pl_gc_go_limit_goal(0, 40 * MIB, 32 * MIB), UINT64_MAX);
    /* Of 40 MiB one arena's tables, 2 MiB and 64 KiB, and 6591456 B of its own: 8754144 B beside
     * it. */
    const uint64_t beside = 8754144;
    assert_int_equal(pl_gc_go_beside(40 * MIB), beside);
    assert_int_equal(pl_gc_go_beside(65 * MIB), beside + 2 * MIB + 65536);
    assert_int_equal(pl_gc_go_limit_goal(60 * MIB, 40 * MIB, 32 * MIB), 59 * MIB - beside);
    /* 2 MiB beyond */
    assert_int_equal(pl_gc_go_limit_goal(38 * MIB + beside, 40 * MIB, 32 * MIB), 35 * MIB);
    assert_int_equal(pl_gc_go_limit_goal(60 * MIB, 40 * MIB, 55 * MIB), 55 * MIB);
    assert_int_equal(pl_gc_go_limit_goal(20 * MIB, 40 * MIB, 12345), 12345); /* twice the limit */
    /* 1.5 MiB: what the headroom of 1 MiB leaves is less than the headroom */
    assert_int_equal(pl_gc_go_limit_goal(beside + MIB + MIB / 2, MIB, 100), MIB);
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
        cmocka_unit_test(declared_blocks),
        cmocka_unit_test(share_of_the_heap),
        cmocka_unit_test(portions),
        cmocka_unit_test(words_of_work),
        cmocka_unit_test(ocaml_grows_by_chunks),
        cmocka_unit_test(ocaml_compacts_what_is_free),
        cmocka_unit_test(go_goals),
        cmocka_unit_test(go_limits),
        cmocka_unit_test(go_triggers),
    };
    return cmocka_run_group_tests_name("gc_pace", tests, NULL, NULL);
}
