/* The rules of the classes, one by one. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/base/random.h"
#include "harness/compare/judge.h"

#define KIB 1024.0
#define SIDE(...)                                             \
    (&(struct pl_judge_values){(const double[]){__VA_ARGS__}, \
                               sizeof((const double[]){__VA_ARGS__}) / sizeof(double)})

static struct pl_judged of(const char *metric)
{
    struct pl_judged j = {.metric = pl_metric_find(metric)};
    assert_non_null(j.metric);
    return j;
}

static const struct pl_band plain = {(double)NAN, 1800}, alive = {256 * KIB, 1800};

static void exact_values_are_the_same_or_not(void **state)
{
    (void)state;
    struct pl_judged j = of("live_bytes_peak");
    pl_judge_exact(&j, SIDE(100, 100), SIDE(100));
    assert_int_equal(j.change, PL_CHANGE_SAME);
    pl_judge_exact(&j, SIDE(100), SIDE(101));
    assert_int_equal(j.change, PL_CHANGE_WORSE);
    assert_true(fabs(j.ratio - 1.01) < 1e-12);
    pl_judge_exact(&j, SIDE(100), SIDE(99));
    assert_int_equal(j.change, PL_CHANGE_BETTER);
    j = of("packets_delivered");
    pl_judge_exact(&j, SIDE(100), SIDE(99));
    assert_int_equal(j.change, PL_CHANGE_WORSE);
    j = of("allocated_bytes_total");
    pl_judge_exact(&j, SIDE(100), SIDE(99));
    assert_int_equal(j.change, PL_CHANGE_INCONCLUSIVE);
    assert_non_null(strstr(j.why, "neither way"));
}

static void repetitions_that_differ_are_the_suites_fault(void **state)
{
    (void)state;
    struct pl_judged j = of("live_bytes_peak");
    pl_judge_exact(&j, SIDE(100, 100), SIDE(100, 101));
    assert_int_equal(j.change, PL_CHANGE_NOT_COMPARABLE);
    assert_true(j.nondeterministic);
    assert_non_null(strstr(j.why, "repetitions of new differ (100 and 101)"));
    j = of("live_bytes_peak");
    pl_judge_exact(&j, SIDE(7, 8), SIDE(7));
    assert_true(j.nondeterministic);
}

static void a_band_takes_five_runs(void **state)
{
    (void)state;
    struct pl_judged j = of("rss_bytes_peak");
    pl_judge_band(&j, SIDE(1, 1, 1, 1), SIDE(1, 1, 1, 1, 1), &plain);
    assert_int_equal(j.change, PL_CHANGE_INCONCLUSIVE);
    assert_non_null(strstr(j.why, "4 and 5 runs"));
}

static void band_of(double base, double new, enum pl_change change)
{
    struct pl_judged j = of("rss_bytes_peak");
    pl_judge_band(&j, SIDE(base, base, base, base, base), SIDE(new, new, new, new, new), &plain);
    assert_int_equal(j.change, change);
}

static void the_band_is_256_kib_or_one_percent(void **state)
{
    (void)state;
    band_of(1e6, 1e6 + 256 * KIB, PL_CHANGE_SAME);
    band_of(1e6, 1e6 + 256 * KIB + 4096, PL_CHANGE_WORSE);
    band_of(1e6, 1e6 - 256 * KIB - 4096, PL_CHANGE_BETTER);
    band_of(1e9, 1.0099e9, PL_CHANGE_SAME);
    band_of(1e9, 1.0101e9, PL_CHANGE_WORSE);
}

static void a_difference_within_the_spread_is_none(void **state)
{
    (void)state;
    struct pl_judged j = of("rss_bytes_peak");
    pl_judge_band(&j, SIDE(1e7, 2e7, 3e7, 4e7, 5e7), SIDE(1.5e7, 2.5e7, 3.5e7, 4.5e7, 5.5e7),
                  &plain);
    assert_int_equal(j.change, PL_CHANGE_INCONCLUSIVE);
    assert_non_null(strstr(j.why, "within the spread"));
    assert_true(j.p > PL_JUDGE_BAND_P);
}

static void single_runs_beyond_the_band_are_not_the_same(void **state)
{
    (void)state;
    struct pl_judged j = of("rss_bytes_peak");
    pl_judge_band(&j, SIDE(1e6, 1e6, 1e6, 1e6, 1e6), SIDE(1e6, 1e6, 1e6, 1e8, 1e8), &plain);
    assert_int_equal(j.change, PL_CHANGE_INCONCLUSIVE);
    assert_non_null(strstr(j.why, "single runs beyond it"));
    pl_judge_band(&j, SIDE(1e6, 1e6, 1e6, 1e8, 1e8), SIDE(1e6, 1e6, 1e6, 1e6, 1e6), &plain);
    assert_int_equal(j.change, PL_CHANGE_INCONCLUSIVE);
}

static void other_units_have_the_same_band(void **state)
{
    (void)state;
    struct pl_judged j = of("faults_minor");
    pl_judge_band(&j, SIDE(10, 10, 10, 10, 10), SIDE(74, 74, 74, 74, 74), &plain);
    assert_int_equal(j.change, PL_CHANGE_SAME); /* 64 pages are 256 KiB */
    pl_judge_band(&j, SIDE(10, 10, 10, 10, 10), SIDE(75, 75, 75, 75, 75), &plain);
    assert_int_equal(j.change, PL_CHANGE_WORSE);
    j = of("rss_growth_bytes_per_minute"); /* 256 KiB in 15 minutes */
    pl_judge_band(&j, SIDE(0, 0, 0, 0, 0), SIDE(17000, 17000, 17000, 17000, 17000), &plain);
    assert_int_equal(j.change, PL_CHANGE_SAME);
    pl_judge_band(&j, SIDE(0, 0, 0, 0, 0), SIDE(18000, 18000, 18000, 18000, 18000), &plain);
    assert_int_equal(j.change, PL_CHANGE_WORSE);
    j = of("rss_over_live");
    pl_judge_band(&j, SIDE(1, 1, 1, 1, 1), SIDE(1.9, 1.9, 1.9, 1.9, 1.9), &alive);
    assert_int_equal(j.change, PL_CHANGE_SAME);
    pl_judge_band(&j, SIDE(1, 1, 1, 1, 1), SIDE(2.1, 2.1, 2.1, 2.1, 2.1), &alive);
    assert_int_equal(j.change, PL_CHANGE_WORSE);
}

#define MOST 200

/* Pairs whose log ratios are `shift` with a triangular noise of `spread` around it. */
struct pairs {
    double base[MOST], new[MOST];
    size_t count;
};

static void draw(struct pairs *p, size_t count, double shift, double spread, uint64_t seed)
{
    p->count = count;
    for (size_t i = 0; i < count; i++) {
        double a = (double)(pl_random_next(&seed) >> 11) / 9007199254740992.0;
        double b = (double)(pl_random_next(&seed) >> 11) / 9007199254740992.0;
        p->base[i] = 100;
        p->new[i] = 100 * exp(shift + spread * (a - b));
    }
}

static struct pl_judged judge(const struct pairs *p, double noise)
{
    struct pl_judged j = of("cpu_ns_per_packet");
    pl_judge_pairs(&j, &(struct pl_judge_values){p->base, p->count},
                   &(struct pl_judge_values){p->new, p->count}, PL_JUDGE_SCREENING_PAIRS, noise);
    return j;
}

static void pairs_that_are_not_flagged_are_the_same(void **state)
{
    (void)state;
    struct pairs p;
    draw(&p, 20, 0, .02, 1);
    struct pl_judged j = judge(&p, (double)NAN);
    assert_int_equal(j.change, PL_CHANGE_SAME);
    assert_false(j.flagged || j.confirming);
    assert_true(j.low <= 1 && j.high >= 1);
    assert_true(fabs(j.threshold - PL_JUDGE_LEAST_RATIO) < 1e-12);
}

static void what_is_too_noisy_is_not_called_the_same(void **state)
{
    (void)state;
    struct pairs p;
    draw(&p, 20, 0, 1.5, 4);
    struct pl_judged j = judge(&p, (double)NAN);
    assert_int_equal(j.change, PL_CHANGE_INCONCLUSIVE);
    assert_non_null(strstr(j.why, "too noisy"));
}

static void what_is_flagged_waits_for_fresh_pairs(void **state)
{
    (void)state;
    struct pairs p;
    draw(&p, 20, .08, .05, 2);
    struct pl_judged j = judge(&p, (double)NAN);
    assert_int_equal(j.change, PL_CHANGE_INCONCLUSIVE);
    assert_true(j.flagged);
    assert_false(j.confirming);
    assert_non_null(strstr(j.why, "fresh ones"));
}

static void fresh_pairs_alone_confirm(void **state)
{
    (void)state;
    struct pairs p, later;
    draw(&p, 20, .08, .05, 2);
    draw(&later, 40, 0, .05, 3); /* the alarm was false */
    memcpy(p.base + 20, later.base, 40 * sizeof *p.base);
    memcpy(p.new + 20, later.new, 40 * sizeof *p.new);
    p.count = 60;
    struct pl_judged j = judge(&p, (double)NAN);
    assert_true(j.confirming);
    assert_true(fabs(j.ratio - 1) < .02);
    pl_judge_confirm(&j, j.p);
    assert_int_equal(j.change, PL_CHANGE_SAME);
    assert_non_null(strstr(j.why, "did not confirm"));
}

static void a_real_change_is_confirmed_and_has_a_direction(void **state)
{
    (void)state;
    struct pairs p;
    draw(&p, 60, .08, .05, 2);
    struct pl_judged j = judge(&p, (double)NAN);
    assert_true(j.confirming);
    pl_judge_confirm(&j, j.p);
    assert_int_equal(j.change, PL_CHANGE_WORSE);
    assert_true(fabs(j.ratio - exp(.08)) < .02);
    assert_true(j.low < j.ratio && j.ratio < j.high);
    draw(&p, 60, -.08, .05, 2);
    j = judge(&p, (double)NAN);
    pl_judge_confirm(&j, j.p);
    assert_int_equal(j.change, PL_CHANGE_BETTER);
}

static void holm_and_the_threshold_both_have_to_be_passed(void **state)
{
    (void)state;
    struct pairs p;
    draw(&p, 60, .08, .05, 2);
    struct pl_judged j = judge(&p, (double)NAN);
    pl_judge_confirm(&j, .06); /* adjusted over many cells */
    assert_int_equal(j.change, PL_CHANGE_INCONCLUSIVE);
    assert_non_null(strstr(j.why, "don't prove it"));
    j = judge(&p, .05); /* twice the host's noise is 10 % */
    assert_true(fabs(j.threshold - .1) < 1e-12);
    pl_judge_confirm(&j, j.p);
    assert_int_equal(j.change, PL_CHANGE_SAME);
    assert_non_null(strstr(j.why, "within the threshold"));
    draw(&p, 60, .2, .05, 2);
    j = judge(&p, .15);
    pl_judge_confirm(&j, j.p);
    assert_int_equal(j.change, PL_CHANGE_INCONCLUSIVE);
    assert_non_null(strstr(j.why, "this host's noise asks for more"));
}

static void too_few_pairs_and_zeros_show_nothing(void **state)
{
    (void)state;
    struct pairs p;
    draw(&p, 5, .5, .01, 2);
    struct pl_judged j = judge(&p, (double)NAN);
    assert_int_equal(j.change, PL_CHANGE_INCONCLUSIVE);
    assert_non_null(strstr(j.why, "5 pairs"));
    draw(&p, 20, .5, .01, 2);
    p.base[3] = 0;
    j = judge(&p, (double)NAN);
    assert_int_equal(j.change, PL_CHANGE_INCONCLUSIVE);
    assert_non_null(strstr(j.why, "no ratio"));
    draw(&p, 60, .5, .01, 2);
    p.base[25] = 0; /* of the fresh ones */
    j = judge(&p, (double)NAN);
    assert_int_equal(j.change, PL_CHANGE_INCONCLUSIVE);
    assert_string_equal(j.why, "flagged, but values of the fresh pairs have no ratio");
}

/* What a sanitizer looks for is the same in each of them. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { TRIALS = 10 };
#else
enum { TRIALS = 200 };
#endif

/* On made-up noise of 7 % a pair: hardly a false alarm, and both stages together find 5 % in most
 * cases and 10 % nearly always. (SciPy's wilcoxon in the same two stages, normal noise of 7 %:
 * .005, .95 and 1.) */
static int found(double shift)
{
    int hits = 0;
    for (int i = 0; i < TRIALS; i++) {
        struct pairs p;
        draw(&p, 60, shift, .1715, (uint64_t)i * 977 + 5); /* a - b has sd 1 / sqrt 6 */
        struct pl_judged j = judge(&p, (double)NAN);
        if (j.confirming)
            pl_judge_confirm(&j, j.p);
        hits += j.change == PL_CHANGE_WORSE;
    }
    return hits;
}

static void two_stages_have_the_power_they_claim(void **state)
{
    (void)state;
    assert_true(found(0) <= TRIALS / 50);
    assert_true(found(log(1.05)) * 100 >= TRIALS * 85);
    assert_true(found(log(1.10)) * 100 >= TRIALS * 98);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_values_are_the_same_or_not),
        cmocka_unit_test(repetitions_that_differ_are_the_suites_fault),
        cmocka_unit_test(a_band_takes_five_runs),
        cmocka_unit_test(the_band_is_256_kib_or_one_percent),
        cmocka_unit_test(a_difference_within_the_spread_is_none),
        cmocka_unit_test(single_runs_beyond_the_band_are_not_the_same),
        cmocka_unit_test(other_units_have_the_same_band),
        cmocka_unit_test(pairs_that_are_not_flagged_are_the_same),
        cmocka_unit_test(what_is_too_noisy_is_not_called_the_same),
        cmocka_unit_test(what_is_flagged_waits_for_fresh_pairs),
        cmocka_unit_test(fresh_pairs_alone_confirm),
        cmocka_unit_test(a_real_change_is_confirmed_and_has_a_direction),
        cmocka_unit_test(holm_and_the_threshold_both_have_to_be_passed),
        cmocka_unit_test(too_few_pairs_and_zeros_show_nothing),
        cmocka_unit_test(two_stages_have_the_power_they_claim),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
