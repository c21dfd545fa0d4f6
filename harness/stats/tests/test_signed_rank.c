/* The signed-rank test against published examples and tables, against all sign vectors, and in its
 * rate of false alarms. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/stats/signed_rank.h"
#include "harness/stats/tests/draw.h"
#include "harness/stats/values.h"

#define CLOSE 1e-12

static struct pl_signed_rank judged(const double *differences, size_t count)
{
    struct pl_signed_rank out;
    assert_int_equal(pl_signed_rank(differences, count, &out), 0);
    return out;
}

/* Wilcoxon 1945 took Darwin's maize from Fisher: negative ranks add up to 24. p = 0.041259765625
 * from the documentation of scipy.stats.wilcoxon (1.11) and from R, wilcox.test(x, exact = TRUE).
 */
static void wilcoxons_own_example(void **state)
{
    (void)state;
    const double maize[] = {6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75};
    struct pl_signed_rank out = judged(maize, 15);
    assert_near(out.statistic, 120 - 24, 0);
    assert_near(out.p, 0.041259765625, 0);
    assert_int_equal(out.used, 15);
    assert_true(out.exact);
}

/* Hollander & Wolfe (1973), 29f., as in R's example(wilcox.test): V = 40, one-sided p = 0.01953,
 * which is 10/512. Their estimate of the effect is 0.46. */
static void hamilton_depression_scale(void **state)
{
    (void)state;
    const double before[] = {1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};
    const double after[] = {0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};
    double differences[9];
    for (size_t i = 0; i < 9; i++)
        differences[i] = before[i] - after[i];
    struct pl_signed_rank out = judged(differences, 9);
    assert_near(out.statistic, 40, 0);
    assert_near(out.p, 20.0 / 512, 0);
    assert_near(out.estimate, 0.46, 1e-9);
}

/* The barley of MASS::immer, 30 fields, with ties: R prints for wilcox.test(immer$Y1, immer$Y2,
 * paired = TRUE) "V = 368.5, p-value = 0.005318", by the normal approximation. In tenths, to keep
 * ties. */
static void barley_yields_by_the_normal_approximation(void **state)
{
    (void)state;
    const double y1[] = {810, 1054, 1197, 1097, 983,  1466, 1420, 1507, 1915, 1457,
                         823, 773,  784,  1313, 896,  1198, 1214, 1240, 1408, 1248,
                         989, 890,  691,  893,  1041, 869,  771,  789,  1018, 960};
    const double y2[] = {807,  823,  804,  872,  842,  1004, 1155, 1122, 1477, 1081,
                         1031, 1051, 1165, 1399, 1296, 989,  619,  962,  1255, 757,
                         664,  499,  967,  619,  803,  677,  667,  674,  918,  941};
    double differences[30];
    for (size_t i = 0; i < 30; i++)
        differences[i] = y1[i] - y2[i];
    struct pl_signed_rank out = judged(differences, 30);
    assert_false(out.exact);
    assert_near(out.statistic, 368.5, 0);
    assert_near(out.p, 0.005318, 5e-7);
}

/* Differences 1 to n, so many of them negative that their ranks add up to `sum`. */
static void with_negative_sum(size_t n, size_t sum, double *differences)
{
    for (size_t i = n; i > 0; i--) {
        int negative = i <= sum;
        differences[i - 1] = negative ? -(double)i : (double)i;
        sum -= negative ? i : 0;
    }
    assert_int_equal(sum, 0);
}

static double p_of_sum(size_t n, size_t sum)
{
    double differences[PL_SIGNED_RANK_EXACT_MAX];
    with_negative_sum(n, sum, differences);
    return judged(differences, n).p;
}

/* The greatest sum still significant, two-sided .05 and .01: the table at the back of most
 * textbooks, from Wilcoxon & Wilcox, Some Rapid Approximate Statistical Procedures, 1964. -1: none
 * is. */
static void critical_values(void **state)
{
    (void)state;
    const int at_05[] = {0, 2, 3, 5, 8, 10, 13, 17, 21, 25, 29, 34, 40, 46, 52, 58, 65, 73, 81, 89};
    const int at_01[] = {-1, -1, 0, 1, 3, 5, 7, 9, 12, 15, 19, 23, 27, 32, 37, 42, 48, 54, 61, 68};
    for (size_t n = 6; n <= 25; n++) {
        int five = at_05[n - 6], one = at_01[n - 6];
        assert_true(p_of_sum(n, (size_t)five) <= 0.05);
        assert_true(p_of_sum(n, (size_t)(five + 1)) > 0.05);
        assert_true(one < 0 || p_of_sum(n, (size_t)one) <= 0.01);
        assert_true(p_of_sum(n, (size_t)(one + 1)) > 0.01);
    }
}

/* Tail probabilities to four places, as in Wilcoxon, Katti & Wilcox, "Critical Values and
 * Probability Levels for the Wilcoxon Rank Sum Test and the Wilcoxon Signed Rank Test", 1963. */
static void tail_probabilities(void **state)
{
    (void)state;
    assert_near(p_of_sum(8, 3) / 2, 0.0195, 5e-5);
    assert_near(p_of_sum(10, 8) / 2, 0.0244, 5e-5);
    assert_near(p_of_sum(15, 25) / 2, 0.0240, 5e-5);
    assert_near(p_of_sum(15, 26) / 2, 0.0277, 5e-5);
    assert_near(p_of_sum(20, 52) / 2, 0.0242, 5e-5);
    assert_near(p_of_sum(25, 89) / 2, 0.0241, 5e-5);
}

/* Twice the rank of a size among the sizes that are not zero: 2 * (less) + (equal) + 1. */
static int brute_rank(const double *values, size_t count, size_t of)
{
    int doubled = 1;
    for (size_t i = 0; i < count; i++) {
        double size = fabs(values[i]), own = fabs(values[of]);
        doubled += values[i] == 0 ? 0 : size < own ? 2 : size == own ? 1 : 0;
    }
    return doubled;
}

/* p over all signs, one vector after the other. */
static double brute_p(const double *values, size_t count)
{
    int ranks[16], observed = 0;
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (values[i] == 0)
            continue;
        ranks[n] = brute_rank(values, count, i);
        observed += values[i] > 0 ? ranks[n] : 0;
        n++;
    }
    unsigned below = 0, above = 0, all = 1u << n;
    for (unsigned signs = 0; signs < all; signs++) {
        int sum = 0;
        for (size_t i = 0; i < n; i++)
            sum += signs >> i & 1 ? ranks[i] : 0;
        below += sum <= observed;
        above += sum >= observed;
    }
    return fmin(2.0 * (below < above ? below : above) / all, 1);
}

static void exact_p_is_that_of_all_signs(void **state)
{
    (void)state;
    uint64_t seed = 3;
    for (size_t count = 1; count <= 12; count++) {
        for (uint64_t spread = 3; spread <= 1003; spread += 100) { /* from all ties to none */
            double values[12];
            for (size_t i = 0; i < count; i++)
                values[i] = draw_coarse(&seed, spread) - floor((double)spread / 3);
            assert_near(judged(values, count).p, brute_p(values, count), CLOSE);
        }
    }
}

/* The order of the pairs says nothing; the sign says which way; a factor says nothing of p. */
static void order_sign_and_scale(void **state)
{
    (void)state;
    uint64_t seed = 4;
    for (size_t count = 2; count <= 40; count++) {
        double values[40], flipped[40], scaled[40];
        for (size_t i = 0; i < count; i++) {
            values[i] = draw_normal(&seed) + 0.3;
            flipped[i] = -values[i];
            scaled[i] = values[i] * 8;
        }
        struct pl_signed_rank plain = judged(values, count), minus = judged(flipped, count);
        struct pl_signed_rank eight = judged(scaled, count);
        draw_shuffle(values, count, &seed);
        struct pl_signed_rank mixed = judged(values, count);
        assert_near(mixed.p, plain.p, 0);
        assert_near(mixed.estimate, plain.estimate, CLOSE);
        assert_near(minus.p, plain.p, CLOSE);
        assert_near(minus.estimate, -plain.estimate, CLOSE);
        assert_near(minus.statistic + plain.statistic, (double)(count * (count + 1)) / 2, 0);
        assert_near(eight.p, plain.p, 0);
        assert_near(eight.estimate, 8 * plain.estimate, CLOSE);
    }
}

static void zeros_leave_the_test_but_not_the_estimate(void **state)
{
    (void)state;
    const double some[] = {0, 3, -1, 0, 2, 4, 0}, kept[] = {3, -1, 2, 4}, none[] = {0, 0, 0};
    struct pl_signed_rank out = judged(some, 7), without = judged(kept, 4);
    assert_int_equal(out.used, 4);
    assert_near(out.p, without.p, 0);
    assert_near(out.statistic, without.statistic, 0);
    assert_near(without.estimate, 2.25, CLOSE); /* of -1 .5 1 1.5 2 | 2.5 2.5 3 3.5 4 */
    assert_near(out.estimate, 1, CLOSE);
    out = judged(none, 3);
    assert_int_equal(out.used, 0);
    assert_near(out.p, 1, 0);
    assert_near(out.estimate, 0, 0);
}

/* On both sides of the border the two ways agree: where counting all 2^26 signs gives .04935 (n =
 * 26, sum 98), the normal approximation with correction is within .002. */
static void the_approximation_continues_the_exact_test(void **state)
{
    (void)state;
    double differences[26];
    with_negative_sum(26, 98, differences);
    struct pl_signed_rank out = judged(differences, 26);
    assert_false(out.exact);
    assert_near(out.p, 0.04935, 0.002);
    assert_true(judged(differences, PL_SIGNED_RANK_EXACT_MAX).exact);
}

/* Noise only: of `runs`, how many are flagged at .05? Coarse noise has ties and zeros. */
static int false_alarms(size_t pairs, int runs, int coarse, uint64_t seed)
{
    int flagged = 0;
    for (int run = 0; run < runs; run++) {
        double differences[40];
        for (size_t i = 0; i < pairs; i++) {
            double noise = draw_normal(&seed) - draw_normal(&seed);
            differences[i] = coarse ? round(2 * noise) : noise;
        }
        flagged += judged(differences, pairs).p < 0.05;
    }
    return flagged;
}

/* The level the test can reach at 20 pairs is 2 x .0242 = .0484; four standard deviations of 4000
 * draws are .0136. */
static void false_alarms_keep_their_rate(void **state)
{
    (void)state;
    assert_in_range(false_alarms(20, 4000, 0, 5), 140, 248);
    assert_in_range(false_alarms(40, 4000, 0, 6), 145, 254);
    assert_in_range(false_alarms(20, 4000, 1, 7), 140, 254);
}

/* As measured for the gate: a difference of one standard deviation a pair is seldom missed. */
static void a_true_difference_is_found(void **state)
{
    (void)state;
    uint64_t seed = 8;
    int found = 0;
    for (int run = 0; run < 300; run++) {
        double differences[20];
        for (size_t i = 0; i < 20; i++)
            differences[i] = 1 + draw_normal(&seed);
        struct pl_signed_rank out = judged(differences, 20);
        found += out.p < 0.05 && out.estimate > 0;
    }
    assert_in_range(found, 285, 300); /* the t-test's power here is .99, this one's 95.5 % of it */
}

static void refuses_what_is_no_sample(void **state)
{
    (void)state;
    const double nan[] = {1, NAN, 2}, inf[] = {1, INFINITY};
    static const double many[PL_STATS_VALUES_MAX + 1];
    struct pl_signed_rank out = {.p = 42}, untouched = out;
    assert_int_equal(pl_signed_rank(nan, 3, &out), -EINVAL);
    assert_int_equal(pl_signed_rank(inf, 2, &out), -EINVAL);
    assert_int_equal(pl_signed_rank(inf, 0, &out), -EINVAL);
    assert_int_equal(pl_signed_rank(many, PL_STATS_VALUES_MAX + 1, &out), -EINVAL);
    assert_memory_equal(&out, &untouched, sizeof out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wilcoxons_own_example),
        cmocka_unit_test(hamilton_depression_scale),
        cmocka_unit_test(barley_yields_by_the_normal_approximation),
        cmocka_unit_test(critical_values),
        cmocka_unit_test(tail_probabilities),
        cmocka_unit_test(exact_p_is_that_of_all_signs),
        cmocka_unit_test(order_sign_and_scale),
        cmocka_unit_test(zeros_leave_the_test_but_not_the_estimate),
        cmocka_unit_test(the_approximation_continues_the_exact_test),
        cmocka_unit_test(false_alarms_keep_their_rate),
        cmocka_unit_test(a_true_difference_is_found),
        cmocka_unit_test(refuses_what_is_no_sample),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
