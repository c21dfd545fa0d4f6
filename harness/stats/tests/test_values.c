/* Medians and quantiles against sorting, and the Hodges-Lehmann estimates against their definition.
 */
#include <errno.h>
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "harness/base/random.h"
#include "harness/stats/hodges_lehmann.h"
#include "harness/stats/ranks.h"
#include "harness/stats/tests/draw.h"
#include "harness/stats/values.h"

#define CLOSE 1e-12
#define MOST 60

/* Of every size up to MOST, with few and with many equal values, in any order. */
static void the_median_is_that_of_sorting(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (size_t count = 1; count <= MOST; count++) {
        for (uint64_t distinct = 1; distinct <= 1000; distinct *= 3) {
            double values[MOST], sorted[MOST];
            for (size_t i = 0; i < count; i++)
                sorted[i] = values[i] = (double)(pl_random_next(&seed) % distinct) - 20;
            pl_values_sort(sorted, count);
            for (size_t i = 1; i < count; i++)
                assert_true(sorted[i - 1] <= sorted[i]);
            double expected = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
            assert_near(pl_values_median(values, count), expected, CLOSE);
            assert_near(pl_values_quantile(sorted, count, 0.5), expected, CLOSE);
        }
    }
}

/* Ascending, descending and organ-pipe orders: where a careless selection never ends. */
static void the_median_of_ordered_values(void **state)
{
    (void)state;
    for (size_t count = 1; count <= MOST; count++) {
        double up[MOST], down[MOST], pipe[MOST];
        for (size_t i = 0; i < count; i++) {
            up[i] = (double)i;
            down[i] = (double)(count - 1 - i);
            pipe[i] = (double)(i < count / 2 ? 2 * i : 2 * (count - 1 - i) + 1);
        }
        double middle = (double)(count - 1) / 2;
        assert_near(pl_values_median(up, count), middle, CLOSE);
        assert_near(pl_values_median(down, count), middle, CLOSE);
        if (count % 2 == 0) /* 0 2 4 .. 5 3 1 holds each of 0 to count - 1 once */
            assert_near(pl_values_median(pipe, count), middle, CLOSE);
    }
}

/* Definition 7 by hand: the quantile of q lies at 1 + (n - 1) q. */
static void quantiles_by_hand(void **state)
{
    (void)state;
    const double sorted[] = {1, 2, 4, 8};
    assert_near(pl_values_quantile(sorted, 4, 0), 1, CLOSE);
    assert_near(pl_values_quantile(sorted, 4, 0.25), 1.75, CLOSE);
    assert_near(pl_values_quantile(sorted, 4, 0.9), 6.8, CLOSE);
    assert_near(pl_values_quantile(sorted, 4, 1), 8, CLOSE);
    assert_near(pl_values_quantile(sorted, 1, 0.3), 1, CLOSE);
}

/* Wilcoxon 1945, the flies killed by spray A among those of both: his own ranks. */
static void midranks_of_wilcoxons_example(void **state)
{
    (void)state;
    const double killed[] = {68, 68, 59, 72, 64, 67, 70, 74, 60, 67, 61, 62, 67, 63, 56, 58};
    const double ranks[] = {12.5, 12.5, 3, 15, 8, 10, 14, 16, 4, 10, 5, 6, 10, 7, 1, 2};
    size_t doubled[16];
    double ties;
    assert_int_equal(pl_ranks(killed, 16, doubled, &ties), 0);
    for (size_t i = 0; i < 16; i++)
        assert_near((double)doubled[i] / 2, ranks[i], 0);
    assert_near(ties, (8 - 2) + (27 - 3), 0); /* two of 68, three of 67 */
}

/* Quantiles of the standard normal distribution as printed in every table: 1.959964 and 2.575829.
 */
static void the_normal_tail_is_two_sided_and_corrected(void **state)
{
    (void)state;
    assert_near(pl_ranks_normal_p(1.959964 + 0.5, 1), 0.05, 1e-7);
    assert_near(pl_ranks_normal_p(-2 * 2.575829 - 0.5, 4), 0.01, 1e-7);
    assert_near(pl_ranks_normal_p(0.25, 1), 1, 0);
    assert_near(pl_ranks_normal_p(0, 0), 1, 0);
}

/* By hand: the Walsh averages of 1, 2, 10 are 1, 1.5, 2, 5.5, 6, 10. */
static void pseudo_median_by_hand(void **state)
{
    (void)state;
    const double values[] = {10, 1, 2}, lone[] = {7};
    double estimate;
    assert_int_equal(pl_hodges_lehmann(values, 3, &estimate), 0);
    assert_near(estimate, 3.75, CLOSE);
    assert_int_equal(pl_hodges_lehmann(lone, 1, &estimate), 0);
    assert_near(estimate, 7, 0);
}

/* By hand: 10, 1, 2 less 1, 4 are 9, 6, 0, -3, 1, -2. */
static void shift_by_hand(void **state)
{
    (void)state;
    const double x[] = {10, 1, 2}, y[] = {1, 4};
    double shift;
    assert_int_equal(pl_hodges_lehmann_shift(x, 3, y, 2, &shift), 0);
    assert_near(shift, 0.5, CLOSE);
    assert_int_equal(pl_hodges_lehmann_shift(y, 2, x, 3, &shift), 0);
    assert_near(shift, -0.5, CLOSE);
}

static void estimates_refuse_what_is_no_sample(void **state)
{
    (void)state;
    const double good[] = {1, 2}, nan[] = {1, NAN}, inf[] = {-INFINITY, 1}, huge[] = {1, DBL_MAX};
    static const double many[PL_STATS_VALUES_MAX + 1];
    double untouched = 42;
    assert_int_equal(pl_hodges_lehmann(good, 0, &untouched), -EINVAL);
    assert_int_equal(pl_hodges_lehmann(nan, 2, &untouched), -EINVAL);
    assert_int_equal(pl_hodges_lehmann(inf, 2, &untouched), -EINVAL);
    assert_int_equal(pl_hodges_lehmann(huge, 2, &untouched), -EINVAL);
    assert_int_equal(pl_hodges_lehmann(many, PL_STATS_VALUES_MAX + 1, &untouched), -EINVAL);
    assert_int_equal(pl_hodges_lehmann_shift(good, 2, nan, 2, &untouched), -EINVAL);
    assert_int_equal(pl_hodges_lehmann_shift(inf, 2, good, 2, &untouched), -EINVAL);
    assert_int_equal(pl_hodges_lehmann_shift(good, 2, good, 0, &untouched), -EINVAL);
    assert_near(untouched, 42, 0);
    assert_int_equal(pl_hodges_lehmann(many, PL_STATS_VALUES_MAX, &untouched), 0);
    assert_near(untouched, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_median_is_that_of_sorting),
        cmocka_unit_test(the_median_of_ordered_values),
        cmocka_unit_test(quantiles_by_hand),
        cmocka_unit_test(midranks_of_wilcoxons_example),
        cmocka_unit_test(the_normal_tail_is_two_sided_and_corrected),
        cmocka_unit_test(pseudo_median_by_hand),
        cmocka_unit_test(shift_by_hand),
        cmocka_unit_test(estimates_refuse_what_is_no_sample),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
