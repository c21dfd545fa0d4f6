/* Mann and Whitney's test against published examples and tables, and against all splits. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "harness/stats/rank_sum.h"
#include "harness/stats/tests/draw.h"
#include "harness/stats/values.h"

#define CLOSE 1e-12
#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct pl_rank_sum judged(const double *x, size_t m, const double *y, size_t n)
{
    struct pl_rank_sum out;
    assert_int_equal(pl_rank_sum(x, m, y, n, &out), 0);
    return out;
}

/* Hollander & Wolfe (1973), 69f., as in R's example(wilcox.test): W = 35, one-sided p = 0.1272.
 * Their estimate of the shift is 0.305. */
static void permeability_of_the_chorioamnion(void **state)
{
    (void)state;
    const double at_term[] = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
    const double early[] = {1.15, 0.88, 0.90, 0.74, 1.21};
    struct pl_rank_sum out = judged(at_term, 10, early, 5);
    assert_true(out.exact);
    assert_near(out.statistic, 35, 0);
    assert_near(out.p, 2 * 0.1272, 1e-4);
    assert_near(out.estimate, 0.305, 1e-9);
}

/* The documentation of scipy.stats.mannwhitneyu: U = 17, exact p = 1/9. */
static void ages_of_diabetics(void **state)
{
    (void)state;
    const double males[] = {19, 22, 16, 29, 24}, females[] = {20, 11, 17, 12};
    struct pl_rank_sum out = judged(males, 5, females, 4);
    assert_near(out.statistic, 17, 0);
    assert_near(out.p, 1.0 / 9, CLOSE);
}

/* R's example(wilcox.test), ozone in New York in May and August 1973, with ties: "W = 127.5,
 * p-value = 0.0001208", by the normal approximation. */
static void ozone_by_the_normal_approximation(void **state)
{
    (void)state;
    const double may[] = {41, 36, 12, 18, 28, 23, 19, 8, 7,  16, 11, 14,  18,
                          14, 34, 6,  30, 11, 1,  11, 4, 32, 23, 45, 115, 37};
    const double august[] = {39, 9,  16, 78, 35, 66, 122, 89,  110, 44, 28,  65, 22,
                             59, 23, 31, 44, 21, 9,  45,  168, 73,  76, 118, 84, 85};
    struct pl_rank_sum out = judged(may, COUNT(may), august, COUNT(august));
    assert_false(out.exact);
    assert_near(out.statistic, 127.5, 0);
    assert_near(out.p, 0.0001208, 5e-8);
}

/* Ranks 1 to m + n, so split that x has U pairs in its favour. */
static double p_of_u(size_t m, size_t n, size_t u)
{
    double x[25], y[25];
    size_t taken = 0, others = 0;
    for (size_t i = 0; i < m; i++) { /* the i-th of x stands behind `ahead` of y */
        size_t left = m - i, ahead = u > n * (left - 1) ? u - n * (left - 1) : 0;
        for (; others < ahead; others++)
            y[others] = (double)++taken;
        x[i] = (double)++taken;
        u -= ahead;
    }
    for (; others < n; others++)
        y[others] = (double)++taken;
    return judged(x, m, y, n).p;
}

/* The greatest U still significant, two-sided .05: the table at the back of most textbooks, as in
 * Siegel, Nonparametric Statistics for the Behavioral Sciences, 1956. */
static void critical_values(void **state)
{
    (void)state;
    const struct {
        size_t m, n, u;
    } table[] = {{3, 5, 0},    {4, 4, 0},    {5, 5, 2},    {5, 10, 8},   {6, 6, 5},
                 {7, 7, 8},    {8, 8, 13},   {9, 9, 17},   {10, 5, 8},   {10, 10, 23},
                 {10, 20, 55}, {12, 12, 37}, {15, 15, 64}, {20, 10, 55}, {20, 20, 127}};
    for (size_t i = 0; i < COUNT(table); i++) {
        assert_true(p_of_u(table[i].m, table[i].n, table[i].u) <= 0.05);
        assert_true(p_of_u(table[i].m, table[i].n, table[i].u + 1) > 0.05);
    }
}

static int bits(unsigned set)
{
    return __builtin_popcount(set);
}

/* Twice U of the values whose bits are set in `of`, by its definition. */
static int brute_u(const double *pooled, size_t count, unsigned of)
{
    int doubled = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++)
            if ((of >> i & 1) && !(of >> j & 1))
                doubled += pooled[i] > pooled[j] ? 2 : pooled[i] == pooled[j] ? 1 : 0;
    return doubled;
}

static double brute_p(const double *pooled, size_t m, size_t n)
{
    unsigned first = (1u << m) - 1, below = 0, above = 0, all = 0;
    int observed = brute_u(pooled, m + n, first);
    for (unsigned of = 0; of < 1u << (m + n); of++) {
        if (bits(of) != (int)m)
            continue;
        int u = brute_u(pooled, m + n, of);
        all++;
        below += u <= observed;
        above += u >= observed;
    }
    return fmin(2.0 * (below < above ? below : above) / all, 1);
}

static void exact_p_is_that_of_all_splits(void **state)
{
    (void)state;
    uint64_t seed = 11;
    for (size_t m = 1; m <= 6; m++) {
        for (size_t n = 1; n <= 5; n++) {
            for (uint64_t spread = 2; spread <= 800; spread *= 7) { /* from all ties to few */
                double pooled[12];
                for (size_t i = 0; i < m + n; i++)
                    pooled[i] = draw_coarse(&seed, spread);
                struct pl_rank_sum out = judged(pooled, m, pooled + m, n);
                assert_near(out.p, brute_p(pooled, m, n), CLOSE);
                assert_near(out.statistic, brute_u(pooled, m + n, (1u << m) - 1) / 2.0, 0);
            }
        }
    }
}

/* A shift of both says nothing, the order in a sample neither; swapping the samples turns it round.
 */
static void shift_order_and_exchange(void **state)
{
    (void)state;
    uint64_t seed = 12;
    for (size_t m = 2; m <= 30; m += 4) {
        const size_t n = 27; /* exact and approximate */
        double x[30], y[27];
        for (size_t i = 0; i < m; i++)
            x[i] = draw_coarse(&seed, 50);
        for (size_t i = 0; i < n; i++)
            y[i] = draw_coarse(&seed, 60);
        struct pl_rank_sum plain = judged(x, m, y, n), turned = judged(y, n, x, m);
        assert_int_equal(plain.exact, m + n <= PL_RANK_SUM_EXACT_MAX);
        assert_near(turned.p, plain.p, CLOSE);
        assert_near(turned.estimate, -plain.estimate, CLOSE);
        assert_near(turned.statistic + plain.statistic, (double)(m * n), 0);
        draw_shuffle(x, m, &seed);
        for (size_t i = 0; i < m; i++)
            x[i] += 1000;
        for (size_t i = 0; i < n; i++)
            y[i] += 1000;
        struct pl_rank_sum moved = judged(x, m, y, n);
        assert_near(moved.p, plain.p, 0);
        assert_near(moved.estimate, plain.estimate, CLOSE);
    }
}

/* Samples of `m` and `n` of one distribution: how many of 2000 are flagged at .05? */
static int false_alarms(size_t m, size_t n, uint64_t seed)
{
    int flagged = 0;
    for (int run = 0; run < 2000; run++) {
        double x[40], y[40];
        for (size_t i = 0; i < m; i++)
            x[i] = draw_normal(&seed);
        for (size_t i = 0; i < n; i++)
            y[i] = draw_normal(&seed);
        flagged += judged(x, m, y, n).p < 0.05;
    }
    return flagged;
}

/* The levels that can be reached are .0435 (10 and 10) and nearly .05; four standard deviations of
 * 2000 draws are .018. */
static void false_alarms_keep_their_rate(void **state)
{
    (void)state;
    assert_in_range(false_alarms(10, 10, 13), 52, 122);
    assert_in_range(false_alarms(40, 25, 14), 61, 138);
}

static void everything_tied_is_no_difference(void **state)
{
    (void)state;
    const double same[30] = {0};
    assert_near(judged(same, 5, same, 7).p, 1, 0);
    assert_near(judged(same, 30, same, 30).p, 1, 0);
    assert_near(judged(same, 1, same, 1).p, 1, 0);
}

static void refuses_what_is_no_sample(void **state)
{
    (void)state;
    const double good[] = {1, 2}, nan[] = {1, NAN}, inf[] = {INFINITY, 2};
    struct pl_rank_sum out = {.p = 42};
    assert_int_equal(pl_rank_sum(good, 2, nan, 2, &out), -EINVAL);
    assert_int_equal(pl_rank_sum(inf, 2, good, 2, &out), -EINVAL);
    assert_int_equal(pl_rank_sum(good, 0, good, 2, &out), -EINVAL);
    assert_int_equal(pl_rank_sum(good, 2, good, 0, &out), -EINVAL);
    assert_near(out.p, 42, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(permeability_of_the_chorioamnion),
        cmocka_unit_test(ages_of_diabetics),
        cmocka_unit_test(ozone_by_the_normal_approximation),
        cmocka_unit_test(critical_values),
        cmocka_unit_test(exact_p_is_that_of_all_splits),
        cmocka_unit_test(shift_order_and_exchange),
        cmocka_unit_test(false_alarms_keep_their_rate),
        cmocka_unit_test(everything_tied_is_no_difference),
        cmocka_unit_test(refuses_what_is_no_sample),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
