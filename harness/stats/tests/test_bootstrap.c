/* The bootstrap against all resamples there are, and against one made with R. */
#include <errno.h>
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/stats/bootstrap.h"
#include "harness/stats/hodges_lehmann.h"
#include "harness/stats/tests/draw.h"
#include "harness/stats/values.h"

/* Darwin's maize, as in Wilcoxon 1945. */
static const double maize[] = {6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75};

static struct pl_bootstrap resampled(const double *values, size_t count, size_t draws,
                                     size_t rounds, double level, uint64_t seed)
{
    struct pl_bootstrap out;
    assert_int_equal(pl_bootstrap_hodges_lehmann(values, count, draws, rounds, level, seed, &out),
                     0);
    return out;
}

/* Each of the count^draws resamples, estimated. @return how many */
static size_t all_resamples(const double *values, size_t count, size_t draws, double *estimates)
{
    size_t all = 1;
    for (size_t i = 0; i < draws; i++)
        all *= count;
    for (size_t number = 0; number < all; number++) {
        double drawn[8];
        for (size_t i = 0, rest = number; i < draws; i++, rest /= count)
            drawn[i] = values[rest % count];
        assert_int_equal(pl_hodges_lehmann(drawn, draws, &estimates[number]), 0);
    }
    return all;
}

static double deviation(const double *values, size_t count)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    for (size_t i = 0; i < count; i++)
        squares += pow(values[i] - sum / (double)count, 2);
    return sqrt(squares / (double)count);
}

static double share_below(const double *values, size_t count, double than, bool or_equal)
{
    size_t below = 0;
    for (size_t i = 0; i < count; i++)
        below += values[i] < than || (or_equal && values[i] == than);
    return (double)below / (double)count;
}

/* 20,000 draws tell a standard deviation to about 0.5 % (1 / sqrt(2n)): 3 % are six times that. A
 * share of .1 they tell to .002: .01 is five times that. */
static void agrees_with_all_resamples(void **state)
{
    (void)state;
    const double values[] = {1.5, -2, 10, 3.25, 4};
    double *estimates = malloc(3125 * sizeof *estimates);
    assert_non_null(estimates);
    for (size_t draws = 1; draws <= 5; draws++) {
        size_t all = all_resamples(values, 5, draws, estimates);
        struct pl_bootstrap out = resampled(values, 5, draws, 20000, 0.8, draws);
        double sd = deviation(estimates, all);
        assert_near(out.sd, sd, 0.03 * sd);
        assert_true(share_below(estimates, all, out.low, false) <= 0.11);
        assert_true(share_below(estimates, all, out.low, true) >= 0.09);
        assert_true(share_below(estimates, all, out.high, false) <= 0.91);
        assert_true(share_below(estimates, all, out.high, true) >= 0.89);
    }
    free(estimates);
}

/* R 4.2, 200,000 resamples of 15 (50,000 of 40), replicate(R, hl(sample(maize, n, TRUE))) with hl
 * the median of the Walsh averages: 2.5 % and 97.5 % quantiles and sd(). */
static void agrees_with_r(void **state)
{
    (void)state;
    struct pl_bootstrap own = resampled(maize, 15, 0, 20000, 0.95, 1);
    assert_near(own.low, 4.0, 0.8);
    assert_near(own.high, 40.5, 0.8);
    assert_near(own.sd, 9.058, 0.2);
    struct pl_bootstrap more = resampled(maize, 15, 40, 20000, 0.95, 1);
    assert_near(more.low, 15, 0.5);
    assert_near(more.high, 35, 0.5);
    assert_near(more.sd, 5.317, 0.15);
}

static void repeats_to_the_bit(void **state)
{
    (void)state;
    struct pl_bootstrap one = resampled(maize, 15, 20, 500, 0.95, 9);
    struct pl_bootstrap two = resampled(maize, 15, 20, 500, 0.95, 9);
    struct pl_bootstrap other = resampled(maize, 15, 20, 500, 0.95, 10);
    assert_memory_equal(&one, &two, sizeof one);
    assert_true(one.sd != other.sd);
    struct pl_bootstrap named = resampled(maize, 15, 15, 500, 0.95, 9);
    struct pl_bootstrap unnamed = resampled(maize, 15, 0, 500, 0.95, 9);
    assert_memory_equal(&named, &unnamed, sizeof named);
}

static void equal_values_have_no_spread(void **state)
{
    (void)state;
    const double same[] = {3, 3, 3, 3}, huge[] = {DBL_MAX / 4, -DBL_MAX / 4};
    struct pl_bootstrap out = resampled(same, 4, 0, 100, 0.95, 1);
    assert_true(out.low == 3 && out.high == 3 && out.sd == 0);
    out = resampled(huge, 2, 1, 10000, 0.5, 1);
    assert_true(out.low == huge[1] && out.high == huge[0]);
    assert_near(out.sd / (DBL_MAX / 4), 1, 0.01); /* and no infinity on the way */
}

static void refuses_what_it_cannot_resample(void **state)
{
    (void)state;
    const double good[] = {1, 2}, nan[] = {1, NAN};
    struct pl_bootstrap out = {.sd = 42}, untouched = out;
    assert_int_equal(pl_bootstrap_hodges_lehmann(good, 0, 0, 9, .9, 1, &out), -EINVAL);
    assert_int_equal(pl_bootstrap_hodges_lehmann(nan, 2, 0, 9, .9, 1, &out), -EINVAL);
    assert_int_equal(pl_bootstrap_hodges_lehmann(good, 2, PL_STATS_VALUES_MAX + 1, 9, .9, 1, &out),
                     -EINVAL);
    assert_int_equal(pl_bootstrap_hodges_lehmann(good, 2, 0, 1, .9, 1, &out), -EINVAL);
    assert_int_equal(
        pl_bootstrap_hodges_lehmann(good, 2, 0, PL_BOOTSTRAP_ROUNDS_MAX + 1, .9, 1, &out), -EINVAL);
    assert_int_equal(pl_bootstrap_hodges_lehmann(good, 2, 0, 9, 1, 1, &out), -EINVAL);
    assert_int_equal(pl_bootstrap_hodges_lehmann(good, 2, 0, 9, 0, 1, &out), -EINVAL);
    assert_int_equal(pl_bootstrap_hodges_lehmann(good, 2, 0, 9, NAN, 1, &out), -EINVAL);
    assert_memory_equal(&out, &untouched, sizeof out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_all_resamples),
        cmocka_unit_test(agrees_with_r),
        cmocka_unit_test(repeats_to_the_bit),
        cmocka_unit_test(equal_values_have_no_spread),
        cmocka_unit_test(refuses_what_it_cannot_resample),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
