/* Thinned curves: fewer points, the same peaks, and nothing further off than was allowed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/stats/downsample.h"

#define STEP INT64_C(100000000)

static struct pl_points points_of(const double *values, size_t count)
{
    struct pl_points c = {malloc(count * sizeof *c.t_ns), malloc(count * sizeof *c.values), count};
    for (size_t i = 0; i < count; i++) {
        c.t_ns[i] = (int64_t)i * STEP;
        c.values[i] = values[i];
    }
    return c;
}

/* A curve that wanders, from a seed. */
static void wander(double *values, size_t count, uint64_t seed)
{
    double at = 1000;
    for (size_t i = 0; i < count; i++) {
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
        at += (double)(int64_t)(seed >> 33) / (1 << 25) - 32;
        values[i] = at;
    }
}

static void a_line_is_its_ends(void **state)
{
    (void)state;
    double values[1000];
    for (size_t i = 0; i < 1000; i++)
        values[i] = 3 * (double)i;
    struct pl_points c = points_of(values, 1000);
    assert_int_equal(pl_downsample(&c, 240, 0.001), 0);
    assert_int_equal(c.count, 2);
    assert_true(c.t_ns[0] == 0 && c.t_ns[1] == 999 * STEP && c.values[1] == 2997);
    pl_points_free(&c);
}

static void a_staircase_keeps_its_steps(void **state)
{
    (void)state;
    double values[3000];
    for (size_t i = 0; i < 3000; i++)
        values[i] = i < 1111 ? 10 : i < 2222 ? 20 : 40;
    struct pl_points c = points_of(values, 3000);
    assert_int_equal(pl_downsample(&c, 240, 0.01), 0);
    assert_int_equal(c.count, 6);
    assert_true(c.t_ns[1] == 1110 * STEP && c.t_ns[2] == 1111 * STEP);
    assert_true(c.values[1] == 10 && c.values[2] == 20 && c.values[5] == 40);
    pl_points_free(&c);
}

/* One sample among 100,000, in either direction. */
static void a_peak_of_one_sample_survives(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    double *values = malloc(COUNT * sizeof *values);
    for (size_t at = 1; at < COUNT - 1; at += 9973) {
        for (int sign = -1; sign < 2; sign += 2) {
            for (size_t i = 0; i < COUNT; i++)
                values[i] = 500;
            values[at] = 500 + sign * 0.25; /* less than the tolerance */
            struct pl_points c = points_of(values, COUNT);
            assert_int_equal(pl_downsample(&c, 50, 1), 0);
            assert_int_equal(c.count, 3);
            assert_true(c.t_ns[1] == (int64_t)at * STEP && c.values[1] == values[at]);
            pl_points_free(&c);
        }
    }
    free(values);
}

/* Each part's lowest and highest are as near to the line that is drawn as was allowed. */
static void nothing_is_further_off_than_allowed(void **state)
{
    (void)state;
    enum { COUNT = 5000, BUCKETS = 100 };
    double values[COUNT];
    for (uint64_t seed = 1; seed < 40; seed++) {
        double tolerance = (double)(seed % 5) * 0.5;
        wander(values, COUNT, seed);
        struct pl_points c = points_of(values, COUNT);
        assert_int_equal(pl_downsample(&c, BUCKETS, tolerance), 0);
        assert_true(c.count <= 6 * (BUCKETS + 1) && c.count >= 2);
        for (size_t from = 0, to; from < COUNT; from = to) {
            size_t low = from, high = from, part = from * BUCKETS / (COUNT - 1);
            for (to = from; to < COUNT && to * BUCKETS / (COUNT - 1) == part; to++) {
                low = values[to] < values[low] ? to : low;
                high = values[to] > values[high] ? to : high;
            }
            assert_true(pl_points_at(&c, (int64_t)low * STEP) <= values[low] + tolerance + 1e-9);
            assert_true(pl_points_at(&c, (int64_t)high * STEP) >= values[high] - tolerance - 1e-9);
        }
        for (size_t i = 1; i < c.count; i++)
            assert_true(c.t_ns[i] > c.t_ns[i - 1]);
        pl_points_free(&c);
    }
}

/* Without parts, every point is within the tolerance. */
static void lines_pass_all_points(void **state)
{
    (void)state;
    enum { COUNT = 2000 };
    double values[COUNT];
    for (uint64_t seed = 1; seed < 40; seed++) {
        double tolerance = (double)seed;
        wander(values, COUNT, seed);
        struct pl_points c = points_of(values, COUNT);
        assert_int_equal(pl_downsample(&c, 10 * COUNT, tolerance), 0);
        assert_true(c.count < COUNT);
        for (size_t i = 0; i < COUNT; i++)
            assert_true(fabs(pl_points_at(&c, (int64_t)i * STEP) - values[i]) <= tolerance + 1e-6);
        pl_points_free(&c);
    }
}

static void short_curves_stay(void **state)
{
    (void)state;
    static const double values[] = {5, 7};
    for (size_t count = 0; count <= 2; count++) {
        struct pl_points c = points_of(values, count ? count : 1);
        c.count = count;
        assert_int_equal(pl_downsample(&c, 1, 100), 0);
        assert_int_equal(c.count, count);
        pl_points_free(&c);
    }
}

static void values_between_points(void **state)
{
    (void)state;
    static const double values[] = {10, 20, 40};
    struct pl_points c = points_of(values, 3);
    assert_true(pl_points_at(&c, -5) == 10 && pl_points_at(&c, 9 * STEP) == 40);
    assert_true(pl_points_at(&c, STEP / 2) == 15 && pl_points_at(&c, STEP) == 20);
    assert_true(fabs(pl_points_at(&c, STEP + STEP / 4) - 25) < 1e-9);
    assert_int_equal(pl_points_highest(&c), 2);
    pl_points_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_its_ends),
        cmocka_unit_test(a_staircase_keeps_its_steps),
        cmocka_unit_test(a_peak_of_one_sample_survives),
        cmocka_unit_test(nothing_is_further_off_than_allowed),
        cmocka_unit_test(lines_pass_all_points),
        cmocka_unit_test(short_curves_stay),
        cmocka_unit_test(values_between_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
