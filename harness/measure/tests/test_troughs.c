/* Troughs of a run in cycles, on synthetic samples. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/measure/metrics.h"

#define S INT64_C(1000000000)
#define MS INT64_C(1000000)

/* Ten cycles of a second, half of it idle, a sample each 250 ms. RSS is 1000 when busy, 100 + the
 * cycle's number when it has just become idle, 10 times that number at the end of it; live is the
 * number. */
static struct pl_cell_evidence cycles(void)
{
    static struct pl_sample samples[41];
    for (int i = 0; i < 41; i++) {
        uint64_t cycle = (uint64_t)i / 4;
        uint64_t rss = i % 4 == 3 ? 10 * cycle : i % 4 == 2 ? 100 + cycle : 1000;
        samples[i] =
            (struct pl_sample){.t_ns = i * 250 * MS, .rss_bytes = rss, .live_bytes = cycle};
    }
    struct pl_cell_evidence e = {.samples = samples, .sample_count = 41, .has_final = true};
    e.final.t_ns = 10 * S;
    return e;
}

static struct pl_value value(const struct pl_cell_evidence *e, uint32_t pipeline, const char *name)
{
    static struct pl_measured m;
    static struct pl_scenario s;
    s = (struct pl_scenario){.pipeline = pipeline, .blocks = {.cycle_ns = S, .idle_ns = 500 * MS}};
    m = (struct pl_measured){.scenario = &s, .evidence = e};
    return pl_metric_find(name)->value(&m);
}

static double trough(const struct pl_cell_evidence *e, const char *name)
{
    struct pl_value v = value(e, PL_PIPELINE_BLOCKS, name);
    assert_int_equal(v.kind, PL_VALUE_REAL);
    return v.real;
}

/* Cycles 5 to 9 end in the second half: 50, 60, 70, 80, 90. */
static void troughs_are_those_of_the_second_half(void **state)
{
    (void)state;
    struct pl_cell_evidence e = cycles();
    assert_true(trough(&e, "rss_bytes_trough") == 70);
    assert_true(trough(&e, "live_bytes_trough") == 7);
    assert_true(trough(&e, "rss_trough_over_live") == 10);
}

/* Of samples at 0, 250, 500 and 750 ms of a cycle that is idle from 500 on, the last tells what
 * came since the one before it. */
static void what_reached_the_heap_in_the_idle_part_is_told(void **state)
{
    (void)state;
    struct pl_cell_evidence e = cycles();
    assert_true(trough(&e, "idle_heap_bytes") == 0);
    for (size_t i = 0; i < e.sample_count; i++)
        e.samples[i].churn_bytes = 100 * i;
    assert_true(trough(&e, "idle_heap_bytes") == 100);
    for (size_t i = 0; i < e.sample_count; i++)
        e.samples[i].reserved_bytes = i % 2 ? 70 : 30;
    e.final.stack.pooled = true;
    assert_true(trough(&e, "idle_heap_bytes") == 40);
}

static void a_cycle_that_does_not_end_has_none(void **state)
{
    (void)state;
    struct pl_cell_evidence e = cycles();
    e.sample_count = 40; /* the last cycle's end was not seen: 50, 60, 70, 80 */
    assert_true(trough(&e, "rss_bytes_trough") == 65);
}

/* A busy sample is no trough, whatever comes behind it. */
static void a_gap_in_the_samples_is_no_trough(void **state)
{
    (void)state;
    struct pl_cell_evidence e = cycles();
    struct pl_sample *samples = calloc(41, sizeof *samples);
    size_t count = 0;
    for (size_t i = 0; i < 41; i++)
        if (i != 26 && i != 27) /* the idle part of cycle 6 */
            samples[count++] = e.samples[i];
    e.samples = samples;
    e.sample_count = count;
    assert_true(trough(&e, "rss_bytes_trough") == 75); /* 50, 70, 80, 90 */
    free(samples);
}

static void what_has_no_cycles_has_no_trough(void **state)
{
    (void)state;
    static const char *const names[] = {"rss_bytes_trough", "live_bytes_trough",
                                        "rss_trough_over_live"};
    for (size_t i = 0; i < 3; i++) {
        struct pl_cell_evidence e = cycles();
        assert_int_equal(value(&e, PL_PIPELINE_RECEIVER, names[i]).kind, PL_VALUE_NONE);
        e.has_final = false;
        assert_int_equal(value(&e, PL_PIPELINE_BLOCKS, names[i]).kind, PL_VALUE_NONE);
        e = cycles();
        e.sample_count = 2;
        assert_int_equal(value(&e, PL_PIPELINE_BLOCKS, names[i]).kind, PL_VALUE_NONE);
        e.sample_count = 0;
        assert_int_equal(value(&e, PL_PIPELINE_BLOCKS, names[i]).kind, PL_VALUE_NONE);
    }
}

static void nothing_live_has_no_ratio(void **state)
{
    (void)state;
    struct pl_cell_evidence e = cycles();
    for (size_t i = 0; i < e.sample_count; i++)
        e.samples[i].live_bytes = 0;
    assert_int_equal(value(&e, PL_PIPELINE_BLOCKS, "rss_trough_over_live").kind, PL_VALUE_NONE);
}

/* Blocks are no packets: none of their counts says that nothing was lost. */
static void blocks_are_no_packets(void **state)
{
    (void)state;
    struct pl_cell_evidence e = cycles();
    assert_int_equal(value(&e, PL_PIPELINE_RECEIVER, "packets_dropped").kind, PL_VALUE_INTEGER);
    assert_int_equal(value(&e, PL_PIPELINE_BLOCKS, "packets_dropped").kind, PL_VALUE_NONE);
    assert_int_equal(value(&e, PL_PIPELINE_BLOCKS, "packets_dropped_late").kind, PL_VALUE_NONE);
    assert_int_equal(value(&e, PL_PIPELINE_BLOCKS, "packets_received").kind, PL_VALUE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(troughs_are_those_of_the_second_half),
        cmocka_unit_test(what_reached_the_heap_in_the_idle_part_is_told),
        cmocka_unit_test(a_cycle_that_does_not_end_has_none),
        cmocka_unit_test(a_gap_in_the_samples_is_no_trough),
        cmocka_unit_test(what_has_no_cycles_has_no_trough),
        cmocka_unit_test(nothing_live_has_no_ratio),
        cmocka_unit_test(blocks_are_no_packets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
