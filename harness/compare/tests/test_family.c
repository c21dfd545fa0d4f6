/* Verdicts that take more than a metric's own values: the family of cells that were flagged, the
 * noise that this host was calibrated at, the live bytes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "harness/compare/comparison.h"
#include "harness/compare/tests/documents.h"
#include "harness/stats/signed_rank.h"

#define PAIRS (PL_JUDGE_SCREENING_PAIRS + PL_JUDGE_CONFIRMING_PAIRS)
#define CPU "cpu_ns_per_packet"

/* Both halves of a run. */
struct halves {
    json_t *base, *new;
};

static struct halves make_halves(void)
{
    return (struct halves){document_make("base"), document_make("new")};
}

static void free_halves(struct halves *h)
{
    json_decref(h->base);
    json_decref(h->new);
}

/* The log ratio of a confirming pair: evenly from shift - spread to shift + spread, so that shift
 * is what Hodges and Lehmann's estimate is. */
static double log_ratio(size_t pair, double shift, double spread)
{
    double steps = PL_JUDGE_CONFIRMING_PAIRS - 1;
    return shift + spread * (2 * (double)pair / steps - 1);
}

/* Gives every pair of a cell, the document's k-th, a metric that the screening pairs flag, whatever
 * the confirming ones show. */
static void add_metric(struct halves *h, size_t k, const char *metric, double shift, double spread)
{
    for (size_t i = 0; i < PAIRS; i++) {
        json_t *base = document_metrics(h->base, k * PAIRS + i);
        json_t *new = document_metrics(h->new, k * PAIRS + i);
        double log = i < PL_JUDGE_SCREENING_PAIRS
                         ? shift
                         : log_ratio(i - PL_JUDGE_SCREENING_PAIRS, shift, spread);
        json_object_set_new(base, metric, json_real(100));
        json_object_set_new(new, metric, json_real(100 * exp(log)));
    }
}

static void add_cell(struct halves *h, const char *stack, double shift, double spread)
{
    size_t cells = json_array_size(json_object_get(h->base, "cells")) / PAIRS;
    for (int i = 0; i < PAIRS; i++) {
        document_add(h->base, stack, i);
        document_add(h->new, stack, i);
    }
    add_metric(h, cells, CPU, shift, spread);
}

static struct pl_comparison compare(const struct halves *h, const struct pl_calibration *c)
{
    struct pl_comparison comparison;
    struct pl_error error = {""};
    if (pl_comparison_make(h->base, h->new, c, &comparison, &error))
        fail_msg("%s", error.text);
    return comparison;
}

static const struct pl_judged *find(const struct pl_comparison *c, const char *stack,
                                    const char *metric)
{
    for (size_t i = 0; i < c->cell_count; i++)
        for (size_t k = 0; k < c->cells[i].judged_count; k++)
            if (strcmp(c->cells[i].match->name.allocator, stack) == 0 &&
                strcmp(c->cells[i].judged[k].metric->name, metric) == 0)
                return &c->cells[i].judged[k];
    fail_msg("%s of %s was not judged", metric, stack);
    return NULL;
}

/* What the confirming pairs of add_cell show before any adjustment. */
static double raw_p(double shift, double spread)
{
    double logs[PL_JUDGE_CONFIRMING_PAIRS];
    struct pl_signed_rank test;
    for (size_t i = 0; i < PL_JUDGE_CONFIRMING_PAIRS; i++)
        logs[i] = log_ratio(i, shift, spread);
    assert_int_equal(pl_signed_rank(logs, PL_JUDGE_CONFIRMING_PAIRS, &test), 0);
    return test.p;
}

static const char *const stacks[] = {"glibc", "slab", "limited"};
#define STACKS (sizeof stacks / sizeof *stacks)
#define SHIFT .05
static const double spreads[STACKS] = {.215, .22, .225}; /* the wider, the greater p */

/* Of each it is one in 20 or less that nothing changed; of three together it is not. */
static void each_alone_is_a_change(void **state)
{
    (void)state;
    for (size_t i = 0; i < STACKS; i++) {
        double p = raw_p(SHIFT, spreads[i]);
        assert_true(p < PL_JUDGE_CONFIRMING_P && STACKS * p > PL_JUDGE_CONFIRMING_P);
        struct halves h = make_halves();
        add_cell(&h, stacks[i], SHIFT, spreads[i]);
        /* another metric is another family */
        add_metric(&h, 0, "acquire_ns_p50", SHIFT, spreads[i]);
        add_metric(&h, 0, "acquire_ns_p99", SHIFT, spreads[i]);
        struct pl_comparison c = compare(&h, NULL);
        const struct pl_judged *j = find(&c, stacks[i], CPU);
        assert_int_equal(j->change, PL_CHANGE_WORSE);
        assert_true(fabs(j->p - p) < 1e-9);
        assert_true(fabs(j->ratio - exp(SHIFT)) < 1e-9);
        assert_true(pl_comparison_fails(&c));
        pl_comparison_free(&c);
        free_halves(&h);
    }
}

/* Holm: the least p weighs as often as there are cells, and none after it ends up below it. */
static void three_together_are_chance(void **state)
{
    (void)state;
    double adjusted = 0;
    struct halves h = make_halves();
    for (size_t i = 0; i < STACKS; i++)
        add_cell(&h, stacks[i], SHIFT, spreads[i]);
    struct pl_comparison c = compare(&h, NULL);
    for (size_t i = 0; i < STACKS; i++) {
        const struct pl_judged *j = find(&c, stacks[i], CPU);
        assert_true(j->flagged);
        assert_int_not_equal(j->change, PL_CHANGE_WORSE);
        adjusted = fmax(adjusted, (double)(STACKS - i) * raw_p(SHIFT, spreads[i]));
        assert_true(fabs(j->p - adjusted) < 1e-9);
    }
    assert_int_equal(c.counts[PL_CHANGE_WORSE], 0);
    assert_false(pl_comparison_fails(&c));
    pl_comparison_free(&c);
    free_halves(&h);
}

/* A row of a calibration; what is NULL or 0 is as in the cells of documents.c. */
struct row {
    const char *scenario, *allocator, *format, *clock, *metric;
    double seconds, noise;
};

static void add_row(json_t *rows, const struct row *r)
{
    json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:s, s:s, s:f, s:f}", "scenario",
                                          r->scenario ? r->scenario : "steady-reader", "allocator",
                                          r->allocator ? r->allocator : "glibc", "format",
                                          r->format ? r->format : "f32", "clock",
                                          r->clock ? r->clock : "virtual", "metric",
                                          r->metric ? r->metric : CPU, "duration_seconds",
                                          r->seconds > 0 ? r->seconds : 60, "noise", r->noise));
}

#define ROWS(...)                      \
    (const struct row[]){__VA_ARGS__}, \
        sizeof((const struct row[]){__VA_ARGS__}) / sizeof(struct row)

static struct pl_calibration calibration_of(const struct row *rows, size_t count)
{
    struct pl_calibration c = {
        .root = json_pack("{s:i, s:[], s:[]}", "calibration_version", 1, "cells", "metrics")};
    assert_non_null(c.root);
    for (size_t i = 0; i < count; i++)
        add_row(json_object_get(c.root, "cells"), &rows[i]);
    return c;
}

#define QUIET .001 /* the least threshold, 3 %, holds */
#define LOUD .05   /* twice that is 10 % */

/* Compares glibc and slab, both 5 % slower. @param glibc, slab what each is to be called */
static void verdicts_are(struct pl_calibration c, enum pl_change glibc, enum pl_change slab)
{
    struct halves h = make_halves();
    add_cell(&h, "glibc", SHIFT, .02);
    add_cell(&h, "slab", SHIFT, .02);
    struct pl_comparison comparison = compare(&h, &c);
    assert_int_equal(find(&comparison, "glibc", CPU)->change, glibc);
    assert_int_equal(find(&comparison, "slab", CPU)->change, slab);
    pl_comparison_free(&comparison);
    free_halves(&h);
    pl_calibration_free(&c);
}

static void each_stack_has_its_own_noise(void **state)
{
    (void)state;
    const struct row quiet = {.allocator = "glibc", .noise = QUIET};
    const struct row loud = {.allocator = "slab", .noise = LOUD};
    verdicts_are(calibration_of(NULL, 0), PL_CHANGE_WORSE, PL_CHANGE_WORSE);
    verdicts_are(calibration_of(ROWS(quiet, loud)), PL_CHANGE_WORSE, PL_CHANGE_SAME);
    verdicts_are(calibration_of(ROWS(loud, quiet)), PL_CHANGE_WORSE, PL_CHANGE_SAME);
    const struct row quiet_slab = {.allocator = "slab", .noise = QUIET};
    const struct row loud_glibc = {.allocator = "glibc", .noise = LOUD};
    verdicts_are(calibration_of(ROWS(quiet_slab, loud_glibc)), PL_CHANGE_SAME, PL_CHANGE_WORSE);
}

/* The noise of any other cell would hide the change. */
static void the_noise_of_another_cell_is_none(void **state)
{
    (void)state;
    static const struct row others[] = {
        {.noise = LOUD, .scenario = "burst"}, {.noise = LOUD, .format = "s16"},
        {.noise = LOUD, .clock = "wall"},     {.noise = LOUD, .metric = "acquire_ns_p50"},
        {.noise = LOUD, .seconds = 240},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        verdicts_are(calibration_of(&others[i], 1), PL_CHANGE_WORSE, PL_CHANGE_WORSE);
    verdicts_are(calibration_of(ROWS({.noise = LOUD})), PL_CHANGE_SAME, PL_CHANGE_WORSE);
}

/* @param cpu, p50 shares of false alarms in the calibration */
static struct pl_calibration alarms_of(double cpu, double p50)
{
    struct pl_calibration c = calibration_of(NULL, 0);
    json_object_set_new(c.root, "metrics",
                        json_pack("[{s:s, s:f}, {s:s, s:f}]", "metric", CPU, "false_alarms", cpu,
                                  "metric", "acquire_ns_p50", "false_alarms", p50));
    return c;
}

static void one_metric_is_advisory_and_another_is_not(void **state)
{
    (void)state;
    struct halves h = make_halves();
    struct pl_calibration calibration = alarms_of(2 * PL_CALIBRATION_ALARMS_MAX, .05);
    add_cell(&h, "glibc", SHIFT, .02);
    struct pl_comparison c = compare(&h, &calibration);
    assert_int_equal(find(&c, "glibc", CPU)->change, PL_CHANGE_WORSE);
    assert_true(find(&c, "glibc", CPU)->advisory);
    assert_int_equal(c.advisory, 1);
    assert_false(pl_comparison_fails(&c));
    pl_comparison_free(&c);
    add_metric(&h, 0, "acquire_ns_p50", SHIFT, .02); /* with few false alarms */
    add_metric(&h, 0, "acquire_ns_p99", SHIFT, .02); /* that was not calibrated */
    c = compare(&h, &calibration);
    assert_true(find(&c, "glibc", CPU)->advisory);
    assert_false(find(&c, "glibc", "acquire_ns_p50")->advisory);
    assert_false(find(&c, "glibc", "acquire_ns_p99")->advisory);
    assert_int_equal(c.advisory, 1);
    assert_int_equal(c.counts[PL_CHANGE_WORSE], 2);
    assert_true(pl_comparison_fails(&c));
    pl_comparison_free(&c);
    pl_calibration_free(&calibration);
    free_halves(&h);
}

/* How a ratio that rises from 1.5 is called where the base holds so many bytes. */
static void ratio_is(double new_ratio, json_int_t live_bytes, enum pl_change change)
{
    struct halves h = make_halves();
    for (int i = 0; i < PL_JUDGE_BAND_RUNS; i++) {
        json_t *base = document_add(h.base, "glibc", i), *new = document_add(h.new, "glibc", i);
        json_object_set_new(base, "live_bytes_peak", json_integer(live_bytes));
        json_object_set_new(new, "live_bytes_peak", json_integer(64 * live_bytes));
        json_object_set_new(base, "rss_over_live", json_real(1.5));
        json_object_set_new(new, "rss_over_live", json_real(new_ratio));
    }
    struct pl_comparison c = compare(&h, NULL);
    assert_int_equal(find(&c, "glibc", "rss_over_live")->change, change);
    pl_comparison_free(&c);
    free_halves(&h);
}

/* 256 KiB are once the live bytes of a small cell, and a thousandth of a large one's. */
static void ratios_are_judged_by_the_live_bytes_of_base(void **state)
{
    (void)state;
    ratio_is(2.4, PL_JUDGE_BAND_BYTES, PL_CHANGE_SAME);
    ratio_is(2.6, PL_JUDGE_BAND_BYTES, PL_CHANGE_WORSE);
    ratio_is(2.4, 1000 * PL_JUDGE_BAND_BYTES, PL_CHANGE_WORSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_alone_is_a_change),
        cmocka_unit_test(three_together_are_chance),
        cmocka_unit_test(each_stack_has_its_own_noise),
        cmocka_unit_test(the_noise_of_another_cell_is_none),
        cmocka_unit_test(one_metric_is_advisory_and_another_is_not),
        cmocka_unit_test(ratios_are_judged_by_the_live_bytes_of_base),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
