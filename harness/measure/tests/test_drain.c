/* What is left after the load fell, on synthetic samples. */
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
#define SAMPLES 201

/* A sample each half second, of 100 s: RSS is 1000 less the half seconds, live 10, and 3 B reach
 * the heap from one to the next. */
static struct pl_cell_evidence evidence(void)
{
    static struct pl_sample samples[SAMPLES];
    for (uint64_t i = 0; i < SAMPLES; i++)
        samples[i] = (struct pl_sample){.t_ns = (int64_t)i * S / 2,
                                        .rss_bytes = 1000 - i,
                                        .live_bytes = 10,
                                        .reserved_bytes = i % 2,
                                        .churn_bytes = 3 * i};
    struct pl_cell_evidence e = {.samples = samples, .sample_count = SAMPLES, .has_final = true};
    e.final.t_ns = 100 * S;
    return e;
}

static struct pl_value value(const struct pl_cell_evidence *e, const struct pl_load_settings *load,
                             int64_t duration_ns, const char *name)
{
    static struct pl_measured m;
    static struct pl_scenario s;
    s = (struct pl_scenario){
        .pipeline = PL_PIPELINE_RELAY, .load = *load, .duration_ns = duration_ns};
    m = (struct pl_measured){.scenario = &s, .evidence = e};
    return pl_metric_find(name)->value(&m);
}

static double of(const struct pl_load_settings *load, const char *name)
{
    struct pl_cell_evidence e = evidence();
    struct pl_value v = value(&e, load, 100 * S, name);
    assert_int_not_equal(v.kind, PL_VALUE_NONE);
    return pl_value_double(v);
}

static void none_of(const struct pl_load_settings *load, int64_t duration_ns, const char *name)
{
    struct pl_cell_evidence e = evidence();
    e.sample_count = (size_t)(2 * duration_ns / S + 1);
    assert_int_equal(value(&e, load, duration_ns, name).kind, PL_VALUE_NONE);
}

/* It falls twice, the last time by 20.2 s; what rises after it is no fall. The sample behind that
 * is at 20.5 s, the 41st. */
static const struct pl_load_settings twice = {
    .points = {{0, 5}, {10 * S, 3}, {12 * S, 8}, {20200000000, 1}, {30 * S, 1}, {40 * S, 4}},
    .count = 6};

static void looks_come_behind_the_last_fall(void **state)
{
    (void)state;
    assert_true(of(&twice, "drain_rss_bytes_1s") == 1000 - 43);
    assert_true(of(&twice, "drain_rss_bytes_10s") == 1000 - 61);
    assert_true(of(&twice, "drain_rss_bytes_60s") == 1000 - 161);
    assert_true(of(&twice, "drain_live_bytes") == 10);
    assert_true(of(&twice, "drain_rss_over_live") == 83.9);
    assert_true(of(&twice, "drain_heap_bytes") == 3 * 120);
}

static void what_the_run_does_not_reach_is_none(void **state)
{
    (void)state;
    none_of(&twice, 80 * S, "drain_rss_bytes_60s");
    none_of(&twice, 30 * S, "drain_rss_bytes_10s");
    none_of(&twice, 21 * S, "drain_rss_bytes_1s");
    none_of(&twice, 21 * S, "drain_rss_over_live");
    struct pl_cell_evidence e = evidence();
    e.sample_count = 101; /* 50 s: the latest look is that after 10 s */
    struct pl_value v = value(&e, &twice, 50 * S, "drain_rss_over_live");
    assert_true(v.real == 93.9);
    v = value(&e, &twice, 50 * S, "drain_heap_bytes");
    assert_int_equal(v.integer, 3 * 20);
}

/* Of pools, what they took from the heap and gave back. */
static void pools_tell_by_their_reserve(void **state)
{
    (void)state;
    struct pl_cell_evidence e = evidence();
    e.final.stack.pooled = true;
    assert_int_equal(value(&e, &twice, 100 * S, "drain_heap_bytes").integer, 120);
    for (size_t i = 0; i < e.sample_count; i++)
        e.samples[i].reserved_bytes = 7;
    assert_int_equal(value(&e, &twice, 100 * S, "drain_heap_bytes").integer, 0);
}

/* Turns of 30 s: falls end at 20, 50 and 80 s, and as a turn begins, at 30, 60 and 90 s. The last
 * one that leaves a second is taken. */
static void of_turns_the_last_with_time_behind_it_counts(void **state)
{
    (void)state;
    struct pl_load_settings turns = {
        .points = {{0, 0}, {10 * S, 9}, {20 * S, 4}}, .count = 3, .every_ns = 30 * S};
    assert_true(of(&turns, "drain_rss_bytes_1s") == 1000 - 182);
    none_of(&turns, 100 * S, "drain_rss_bytes_60s");
    struct pl_cell_evidence e = evidence();
    struct pl_value v = value(&e, &turns, 90500000000, "drain_rss_bytes_1s");
    assert_int_equal(v.integer, 1000 - 162); /* after 80 s */
    turns.points[2].sessions = turns.points[0].sessions = 9;
    none_of(&turns, 100 * S, "drain_rss_bytes_1s"); /* it never falls */
}

static void no_fall_no_drain(void **state)
{
    (void)state;
    const struct pl_load_settings none = {.count = 0},
                                  rises = {.points = {{0, 1}, {9 * S, 7}}, .count = 2},
                                  late = {.points = {{0, 7}, {200 * S, 1}}, .count = 2};
    none_of(&none, 100 * S, "drain_rss_bytes_1s");
    none_of(&rises, 100 * S, "drain_live_bytes");
    none_of(&late, 100 * S, "drain_live_bytes");
    struct pl_cell_evidence e = evidence();
    e.has_final = false; /* killed */
    assert_int_equal(value(&e, &twice, 100 * S, "drain_rss_bytes_1s").kind, PL_VALUE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looks_come_behind_the_last_fall),
        cmocka_unit_test(what_the_run_does_not_reach_is_none),
        cmocka_unit_test(pools_tell_by_their_reserve),
        cmocka_unit_test(of_turns_the_last_with_time_behind_it_counts),
        cmocka_unit_test(no_fall_no_drain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
