/* Expectations: which apply to a cell, and what they make of it. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "harness/results/expect.h"

#define S INT64_C(1000000000)

static struct pl_sample samples[20];

static struct pl_cell_evidence bounded_cell(void)
{
    struct pl_cell_evidence e = {.samples = samples, .sample_count = 20, .has_final = true};
    for (int i = 0; i < 20; i++)
        samples[i] = (struct pl_sample){.t_ns = i * S, .rss_bytes = 50 << 20};
    e.final.t_ns = 20 * S;
    e.container = PL_CONTAINER_CGROUP_V1;
    return e;
}

static void add(struct pl_scenario *s, const char *stacks, const char *container, int64_t from_ns,
                const char *outcome, const char *metric, const char *bound)
{
    struct pl_expectation *e = &s->expectations[s->expectation_count++];
    *e = (struct pl_expectation){.clock = "any", .from_ns = from_ns};
    snprintf(e->stacks, sizeof e->stacks, "%s", stacks);
    snprintf(e->container, sizeof e->container, "%s", container);
    snprintf(e->outcome, sizeof e->outcome, "%s", outcome);
    if (metric) {
        e->bound_count = 1;
        snprintf(e->bounds[0].metric, sizeof e->bounds[0].metric, "%s", metric);
        snprintf(e->bounds[0].text, sizeof e->bounds[0].text, "%s", bound);
    }
}

static enum pl_verdict judge(const struct pl_scenario *s, const struct pl_cell_evidence *e,
                             const char *stack, struct pl_expected *x)
{
    struct pl_measured m;
    pl_measure(s, e, &m);
    pl_expectations_judge(&m, stack, PL_FORMAT_S16, PL_CLOCK_VIRTUAL, 1, x);
    return x->verdict;
}

static void what_applies_is_by_stack_container_and_duration(void **state)
{
    (void)state;
    static const struct {
        const char *stacks, *container;
        int64_t from_ns;
        const char *stack;
        bool applies;
    } cases[] = {
        {"all", "any", 0, "glibc", true},
        {"limited", "any", 0, "limited", true},
        {"limited", "any", 0, "limited/slab/jemalloc", true},
        {"limited", "any", 0, "slab/limited/glibc", true},
        {"unlimited", "any", 0, "null", false},
        {"all", "any", 0, "null", true},
        {"limited", "any", 0, "slab", false},
        {"unlimited", "any", 0, "slab", true},
        {"unlimited", "any", 0, "limited", false},
        {"glibc,jemalloc", "any", 0, "jemalloc", true},
        {"glibc,jemalloc", "any", 0, "mimalloc", false},
        {"glibc,jemalloc", "any", 0, "jemalloc@/x/libjemalloc.so.2", true},
        {"jemalloc:narenas=1,slab", "any", 0, "jemalloc@/x/libjemalloc.so.2:narenas=1", true},
        {"jemalloc@/x/libjemalloc.so.2", "any", 0, "jemalloc", false},
        {"unlimited", "any", 0, "jemalloc@/null/libjemalloc.so.2", true},
        {"glibc:arena_max=2,top_pad=1MiB,slab", "any", 0, "slab", true},
        {"all", "cgroup", 0, "glibc", true},
        {"all", "rlimit", 0, "glibc", false},
        {"all", "none", 0, "glibc", false},
        {"all", "any", 60 * S, "glibc", true},
        {"all", "any", 61 * S, "glibc", false},
    };
    struct pl_cell_evidence e = bounded_cell();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s = {.duration_ns = 60 * S};
        struct pl_expected x;
        add(&s, cases[i].stacks, cases[i].container, cases[i].from_ns, "growing", NULL, NULL);
        assert_int_equal(judge(&s, &e, cases[i].stack, &x),
                         cases[i].applies ? PL_VERDICT_FAILED : PL_VERDICT_NONE);
        if (cases[i].applies)
            assert_string_equal(x.why, "outcome is bounded; expected growing");
    }
}

/* judge() asks for a cell in s16. */
static void an_expectation_may_name_formats(void **state)
{
    (void)state;
    static const struct {
        const char *formats;
        bool applies;
    } cases[] = {{"", true}, {"s16", true}, {"f64,s16", true}, {"f64,f32", false}, {"s32", false}};
    struct pl_cell_evidence e = bounded_cell();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s = {.duration_ns = 60 * S};
        struct pl_expected x;
        add(&s, "all", "any", 0, "growing", NULL, NULL);
        snprintf(s.expectations[0].formats, sizeof s.expectations[0].formats, "%s",
                 cases[i].formats);
        assert_int_equal(judge(&s, &e, "glibc", &x),
                         cases[i].applies ? PL_VERDICT_FAILED : PL_VERDICT_NONE);
    }
}

static void an_expectation_may_name_a_clock(void **state)
{
    (void)state;
    static const struct {
        const char *clock;
        enum pl_clock cell;
        bool applies;
    } cases[] = {{"any", PL_CLOCK_VIRTUAL, true},     {"any", PL_CLOCK_WALL, true},
                 {"virtual", PL_CLOCK_VIRTUAL, true}, {"virtual", PL_CLOCK_WALL, false},
                 {"wall", PL_CLOCK_VIRTUAL, false},   {"wall", PL_CLOCK_WALL, true}};
    struct pl_cell_evidence e = bounded_cell();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s = {.duration_ns = 60 * S};
        struct pl_expected x;
        struct pl_measured m;
        add(&s, "all", "any", 0, "growing", NULL, NULL);
        snprintf(s.expectations[0].clock, sizeof s.expectations[0].clock, "%s", cases[i].clock);
        pl_measure(&s, &e, &m);
        pl_expectations_judge(&m, "glibc", PL_FORMAT_S16, cases[i].cell, 1, &x);
        assert_int_equal(x.verdict, cases[i].applies ? PL_VERDICT_FAILED : PL_VERDICT_NONE);
    }
}

static void bounds_compare_in_their_metrics_unit(void **state)
{
    (void)state;
    static const struct {
        const char *metric, *bound;
        bool met;
    } cases[] = {
        {"rss_bytes_peak", "<= 50MiB", true},   {"rss_bytes_peak", "< 50MiB", false},
        {"rss_bytes_peak", ">= 50MiB", true},   {"rss_bytes_peak", "> 50MiB", false},
        {"rss_bytes_peak", "= 50MiB", true},    {"rss_bytes_peak", "== 51MiB", false},
        {"paused_seconds", "<= 200ms", true},   {"paused_seconds", "> 0s", false},
        {"packets_received", "= 0", true},      {"packets_received", "> 0", false},
        {"time_to_oom_seconds", "> 0s", false}, /* it has none: no pass */
    };
    struct pl_cell_evidence e = bounded_cell();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s = {.duration_ns = 60 * S};
        struct pl_expected x;
        add(&s, "all", "any", 0, "", cases[i].metric, cases[i].bound);
        assert_int_equal(pl_expectations_check(&s, NULL), 0);
        assert_int_equal(judge(&s, &e, "glibc", &x),
                         cases[i].met ? PL_VERDICT_MET : PL_VERDICT_FAILED);
        assert_true(cases[i].met == !x.why[0]);
    }
}

/* The bound's unit, and digits enough to see that it is missed. */
static void what_missed_a_bound_is_said_in_its_unit(void **state)
{
    (void)state;
    static const struct {
        const char *metric, *bound, *why;
    } cases[] = {
        {"rss_bytes_peak", "<= 100KiB", "rss_bytes_peak is 51200 KiB; expected <= 100KiB"},
        {"rss_bytes_peak", "<= 0.5GB", NULL},
        {"rss_bytes_peak", "<= 52428799B", "rss_bytes_peak is 52428800 B; expected <= 52428799B"},
        {"rss_bytes_peak", "> 50MiB", "rss_bytes_peak is 50 MiB; expected > 50MiB"},
        {"rss_bytes_peak", "<= 52.4288MB", NULL},
        {"rss_bytes_peak", "< 0", "rss_bytes_peak is 52428800 B; expected < 0"},
        {"rss_growth_bytes_per_minute", "> 1KiB",
         "rss_growth_bytes_per_minute is 0 KiB/min; expected > 1KiB"},
        {"paused_seconds", "> 2ms", "paused_seconds is 0 ms; expected > 2ms"},
        {"packets_received", "> 5", "packets_received is 0; expected > 5"},
        {"packets_received", "> 1e6", "packets_received is 0; expected > 1e6"},
    };
    struct pl_cell_evidence e = bounded_cell();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s = {.duration_ns = 60 * S};
        struct pl_expected x;
        add(&s, "all", "any", 0, "", cases[i].metric, cases[i].bound);
        judge(&s, &e, "glibc", &x);
        assert_string_equal(x.why, cases[i].why ? cases[i].why : "");
    }
    struct pl_scenario s = {.duration_ns = 60 * S};
    struct pl_expected x;
    for (uint32_t i = 0; i < e.sample_count; i++)
        e.samples[i].rss_bytes = (UINT64_C(32) << 20) + 1;
    add(&s, "all", "any", 0, "", "rss_bytes_peak", "<= 32MiB");
    judge(&s, &e, "glibc", &x);
    assert_string_equal(x.why, "rss_bytes_peak is 32.000001 MiB; expected <= 32MiB");
}

static void all_that_apply_have_to_be_met(void **state)
{
    (void)state;
    struct pl_cell_evidence e = bounded_cell();
    struct pl_scenario s = {.duration_ns = 60 * S};
    struct pl_expected x;
    add(&s, "all", "any", 0, "growing,bounded", NULL, NULL);
    assert_int_equal(judge(&s, &e, "glibc", &x), PL_VERDICT_MET);
    add(&s, "glibc", "any", 0, "", "rss_bytes_peak", "<= 1MiB");
    assert_int_equal(judge(&s, &e, "glibc", &x), PL_VERDICT_FAILED);
    assert_string_equal(x.why, "rss_bytes_peak is 50 MiB; expected <= 1MiB");
    assert_int_equal(judge(&s, &e, "jemalloc", &x), PL_VERDICT_MET);
}

/* A person mends all that is wrong at once. */
static void each_bound_that_is_missed_is_said(void **state)
{
    (void)state;
    struct pl_cell_evidence e = bounded_cell();
    struct pl_scenario s = {.duration_ns = 60 * S};
    struct pl_expected x;
    add(&s, "all", "any", 0, "bounded", "rss_bytes_peak", "<= 1MiB");
    s.expectations[0].bounds[1] = s.expectations[0].bounds[0];
    strcpy(s.expectations[0].bounds[1].text, "> 1GiB");
    s.expectations[0].bound_count = 2;
    add(&s, "glibc", "any", 0, "", "rss_bytes_peak", "<= 1MiB");
    add(&s, "glibc", "any", 0, "growing", NULL, NULL);
    assert_int_equal(judge(&s, &e, "glibc", &x), PL_VERDICT_FAILED);
    assert_string_equal(x.why, "rss_bytes_peak is 50 MiB; expected <= 1MiB; also rss_bytes_peak is "
                               "0.0488281 GiB; expected > 1GiB; also outcome is bounded; expected "
                               "growing");
}

/* `--ledger` changes no expectation: what it hides is not what the program did. */
static void what_a_ledger_hides_fails_nothing(void **state)
{
    (void)state;
    struct pl_cell_evidence e = bounded_cell();
    struct pl_scenario s = {.duration_ns = 60 * S};
    struct pl_expected x;
    e.has_final = false;
    e.program.kind = PL_RECORD_PROGRAM;
    add(&s, "all", "any", 0, "", "vsz_bytes_peak", ">= 1MiB");
    assert_int_equal(judge(&s, &e, "glibc", &x), PL_VERDICT_FAILED);
    assert_string_equal(x.why, "vsz_bytes_peak has no value; expected >= 1MiB");
    e.ledger.count = 1;
    assert_int_equal(judge(&s, &e, "glibc", &x), PL_VERDICT_NOT_CHECKED);
    assert_string_equal(x.why, "vsz_bytes_peak is not known under a ledger");
    add(&s, "all", "any", 0, "", "rss_bytes_peak", "<= 1MiB");
    assert_int_equal(judge(&s, &e, "glibc", &x), PL_VERDICT_FAILED);
    assert_string_equal(x.why, "rss_bytes_peak is 50 MiB; expected <= 1MiB");
}

/* A --set that leaves the stated conditions is never a pass; corruption is never one either. */
static void what_was_not_asked_is_not_passed(void **state)
{
    (void)state;
    struct pl_cell_evidence e = bounded_cell();
    struct pl_scenario s = {.duration_ns = 60 * S, .conditions_left = true};
    struct pl_expected x;
    add(&s, "all", "any", 0, "bounded", NULL, NULL);
    strcpy(s.conditions_left_by, "traffic.rate");
    assert_int_equal(judge(&s, &e, "glibc", &x), PL_VERDICT_NOT_CHECKED);
    assert_string_equal(x.why, "--set traffic.rate leaves the stated conditions");
    /* nor is one under conditions of the stack's own */
    s.conditions_left = false;
    static const char *const own[] = {"limited:max=1MiB/slab/glibc", "fault:nth=5/glibc",
                                      "slab/limited:max=2MiB/glibc"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        assert_int_equal(judge(&s, &e, own[i], &x), PL_VERDICT_NOT_CHECKED);
    /* unless they are the stated ones */
    add(&s, "jemalloc,limited:max=1MiB/slab/glibc", "any", 0, "bounded", NULL, NULL);
    assert_int_equal(judge(&s, &e, own[0], &x), PL_VERDICT_MET);
    assert_int_equal(judge(&s, &e, own[1], &x), PL_VERDICT_NOT_CHECKED);
    assert_int_equal(judge(&s, &e, "limited:max=2MiB/slab/glibc", &x), PL_VERDICT_NOT_CHECKED);
    e.final.counts.integrity_errors = 2;
    assert_int_equal(judge(&s, &e, "glibc", &x), PL_VERDICT_FAILED);
    assert_string_equal(x.why, "integrity_errors is 2; expected 0");
}

/* A few strangers are kept out of the figures; many took processor time and room in the socket. */
static void many_strangers_leave_a_cell_unchecked(void **state)
{
    (void)state;
    struct pl_cell_evidence e = bounded_cell();
    struct pl_scenario s = {.duration_ns = 60 * S};
    struct pl_expected x;
    add(&s, "all", "any", 0, "bounded", NULL, NULL);
    uint64_t few = e.final.counts.received / 10;
    e.final.counts.foreign = few;
    assert_int_equal(judge(&s, &e, "glibc", &x), PL_VERDICT_MET);
    e.final.counts.foreign = few + 1;
    assert_int_equal(judge(&s, &e, "glibc", &x), PL_VERDICT_NOT_CHECKED);
    e.final.counts.integrity_errors = 1;
    assert_int_equal(judge(&s, &e, "glibc", &x), PL_VERDICT_FAILED);
}

/* A limit of somebody else makes no verdict: neither what it did nor what it let pass. */
static void limits_of_others_make_no_verdict(void **state)
{
    (void)state;
    struct pl_cell_evidence e = bounded_cell();
    struct pl_scenario s = {.duration_ns = 60 * S};
    struct pl_expected x;
    add(&s, "all", "any", 0, "bounded", NULL, NULL);
    assert_int_equal(judge(&s, &e, "glibc", &x), PL_VERDICT_MET);
    strcpy(e.enclosed, "the limit of 150 MiB of /a, which leaves 100 MiB");
    assert_int_equal(judge(&s, &e, "glibc", &x), PL_VERDICT_NOT_CHECKED);
    assert_string_equal(x.why,
                        "the limit of 150 MiB of /a, which leaves 100 MiB may hold the cell first");
    e.wait_status = SIGABRT; /* what scudo makes of it */
    assert_int_equal(judge(&s, &e, "scudo", &x), PL_VERDICT_NOT_CHECKED);
    e.enclosed[0] = '\0';
    assert_int_equal(judge(&s, &e, "scudo", &x), PL_VERDICT_FAILED);
    e.wait_status = SIGKILL;
    e.killed_outside = true;
    assert_int_equal(judge(&s, &e, "glibc", &x), PL_VERDICT_NOT_CHECKED);
    e.final.counts.integrity_errors = 1; /* corruption is ours, whatever else there was */
    assert_int_equal(judge(&s, &e, "glibc", &x), PL_VERDICT_FAILED);
}

static void a_crash_that_nothing_expects_is_a_failure(void **state)
{
    (void)state;
    struct pl_cell_evidence e = bounded_cell();
    struct pl_scenario s = {.duration_ns = 60 * S};
    struct pl_expected x;
    e.wait_status = 11; /* SIGSEGV */
    assert_int_equal(judge(&s, &e, "glibc", &x), PL_VERDICT_FAILED);
    assert_string_equal(
        x.why, "outcome is crashed: ended by signal 11 (Segmentation fault); nothing expects it");
    s.conditions_left = true;
    assert_int_equal(judge(&s, &e, "glibc", &x), PL_VERDICT_FAILED);
    s.conditions_left = false;
    add(&s, "scudo", "any", 0, "crashed", NULL, NULL);
    assert_int_equal(judge(&s, &e, "scudo", &x), PL_VERDICT_MET);
}

static void bad_bounds_are_refused_with_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *metric, *bound, *message;
    } cases[] = {
        {"rss", "<= 1MiB", "x.yaml:7:9: unknown metric rss; did you mean rss_bytes_end?"},
        {"rss_bytes_peak", "<= 1",
         "x.yaml:7:9: rss_bytes_peak: '1' is not a size; expected a size such as 64MiB (B, KiB, "
         "MiB, GiB, kB, MB or GB)"},
        {"rss_bytes_peak", "1MiB",
         "x.yaml:7:9: rss_bytes_peak: '1MiB' is not a comparison; expected one of <=, >=, <, >, = "
         "and a value"},
        {"packets_received", "> many", "x.yaml:7:9: packets_received: 'many' is not a number"},
        {"packets_received", "> nan", "x.yaml:7:9: packets_received: 'nan' is not a number"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s = {.path = "x.yaml"};
        struct pl_error error = {""};
        add(&s, "all", "any", 0, "", cases[i].metric, cases[i].bound);
        s.expectations[0].bounds[0].mark = (struct pl_mark){7, 9};
        assert_int_equal(pl_expectations_check(&s, &error), -EINVAL);
        assert_string_equal(error.text, cases[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_applies_is_by_stack_container_and_duration),
        cmocka_unit_test(an_expectation_may_name_formats),
        cmocka_unit_test(an_expectation_may_name_a_clock),
        cmocka_unit_test(bounds_compare_in_their_metrics_unit),
        cmocka_unit_test(what_missed_a_bound_is_said_in_its_unit),
        cmocka_unit_test(all_that_apply_have_to_be_met),
        cmocka_unit_test(each_bound_that_is_missed_is_said),
        cmocka_unit_test(what_a_ledger_hides_fails_nothing),
        cmocka_unit_test(what_was_not_asked_is_not_passed),
        cmocka_unit_test(many_strangers_leave_a_cell_unchecked),
        cmocka_unit_test(limits_of_others_make_no_verdict),
        cmocka_unit_test(a_crash_that_nothing_expects_is_a_failure),
        cmocka_unit_test(bad_bounds_are_refused_with_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
