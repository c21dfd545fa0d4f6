/* The Theil-Sen slope against Sen's example and against SciPy. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/base/slope.h"

#define assert_near(got, expected, tolerance) assert_true(fabs((got) - (expected)) <= (tolerance))

/* P. K. Sen, JASA 63 (1968), the worked example: the estimate is 4. */
static void the_slope_is_sens(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3, 4, 10, 12, 18}, y[] = {9, 15, 19, 20, 45, 55, 78};
    struct pl_slope slope;
    assert_int_equal(pl_slope_fit(x, y, 7, &slope), 0);
    assert_true(slope.median == 4.0);
    /* 21 slopes, z * sd of Kendall's score = 13.05: ranks 3 and 19, rounded outwards. */
    assert_true(slope.low == 11.0 / 3.0);
    assert_true(slope.high == 5.0);
}

/* Flow of the Nile at Aswan, 10^8 m3 a year from 1871 (R's datasets::Nile). SciPy 1.10,
 * theilslopes(nile, years, .95): -2.6, from -3.6279 to -1.4286; it rounds the ranks of the ends to
 * the nearest. Outwards, as here, sort() in R gives the figures below. */
static void the_slope_of_the_nile(void **state)
{
    (void)state;
    const double nile[] = {
        1120, 1160, 963, 1210, 1160, 1160, 813,  1230, 1370, 1140, 995,  935,  1110, 994,  1020,
        960,  1180, 799, 958,  1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774,  840,
        874,  694,  940, 833,  701,  916,  692,  1020, 1050, 969,  831,  726,  456,  824,  702,
        1120, 1100, 832, 764,  821,  768,  845,  864,  862,  698,  845,  744,  796,  1040, 759,
        781,  865,  845, 944,  984,  897,  822,  1010, 771,  676,  649,  846,  812,  742,  801,
        1040, 860,  874, 848,  890,  744,  749,  838,  1050, 918,  986,  797,  923,  975,  815,
        1020, 906,  901, 1170, 912,  746,  919,  718,  714,  740};
    double years[100];
    for (int i = 0; i < 100; i++)
        years[i] = 1871 + i;
    struct pl_slope slope;
    assert_int_equal(pl_slope_fit(years, nile, 100, &slope), 0);
    assert_near(slope.median, -2.6, 1e-12);
    assert_near(slope.low, -3.62857142857143, 1e-12);
    assert_near(slope.high, -1.42424242424242, 1e-12);
}

static void refuses_too_few_and_too_many(void **state)
{
    (void)state;
    static const double values[PL_SLOPE_POINTS_MAX + 1];
    struct pl_slope slope = {.median = 42};
    assert_int_equal(pl_slope_fit(values, values, 1, &slope), -EINVAL);
    assert_int_equal(pl_slope_fit(values, values, PL_SLOPE_POINTS_MAX + 1, &slope), -EINVAL);
    assert_true(slope.median == 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_slope_is_sens),
        cmocka_unit_test(the_slope_of_the_nile),
        cmocka_unit_test(refuses_too_few_and_too_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
