/* Distances of curves: by hand, and against the definition taken literally. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "harness/stats/curves.h"

#define MS INT64_C(1000000)
#define WINDOW (250 * MS)
#define MOST 64

/* A curve with room of its own, sampled each 100 ms. */
struct drawn {
    int64_t t_ns[MOST];
    double values[MOST];
};

static struct pl_curve draw(struct drawn *d, const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        d->t_ns[i] = (int64_t)i * 100 * MS;
        d->values[i] = values[i];
    }
    return (struct pl_curve){d->t_ns, d->values, count};
}

/* 0, and from sample `at` on `height`. */
static struct pl_curve step(struct drawn *d, size_t at, double height, size_t count)
{
    double values[MOST];
    for (size_t i = 0; i < count; i++)
        values[i] = i < at ? 0 : height;
    return draw(d, values, count);
}

static void expect_gap(const struct pl_curve *a, const struct pl_curve *b, double most,
                       int64_t at_ms)
{
    for (int turn = 0; turn < 2; turn++) {
        struct pl_curve_gap gap = turn ? pl_curves_gap(b, a, WINDOW) : pl_curves_gap(a, b, WINDOW);
        if (gap.most != most || gap.at_ns != at_ms * MS)
            fail_msg("turn %d: %g at %lld ms", turn, gap.most, (long long)(gap.at_ns / MS));
    }
}

static void a_step_may_come_a_moment_later(void **state)
{
    (void)state;
    struct drawn a, b;
    struct pl_curve early = step(&a, 10, 64, 30);
    for (size_t late = 10; late <= 12; late++) {
        struct pl_curve other = step(&b, late, 64, 30);
        expect_gap(&early, &other, 0, 0);
    }
    /* at the third sample nothing of the other's step is within 250 ms yet */
    struct pl_curve other = step(&b, 13, 64, 30);
    expect_gap(&early, &other, 64, 1000);
}

static void a_height_is_never_forgiven(void **state)
{
    (void)state;
    struct drawn a, b;
    struct pl_curve x = step(&a, 10, 64, 30), y = step(&b, 10, 60, 30);
    expect_gap(&x, &y, 4, 1000);
}

/* From the flat curve to the other's envelope there is no distance: only the way back shows it. */
static void a_spike_of_one_sample_is_seen_from_either_side(void **state)
{
    (void)state;
    struct drawn a, b;
    struct pl_curve flat = step(&a, 0, 8, 20), spike = step(&b, 0, 8, 20);
    b.values[7] = 3;
    expect_gap(&flat, &spike, 5, 700);
    b.values[7] = 18;
    expect_gap(&flat, &spike, 10, 700);
}

static void the_first_of_the_worst_moments_is_told(void **state)
{
    (void)state;
    struct drawn a, b;
    struct pl_curve flat = step(&a, 0, 8, 20), spikes = step(&b, 0, 8, 20);
    b.values[4] = 10;
    b.values[9] = 4;
    b.values[15] = 12;
    expect_gap(&flat, &spikes, 4, 900);
}

/* Neither beyond the end of the shorter one, nor before the start of the later one. */
static void only_the_common_time_counts(void **state)
{
    (void)state;
    struct drawn a, b, c;
    struct pl_curve shorter = step(&a, 20, 1, 15), longer = step(&b, 18, 64, 30);
    expect_gap(&shorter, &longer, 0, 0);
    struct pl_curve whole = step(&c, 0, 0, 30);
    c.values[2] = 50;
    struct pl_curve later = {a.t_ns + 5, a.values + 5, 10};
    expect_gap(&later, &whole, 0, 0);
    assert_true(fabs(pl_curves_common(&shorter, &longer) - 14 / 29.) < 1e-12);
    assert_true(fabs(pl_curves_common(&later, &whole) - 9 / 29.) < 1e-12);
}

static void curves_without_a_moment_in_common(void **state)
{
    (void)state;
    struct drawn a, b;
    struct pl_curve whole = step(&a, 0, 1, 30), other = step(&b, 0, 9, 30);
    struct pl_curve early = {whole.t_ns, whole.values, 10},
                    late = {other.t_ns + 15, other.values + 15, 10},
                    point = {whole.t_ns, whole.values, 1};
    expect_gap(&early, &late, 0, 0);
    assert_true(pl_curves_common(&early, &late) == 0);
    assert_true(pl_curves_common(&point, &whole) == 0);
    assert_true(pl_curves_common(&point, &point) == 1);
    assert_true(pl_curves_common(&whole, &whole) == 1);
}

/* Sampled each second, nothing is within 250 ms of most of the other's samples. */
static void sparse_samples_stand_for_the_time_between(void **state)
{
    (void)state;
    struct drawn a;
    static const int64_t seconds[] = {0, 1000 * MS, 2000 * MS};
    static const double values[] = {0, 0, 100};
    struct pl_curve sparse = {seconds, values, 3}, dense = step(&a, 16, 100, 21);
    expect_gap(&sparse, &dense, 0, 0);
    a.values[5] = 7;
    expect_gap(&sparse, &dense, 7, 500);
}

static void peaks(void **state)
{
    (void)state;
    struct drawn a;
    struct pl_curve c = draw(&a, (const double[]){3, 9, -2, 4}, 4);
    assert_true(pl_curve_peak(&c) == 9);
    c.count = 1;
    assert_true(pl_curve_peak(&c) == 3);
}

/* The definition, without any cleverness: all samples against all samples. */
static double by_force(const struct pl_curve *a, const struct pl_curve *b, size_t i)
{
    double low = INFINITY, high = -INFINITY;
    size_t before = 0, after = b->count - 1;
    for (size_t k = 0; k < b->count; k++) {
        if (llabs(b->t_ns[k] - a->t_ns[i]) <= WINDOW) {
            low = fmin(low, b->values[k]);
            high = fmax(high, b->values[k]);
        }
        if (b->t_ns[k] <= a->t_ns[i])
            before = k;
        if (b->t_ns[b->count - 1 - k] >= a->t_ns[i])
            after = b->count - 1 - k;
    }
    if (low > high) {
        low = fmin(b->values[before], b->values[after]);
        high = fmax(b->values[before], b->values[after]);
    }
    return fmax(0, fmax(low - a->values[i], a->values[i] - high));
}

static double force_most(const struct pl_curve *a, const struct pl_curve *b)
{
    double most = 0;
    for (size_t i = 0; i < a->count; i++)
        if (a->t_ns[i] >= b->t_ns[0] && a->t_ns[i] <= b->t_ns[b->count - 1])
            most = fmax(most, by_force(a, b, i));
    return most;
}

static struct pl_curve at_random(struct drawn *d, unsigned *seed)
{
    size_t count = 1 + (size_t)rand_r(seed) % (MOST - 1);
    int64_t t = rand_r(seed) % 900 * MS;
    for (size_t i = 0; i < count; i++) {
        d->t_ns[i] = t;
        d->values[i] = rand_r(seed) % 1000;
        t += (1 + rand_r(seed) % (rand_r(seed) % 8 ? 150 : 1500)) * MS;
    }
    return (struct pl_curve){d->t_ns, d->values, count};
}

static void agrees_with_the_definition(void **state)
{
    (void)state;
    unsigned seed = 1;
    size_t apart = 0;
    for (int round = 0; round < 5000; round++) {
        struct drawn x, y;
        struct pl_curve a = at_random(&x, &seed), b = at_random(&y, &seed);
        double wanted = fmax(force_most(&a, &b), force_most(&b, &a));
        struct pl_curve_gap gap = pl_curves_gap(&a, &b, WINDOW);
        if (gap.most != wanted)
            fail_msg("round %d: %g instead of %g", round, gap.most, wanted);
        apart += wanted > 0;
    }
    assert_true(apart > 4000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_may_come_a_moment_later),
        cmocka_unit_test(a_height_is_never_forgiven),
        cmocka_unit_test(a_spike_of_one_sample_is_seen_from_either_side),
        cmocka_unit_test(the_first_of_the_worst_moments_is_told),
        cmocka_unit_test(only_the_common_time_counts),
        cmocka_unit_test(curves_without_a_moment_in_common),
        cmocka_unit_test(sparse_samples_stand_for_the_time_between),
        cmocka_unit_test(peaks),
        cmocka_unit_test(agrees_with_the_definition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
