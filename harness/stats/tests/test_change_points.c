/* E-divisive: its statistic by hand, by definition and by R; its p against all permutations;
 * planted changes; and its rate of false alarms. */
#include <errno.h>
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/stats/change_points.h"
#include "harness/stats/energy.h"
#include "harness/stats/tests/draw.h"
#include "harness/stats/values.h"

#define CLOSE 1e-9
#define POINTS 64

struct found {
    struct pl_change_point points[POINTS];
    size_t count;
};

static struct found look(const double *values, size_t count,
                         const struct pl_change_options *options)
{
    struct found f = {0};
    assert_int_equal(pl_change_points(values, count, options, f.points, POINTS, &f.count), 0);
    return f;
}

static struct pl_energy_split divided(const double *values, size_t count, double alpha,
                                      size_t least)
{
    double work[2 * PL_CHANGE_VALUES_MAX];
    return pl_energy_divide(values, count, alpha, least, work);
}

/* 0 1 | 4 6: between 4 + 6 + 3 + 5 = 18, within 1 and 2; 2 * 4 / 4 * (2 * 18 / 4 - 1 - 2) = 6. */
static void the_distance_by_hand(void **state)
{
    (void)state;
    const double values[] = {0, 1, 4, 6};
    struct pl_energy_split split = divided(values, 4, 1, 2);
    assert_int_equal(split.at, 2);
    assert_near(split.distance, 6, CLOSE);
    assert_int_equal(divided(values, 3, 1, 2).at, 0); /* no room for two parts */
}

/* Flow of the Nile at Aswan, 10^8 m3 a year from 1871 (R's datasets::Nile); it fell from 1899 on
 * (G. W. Cobb, "The Problem of the Nile", Biometrika 65, 1978). */
static const double nile[] = {
    1120, 1160, 963, 1210, 1160, 1160, 813,  1230, 1370, 1140, 995,  935,  1110, 994,  1020,
    960,  1180, 799, 958,  1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774,  840,
    874,  694,  940, 833,  701,  916,  692,  1020, 1050, 969,  831,  726,  456,  824,  702,
    1120, 1100, 832, 764,  821,  768,  845,  864,  862,  698,  845,  744,  796,  1040, 759,
    781,  865,  845, 944,  984,  897,  822,  1010, 771,  676,  649,  846,  812,  742,  801,
    1040, 860,  874, 848,  890,  744,  749,  838,  1050, 918,  986,  797,  923,  975,  815,
    1020, 906,  901, 1170, 912,  746,  919,  718,  714,  740};

/* R 4.2, the formula written out with outer() and choose() over every division and end. */
static void the_distance_as_r_computes_it(void **state)
{
    (void)state;
    struct pl_energy_split plain = divided(nile, 100, 1, 5), root = divided(nile, 100, 0.5, 5);
    assert_int_equal(plain.at, 28);
    assert_near(plain.distance, 4916.59080767514, 1e-7);
    assert_int_equal(root.at, 28);
    assert_near(root.distance, 178.615605572502, 1e-8);
}

static double power_sum(const double *x, size_t n, const double *y, size_t m, double alpha)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++)
            sum += x[i] == y[j] ? 0 : pow(fabs(x[i] - y[j]), alpha);
    return sum;
}

/* Q by its definition. */
static double brute_distance(const double *x, size_t n, const double *y, size_t m, double alpha)
{
    double first = power_sum(x, n, x, n, alpha) / 2 / ((double)(n * (n - 1)) / 2);
    double second = power_sum(y, m, y, m, alpha) / 2 / ((double)(m * (m - 1)) / 2);
    double both = 2 * power_sum(x, n, y, m, alpha) / (double)(n * m);
    return (double)(n * m) / (double)(n + m) * (both - first - second);
}

static double brute_best(const double *values, size_t count, double alpha, size_t least)
{
    double best = 0;
    for (size_t at = least; at + least <= count; at++)
        for (size_t end = at + least; end <= count; end++)
            best = fmax(best, brute_distance(values, at, values + at, end - at, alpha));
    return best;
}

/* The division is the best there is, and the distance is that of some end behind it. */
static void the_distance_by_its_definition(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (size_t count = 4; count <= 24; count++)
        for (int run = 0; run < 12; run++) {
            double values[24], alpha = 0.5 + 0.5 * (run % 3), nearest = INFINITY;
            for (size_t i = 0; i < count; i++)
                values[i] = run % 2 ? draw_coarse(&seed, 4) : draw_normal(&seed);
            size_t least = 2 + (size_t)run % 2;
            struct pl_energy_split split = divided(values, count, alpha, least);
            assert_near(split.distance, brute_best(values, count, alpha, least), CLOSE);
            for (size_t end = split.at + least; split.at && end <= count; end++)
                nearest = fmin(nearest, fabs(brute_distance(values, split.at, values + split.at,
                                                            end - split.at, alpha) -
                                             split.distance));
            assert_true(!split.at || nearest <= CLOSE);
        }
}

static size_t permutations_as_far(double *values, size_t count, size_t fixed, double distance,
                                  size_t *all)
{
    if (fixed == count) {
        ++*all;
        return brute_best(values, count, 1, 2) >= distance * (1 - CLOSE);
    }
    size_t far = 0;
    for (size_t i = fixed; i < count; i++) {
        double own = values[i];
        values[i] = values[fixed];
        values[fixed] = own;
        far += permutations_as_far(values, count, fixed + 1, distance, all);
        values[fixed] = values[i];
        values[i] = own;
    }
    return far;
}

/* Of all orders of these values, how many divide as far: 20,000 random ones tell the same share to
 * within five standard errors. */
static void p_is_the_share_of_permutations(void **state)
{
    (void)state;
    const struct pl_change_options options = {
        .min_segment = 2, .rounds = 20000, .level = 0.9, .seed = 1};
    const double series[][7] = {
        {1, 3, 2, 7, 9, 8, 6}, {1, 5, 2, 4, 9, 8, 3}, {1, 1, 2, 2, 1, 2, 3}};
    for (size_t k = 0; k < 3; k++) {
        double values[7];
        size_t all = 0;
        memcpy(values, series[k], sizeof values);
        struct pl_energy_split split = divided(values, 7, 1, 2);
        double share = (double)permutations_as_far(values, 7, 0, split.distance, &all);
        assert_int_equal(all, 5040);
        share /= (double)all;
        struct found f = look(values, 7, &options);
        size_t i = 0;
        while (i < f.count && f.points[i].index != split.at)
            i++;
        assert_true(i < f.count);
        assert_near(f.points[i].p, share, 5 * sqrt(share * (1 - share) / 20000) + 1e-4);
    }
}

/* Levels of `run` values each, in noise of a standard deviation of 1. */
static void plant(double *values, const double *levels, size_t count, size_t run, uint64_t *seed)
{
    for (size_t i = 0; i < count * run; i++)
        values[i] = levels[i / run] + draw_normal(seed);
}

static void planted_steps_are_found(void **state)
{
    (void)state;
    uint64_t seed = 3;
    const double levels[] = {100, 108, 108, 90};
    double values[60];
    plant(values, levels, 4, 15, &seed);
    struct found f = look(values, 60, NULL);
    assert_int_equal(f.count, 2);
    assert_int_equal(f.points[0].index, 15);
    assert_int_equal(f.points[1].index, 45);
    assert_near(f.points[0].before, 100, 1);
    assert_near(f.points[0].after, 108, 1);
    assert_near(f.points[1].before, f.points[0].after, 0);
    assert_near(f.points[1].after, 90, 1);
    assert_near(f.points[0].p, 0.001, 0);
    assert_near(f.points[1].p, 0.001, 0);
}

/* What comes and goes hides from a division that must compare with all that follows. */
static void a_passing_change_is_found(void **state)
{
    (void)state;
    uint64_t seed = 4;
    const double levels[] = {0, 0, 0, 6, 0, 0, 0};
    double values[42];
    plant(values, levels, 7, 6, &seed);
    struct found f = look(values, 42, NULL);
    assert_int_equal(f.count, 2);
    assert_int_equal(f.points[0].index, 18);
    assert_int_equal(f.points[1].index, 24);
}

/* A clean step of 5 after 7: of C(12, 5) = 792 orders 2 divide as far, and 999 permutations tell
 * that share to .0016. Nine values have no room for two segments. */
static void a_short_series_with_a_change(void **state)
{
    (void)state;
    const double values[] = {1, 2, 3, 1.5, 2.5, 1.7, 2.2, 11, 12, 13, 11.5, 12.5};
    struct found f = look(values, 12, NULL);
    assert_int_equal(f.count, 1);
    assert_int_equal(f.points[0].index, 7);
    assert_near(f.points[0].p, 2.0 / 792 + 0.001, 5 * 0.0016);
    assert_near(f.points[0].before, 2, 0);
    assert_near(f.points[0].after, 12, 0);
    assert_int_equal(look(values + 3, 9, NULL).count, 0);
    assert_int_equal(look(values, 1, NULL).count, 0);
}

static void the_nile_fell_once(void **state)
{
    (void)state;
    struct found f = look(nile, 100, NULL);
    assert_int_equal(f.count, 1);
    assert_int_equal(f.points[0].index, 28);
    assert_near(f.points[0].before, 1130, 0); /* R: median(Nile[1:28]), median(Nile[29:100]) */
    assert_near(f.points[0].after, 842.5, 0);
}

/* Bytes, their negatives and values near the end of doubles: the same changes, the same p. */
static void scale_and_sign_say_nothing(void **state)
{
    (void)state;
    uint64_t seed = 5;
    double values[40], other[40];
    for (size_t i = 0; i < 40; i++)
        values[i] = floor(1000 * draw_normal(&seed)) + (i < 22 ? 0 : 2500);
    struct found plain = look(values, 40, NULL);
    assert_int_equal(plain.count, 1);
    const double scales[] = {-1, 0x1p40, 0x1p1009, 0x1p-1030};
    for (size_t k = 0; k < 4; k++) {
        for (size_t i = 0; i < 40; i++)
            other[i] = values[i] * scales[k];
        struct found f = look(other, 40, NULL);
        assert_int_equal(f.count, 1);
        assert_int_equal(f.points[0].index, plain.points[0].index);
        assert_near(f.points[0].p, plain.points[0].p, 0);
    }
}

static void what_does_not_change_has_no_change(void **state)
{
    (void)state;
    double values[PL_CHANGE_VALUES_MAX];
    for (size_t i = 0; i < PL_CHANGE_VALUES_MAX; i++)
        values[i] = 0.1;
    assert_int_equal(look(values, PL_CHANGE_VALUES_MAX, NULL).count, 0);
    for (size_t i = 300; i < PL_CHANGE_VALUES_MAX; i++)
        values[i] = 0.3;
    struct found f = look(values, PL_CHANGE_VALUES_MAX, NULL); /* two constants: one step */
    assert_int_equal(f.count, 1);
    assert_int_equal(f.points[0].index, 300);
}

/* Noise only; of `runs` series, how many are said to change at .05? */
static int false_alarms(size_t count, int runs, int coarse, uint64_t seed)
{
    struct pl_change_options options = {.rounds = 99, .level = 0.05};
    int flagged = 0;
    for (int run = 0; run < runs; run++) {
        double values[40];
        for (size_t i = 0; i < count; i++)
            values[i] = coarse ? draw_coarse(&seed, 3) : draw_normal(&seed);
        options.seed = pl_random_next(&seed);
        flagged += look(values, count, &options).count > 0;
    }
    return flagged;
}

/* A permutation test keeps its level exactly where there are no ties: 50 of 1000, four standard
 * deviations being 28. Ties make it more careful, never less. */
static void false_alarms_keep_their_rate(void **state)
{
    (void)state;
    assert_in_range(false_alarms(16, 1000, 0, 6), 22, 78);
    assert_in_range(false_alarms(40, 1000, 0, 7), 22, 78);
    assert_in_range(false_alarms(24, 1000, 1, 8), 0, 78);
}

static void repeats_to_the_bit(void **state)
{
    (void)state;
    struct pl_change_options options = {.seed = 11, .level = 0.5, .rounds = 199};
    struct found one = look(nile, 100, &options), two = look(nile, 100, &options);
    assert_true(one.count > 1);
    assert_memory_equal(&one, &two, sizeof one);
}

static void refuses_what_it_cannot_divide(void **state)
{
    (void)state;
    const double nan[] = {1, NAN};
    static const double many[PL_CHANGE_VALUES_MAX + 1];
    const struct pl_change_options bad[] = {{.alpha = 2},       {.alpha = -1},  {.min_segment = 1},
                                            {.rounds = 18},     {.level = 1},   {.level = -0.1},
                                            {.rounds = 100001}, {.alpha = NAN}, {.level = NAN}};
    struct pl_change_point point;
    size_t found = 42;
    assert_int_equal(pl_change_points(nan, 2, NULL, &point, 1, &found), -EINVAL);
    assert_int_equal(pl_change_points(nan, 0, NULL, &point, 1, &found), -EINVAL);
    assert_int_equal(pl_change_points(many, PL_CHANGE_VALUES_MAX + 1, NULL, &point, 1, &found),
                     -EINVAL);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(pl_change_points(nile, 100, &bad[i], &point, 1, &found), -EINVAL);
    assert_int_equal(pl_change_points(nile, 100, NULL, &point, 0, &found), -ENOSPC);
    assert_int_equal(found, 42);
    assert_int_equal(pl_change_points(nile, 100, NULL, &point, 1, &found), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_distance_by_hand),
        cmocka_unit_test(the_distance_as_r_computes_it),
        cmocka_unit_test(the_distance_by_its_definition),
        cmocka_unit_test(p_is_the_share_of_permutations),
        cmocka_unit_test(planted_steps_are_found),
        cmocka_unit_test(a_passing_change_is_found),
        cmocka_unit_test(a_short_series_with_a_change),
        cmocka_unit_test(the_nile_fell_once),
        cmocka_unit_test(scale_and_sign_say_nothing),
        cmocka_unit_test(what_does_not_change_has_no_change),
        cmocka_unit_test(false_alarms_keep_their_rate),
        cmocka_unit_test(repeats_to_the_bit),
        cmocka_unit_test(refuses_what_it_cannot_divide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
