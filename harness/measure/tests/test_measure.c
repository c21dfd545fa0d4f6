/* Growth, slopes and outcomes on synthetic evidence. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/measure/metrics.h"

#define MIB 1048576.0
#define SAMPLES 601

typedef double (*curve)(double t); /* bytes at t from 0 to 1 of the run */

static void fill(struct pl_sample *samples, size_t count, double seconds, curve rss, curve live)
{
    for (size_t i = 0; i < count; i++) {
        double t = (double)i / (double)(count - 1);
        samples[i] = (struct pl_sample){.t_ns = (int64_t)(t * seconds * 1e9),
                                        .rss_bytes = (uint64_t)rss(t),
                                        .live_bytes = (uint64_t)live(t)};
    }
}

static bool grows(curve rss, curve live)
{
    struct pl_sample samples[SAMPLES];
    struct pl_growth growth;
    fill(samples, SAMPLES, 60, rss, live);
    pl_growth_judge(samples, SAMPLES, &growth);
    return growth.growing;
}

static double flat(double t)
{
    (void)t;
    return 10 * MIB;
}

static double line(double t)
{
    return 10 * MIB + t * 100 * MIB;
}

/* Doubles at 1/2, 1/4, 1/8 ... of a run four times as long: the last stair is just behind. */
static double staircase(double t)
{
    double stair = MIB;
    while (stair < t * 90 * MIB)
        stair *= 2;
    return stair;
}

/* A pool that fills within the first eighth and then stays. */
static double filled_early(double t)
{
    return t < 0.125 ? t * 8 * 46 * MIB : 46 * MIB;
}

/* A stall in the first third, its high-water mark kept. */
static double high_water(double t)
{
    return t < 0.3 ? 10 * MIB + t * 100 * MIB : 40 * MIB;
}

/* Fragmentation: RSS rises steadily over flat live bytes. */
static double creeping(double t)
{
    return 20 * MIB + t * 20 * MIB;
}

/* A heap that settles: each window adds less than the one before. */
static double settling(double t)
{
    return 20 * MIB + 20 * MIB * (1 - 1 / (1 + 10 * t)); /* rises of 2.4, then 1.5 MiB */
}

/* Reads again for the last tenth. */
static double line_then_free(double t)
{
    return t < 0.9 ? line(t) : MIB;
}

static void growth_is_told_from_its_likes(void **state)
{
    (void)state;
    assert_true(grows(line, line));
    assert_true(grows(staircase, line));
    assert_true(grows(creeping, flat));
    assert_true(grows(line_then_free, line_then_free));
    assert_false(grows(flat, flat));
    assert_false(grows(filled_early, flat));
    assert_false(grows(high_water, flat));
    assert_false(grows(settling, flat));
    assert_false(grows(flat, line)); /* live bytes within memory that was there already */
}

/* A slab doubles at any phase of the run, and the reader comes back at any time in its last sixth:
 * whatever the duration, the verdict is the same. */
static double phase, stalled;
static double phased_staircase(double t)
{
    double slots = 1, held = (t < stalled ? t : stalled) * phase; /* slabs are never given back */
    while (slots < held)
        slots = 2 * slots + 1;
    return slots * 2816;
}
static double phased_line(double t)
{
    return t < stalled ? t * phase * 2768 : 400000;
}

/* And what is reported agrees with it: no rate of 0, which the slope is between two steps. */
static void a_doubling_staircase_grows_for_every_duration(void **state)
{
    (void)state;
    struct pl_sample samples[SAMPLES];
    struct pl_growth growth;
    size_t by_steps = 0;
    for (stalled = 5.0 / 6; stalled <= 1; stalled += 1.0 / 24)
        for (phase = 41340; phase < 41340 * 8; phase *= 1.01) {
            fill(samples, SAMPLES, 60, phased_staircase, phased_line);
            pl_growth_judge(samples, SAMPLES, &growth);
            assert_true(growth.growing);
            assert_true((growth.by_steps ? growth.window_rate : growth.slope) > 1 * MIB);
            by_steps += growth.by_steps;
        }
    assert_true(by_steps > 100);
}

/* The same slab below a limit of 32 MiB is full after 17 s: bounded for every duration from 60 s.
 */
static double limited_at;
static double limited_staircase(double t)
{
    return phased_staircase(t < limited_at ? t : limited_at);
}
static double limited_line(double t)
{
    return t < stalled ? (t < limited_at ? t : limited_at) * phase * 2768 : 400000;
}

static void a_full_pool_is_bounded_for_every_duration(void **state)
{
    (void)state;
    for (double seconds = 60; seconds < 4000; seconds *= 1.01) {
        phase = seconds * 689;
        stalled = 1 - 10 / seconds;
        limited_at = 17.3 / seconds;
        assert_false(grows(limited_staircase, limited_line));
    }
}

static void a_plateau_is_found(void **state)
{
    (void)state;
    struct pl_sample samples[SAMPLES];
    struct pl_growth growth;
    fill(samples, SAMPLES, 60, filled_early, flat);
    pl_growth_judge(samples, SAMPLES, &growth);
    assert_true(growth.plateau_seconds > 7.2 && growth.plateau_seconds <= 7.5);
    assert_true(growth.slope == 0 && growth.slope_low == 0 && growth.slope_high == 0);
}

static void a_line_has_its_slope(void **state)
{
    (void)state;
    struct pl_sample samples[SAMPLES];
    struct pl_growth growth;
    fill(samples, SAMPLES, 60, line, line);
    pl_growth_judge(samples, SAMPLES, &growth);
    assert_true(growth.slope > 99.99 * MIB && growth.slope < 100.01 * MIB);
    assert_true(growth.slope_low <= growth.slope && growth.slope <= growth.slope_high);
    assert_false(growth.by_steps);
    assert_true(growth.window_rate > 99 * MIB && growth.window_rate < 101 * MIB);
}

static struct pl_cell_evidence finished(void)
{
    static struct pl_sample samples[SAMPLES];
    fill(samples, SAMPLES, 60, flat, flat);
    struct pl_cell_evidence e = {.samples = samples, .sample_count = SAMPLES, .has_final = true};
    e.final.t_ns = INT64_C(60000000000);
    e.final.class_count = 1;
    e.final.classes[0] = (struct pl_class_record){100, 50, 40, 0, 5000, 4000};
    e.final.counts.received = 50;
    e.final.counts.delivered = 40;
    e.final.counts.held = 10;
    e.final.acquires_timed = 1;
    return e;
}

static enum pl_outcome outcome_of(const struct pl_cell_evidence *e)
{
    struct pl_measured m;
    struct pl_scenario s = {0};
    pl_measure(&s, e, &m);
    assert_true(m.judgement.why[0]);
    return m.judgement.outcome;
}

static void outcomes_follow_the_evidence(void **state)
{
    (void)state;
    struct pl_cell_evidence e = finished();
    assert_int_equal(outcome_of(&e), PL_OUTCOME_BOUNDED);
    e.final.at_ceiling = 1;
    assert_int_equal(outcome_of(&e), PL_OUTCOME_GROWING);
    e = finished();
    e.final.classes[0].failures = 3;
    assert_int_equal(outcome_of(&e), PL_OUTCOME_ALLOC_FAILED);
    e.final.stack.refusals = 3; /* a limit said no: as it should */
    assert_int_equal(outcome_of(&e), PL_OUTCOME_BOUNDED);
    e.final.stack.heap_failures = 1;
    assert_int_equal(outcome_of(&e), PL_OUTCOME_ALLOC_FAILED);
    e = finished();
    e.timed_out = true;
    assert_int_equal(outcome_of(&e), PL_OUTCOME_TIMEOUT);
    e = finished();
    e.wait_status = 1 << 8; /* exit 1 */
    assert_int_equal(outcome_of(&e), PL_OUTCOME_CRASHED);
    e = finished();
    e.has_final = false;
    assert_int_equal(outcome_of(&e), PL_OUTCOME_CRASHED);
}

static double slow_line(double t)
{
    return MIB + t * 0.8 * MIB;
}

/* A leak of less than a MiB in the run is within the noise of its earlier windows: it is not said
 * to be flat. */
static void a_slow_rise_is_no_flat_line(void **state)
{
    (void)state;
    static struct pl_sample samples[SAMPLES];
    struct pl_measured m;
    struct pl_scenario s = {0};
    struct pl_cell_evidence e = finished();
    fill(samples, SAMPLES, 60, slow_line, flat);
    e.samples = samples;
    pl_measure(&s, &e, &m);
    assert_int_equal(m.judgement.outcome, PL_OUTCOME_BOUNDED);
    assert_string_equal(m.judgement.why,
                        "RSS peaks at 1.20, 1.40, 1.80 MiB in the run's eighth, quarter, half: too "
                        "little of a rise to be growth; a longer run says whether it goes on");
    fill(samples, SAMPLES, 60, filled_early, flat);
    pl_measure(&s, &e, &m);
    assert_string_equal(m.judgement.why, "RSS does not go on rising by more than noise (256 KiB or "
                                         "2 %) from one dyadic window to the next");
}

/* A SIGKILL is an OOM kill only where the container counted one. */
static void a_signal_alone_proves_no_oom(void **state)
{
    (void)state;
    struct pl_cell_evidence e = finished();
    e.has_final = false;
    e.wait_status = SIGKILL;
    assert_int_equal(outcome_of(&e), PL_OUTCOME_CRASHED);
    e.kernel.known = true;
    assert_int_equal(outcome_of(&e), PL_OUTCOME_CRASHED);
    e.kernel.oom_kills = 1;
    e.killed_outside = true; /* its container never met its limit: somebody else's did */
    assert_int_equal(outcome_of(&e), PL_OUTCOME_CRASHED);
    e.killed_outside = false;
    assert_int_equal(outcome_of(&e), PL_OUTCOME_OOM_KILLED);
    e.wait_status = SIGSEGV;
    assert_int_equal(outcome_of(&e), PL_OUTCOME_CRASHED);
}

static struct pl_value value(const struct pl_cell_evidence *e, const char *name)
{
    static struct pl_measured m;
    static const struct pl_scenario s = {0};
    pl_measure(&s, e, &m);
    const struct pl_metric *metric = pl_metric_find(name);
    assert_non_null(metric);
    return metric->value(&m);
}

static void books_become_metrics(void **state)
{
    (void)state;
    struct pl_cell_evidence e = finished();
    assert_int_equal(value(&e, "allocated_bytes_total").integer, 5000);
    assert_int_equal(value(&e, "freed_bytes_total").integer, 4000);
    assert_true(value(&e, "churn_ops_per_second").real == 1.5);
    assert_int_equal(value(&e, "integrity_errors").integer, 0);
    assert_int_equal(value(&e, "packets_held").integer, 10);
    e.final.cpu_ns = 6000000000;
    assert_true(value(&e, "cpu_ns_per_packet").real == 6e9 / 50);
    assert_true(value(&e, "cpu_percent_of_realtime").real == 10.0);
    e.final.rss_bytes_peak = 11 << 20; /* between two samples */
    assert_int_equal(value(&e, "rss_bytes_peak").integer, 11 << 20);
}

static void unbalanced_books_are_an_integrity_error_and_withhold_timings(void **state)
{
    (void)state;
    struct pl_cell_evidence e = finished();
    e.final.cpu_ns = 5000;
    e.final.counts.delivered = 39;
    assert_int_equal(value(&e, "integrity_errors").integer, 1);
    assert_int_equal(value(&e, "cpu_ns_per_packet").kind, PL_VALUE_NONE);
    assert_int_equal(value(&e, "acquire_ns_p50").kind, PL_VALUE_NONE);
    e = finished();
    e.final.leaked_bytes = 100;
    assert_int_equal(value(&e, "integrity_errors").integer, 1);
    e.final.stack.corruptions = 2;
    assert_int_equal(value(&e, "integrity_errors").integer, 3);
}

static void only_a_collector_has_collections(void **state)
{
    (void)state;
    struct pl_cell_evidence e = finished();
    assert_int_equal(value(&e, "gc_cycles").kind, PL_VALUE_NONE);
    assert_int_equal(value(&e, "gc_minor_collections").kind, PL_VALUE_NONE);
    assert_int_equal(value(&e, "gc_pause_ns_max").kind, PL_VALUE_NONE);
    e.final.stack.collected = true;
    e.final.stack.gc_cycles = 3;
    e.final.stack.gc_minor_collections = 70;
    e.final.stack.gc_pause_ns_max = 900000;
    assert_int_equal(value(&e, "gc_cycles").integer, 3);
    assert_int_equal(value(&e, "gc_minor_collections").integer, 70);
    assert_int_equal(value(&e, "gc_pause_ns_max").integer, 900000);
    e.final.stack.corruptions = 1; /* withholds timings, not counts */
    assert_int_equal(value(&e, "gc_cycles").integer, 3);
    assert_int_equal(value(&e, "gc_pause_ns_max").kind, PL_VALUE_NONE);
}

static void only_a_pool_made_beforehand_has_hits(void **state)
{
    (void)state;
    struct pl_cell_evidence e = finished();
    e.final.stack.pooled = true; /* a slab */
    assert_int_equal(value(&e, "pool_hits").kind, PL_VALUE_NONE);
    assert_int_equal(value(&e, "pool_misses").kind, PL_VALUE_NONE);
    e.final.stack.counts_hits = true;
    e.final.stack.pool_hits = 30;
    e.final.stack.pool_misses = 7;
    e.final.stack.fallback_allocations = 5;
    assert_int_equal(value(&e, "pool_hits").integer, 30);
    assert_int_equal(value(&e, "pool_misses").integer, 7);
    assert_int_equal(value(&e, "fallback_allocations").integer, 5);
}

/* Counters of a killed cell stop wherever the kernel struck: no exact metric is made of them. */
static void a_killed_cell_has_no_exact_metrics(void **state)
{
    (void)state;
    struct pl_cell_evidence e = finished();
    e.has_final = false;
    e.wait_status = SIGKILL;
    e.kernel = (struct pl_container_evidence){.known = true, .oom_kills = 1, .limit_hits = 1};
    struct pl_measured m;
    struct pl_scenario s = {0};
    pl_measure(&s, &e, &m);
    for (size_t i = 0; i < pl_metric_count; i++)
        if (pl_metrics[i].class == PL_CLASS_D)
            assert_int_equal(pl_metrics[i].value(&m).kind, PL_VALUE_NONE);
    assert_true(value(&e, "time_to_oom_seconds").real == 60.0);
    struct pl_tree_record trees[SAMPLES] = {{0}}; /* of several processes one was killed earlier */
    e.trees = trees;
    assert_true(value(&e, "time_to_oom_seconds").real == 60.0);
    for (size_t i = 7; i < SAMPLES; i++)
        trees[i].charged.oom_kills = 1;
    assert_true(value(&e, "time_to_oom_seconds").real == (double)e.samples[6].t_ns / 1e9);
    trees[4].charged = (struct pl_charged){7 << 20, 256 << 10, 128 << 10, 512 << 10, 0, 0};
    trees[5].charged.anon = 1 << 20;
    pl_measure(&s, &e, &m);
    assert_string_equal(m.judgement.why,
                        "the container's oom_kill counter is 1; at its highest sample it was "
                        "charged with 7 MiB of processes, 256 KiB of files, 512 KiB of sockets, "
                        "128 KiB more of the "
                        "kernel's");
    trees[0].charged.oom_kills = 1; /* ... before the first sample */
    for (size_t i = 1; i < 7; i++)
        trees[i].charged.oom_kills = 1;
    assert_true(value(&e, "time_to_oom_seconds").real == (double)e.samples[0].t_ns / 1e9);
    e.trees = NULL;
    e.sample_count = 5; /* too few to tell a slope */
    assert_int_equal(value(&e, "rss_growth_bytes_per_minute").kind, PL_VALUE_NONE);
    e = finished();
    e.final.at_ceiling = 1; /* it depends on the machine where that is */
    assert_int_equal(value(&e, "packets_received").kind, PL_VALUE_NONE);
    assert_int_equal(value(&e, "rss_bytes_peak").integer, (uint64_t)(10 * MIB));
}

/* Time counts, not samples: 10 s at 4 MiB, then 1 s up to 8 MiB, then 9 s there. */
static void the_mean_is_one_of_time(void **state)
{
    (void)state;
    static const int64_t seconds[] = {5, 15, 16, 17, 25};
    static const double mib[] = {4, 4, 8, 8, 8};
    struct pl_sample samples[5];
    struct pl_cell_evidence e = finished();
    for (size_t i = 0; i < 5; i++)
        samples[i] = (struct pl_sample){.t_ns = seconds[i] * INT64_C(1000000000),
                                        .rss_bytes = (uint64_t)(mib[i] * MIB)};
    e.samples = samples;
    e.sample_count = 5;
    double mean = value(&e, "rss_bytes_mean").real / MIB;
    assert_true(mean > 5.8999999 && mean < 5.9000001); /* (40 + 6 + 72) / 20 */
    assert_int_equal(value(&e, "gc_reserved_bytes_mean").kind, PL_VALUE_NONE); /* no collector */
    e.final.stack.collected = true;
    for (size_t i = 0; i < 5; i++)
        samples[i].reserved_bytes = samples[i].rss_bytes / 2;
    mean = value(&e, "gc_reserved_bytes_mean").real / MIB;
    assert_true(mean > 2.9499999 && mean < 2.9500001);
    e.sample_count = 1; /* no time passes */
    assert_int_equal(value(&e, "rss_bytes_mean").kind, PL_VALUE_NONE);
    samples[1].t_ns = samples[0].t_ns;
    e.sample_count = 2;
    assert_int_equal(value(&e, "rss_bytes_mean").kind, PL_VALUE_NONE);
    e = finished();
    e.has_final = false; /* killed: of another stretch of time */
    assert_int_equal(value(&e, "rss_bytes_mean").kind, PL_VALUE_NONE);
}

/* 1 s of work in each second of replay but two neighbours with 1.5 and 1.25, and one with 2. */
static void what_could_not_keep_up_is_told(void **state)
{
    (void)state;
    static const double cpu_s[] = {0, 1, 2.5, 3.75, 4.75, 6.75, 7};
    struct pl_sample samples[sizeof cpu_s / sizeof *cpu_s];
    struct pl_scenario s = {.pipeline = PL_PIPELINE_RECEIVER};
    struct pl_cell_evidence e = {
        .samples = samples, .sample_count = 7, .in_virtual_time = true, .threads = 1};
    struct pl_measured m = {.scenario = &s, .evidence = &e};
    const struct pl_metric *all = pl_metric_find("realtime_overrun_seconds");
    const struct pl_metric *longest = pl_metric_find("realtime_overrun_seconds_max");
    for (size_t i = 0; i < 7; i++)
        samples[i] = (struct pl_sample){.t_ns = (int64_t)i * 1000000000,
                                        .cpu_ns = (int64_t)(cpu_s[i] * 1e9)};
    assert_true(all->value(&m).real == 1.75);
    assert_true(longest->value(&m).real == 1);
    samples[4].cpu_ns += 100000000; /* no gap between the three */
    assert_true(fabs(longest->value(&m).real - 1.75) < 1e-6);
    e.threads = 2;
    assert_true(all->value(&m).real == 0);
    e.in_virtual_time = false;
    assert_int_equal(all->value(&m).kind, PL_VALUE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(growth_is_told_from_its_likes),
        cmocka_unit_test(a_doubling_staircase_grows_for_every_duration),
        cmocka_unit_test(a_full_pool_is_bounded_for_every_duration),
        cmocka_unit_test(a_plateau_is_found),
        cmocka_unit_test(a_line_has_its_slope),
        cmocka_unit_test(outcomes_follow_the_evidence),
        cmocka_unit_test(a_slow_rise_is_no_flat_line),
        cmocka_unit_test(a_signal_alone_proves_no_oom),
        cmocka_unit_test(books_become_metrics),
        cmocka_unit_test(unbalanced_books_are_an_integrity_error_and_withhold_timings),
        cmocka_unit_test(only_a_collector_has_collections),
        cmocka_unit_test(only_a_pool_made_beforehand_has_hits),
        cmocka_unit_test(a_killed_cell_has_no_exact_metrics),
        cmocka_unit_test(the_mean_is_one_of_time),
        cmocka_unit_test(what_could_not_keep_up_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
