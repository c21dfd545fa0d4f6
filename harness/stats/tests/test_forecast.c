/* Forecasts of made-up series: each kind is told from the others under noise, and what follows from
 * it is where the series really goes. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "harness/stats/forecast.h"
#include "harness/stats/tests/draw.h"

#define MIB (1024.0 * 1024)
#define SAMPLES 600

struct series {
    int64_t t_ns[SAMPLES];
    double bytes[SAMPLES];
    uint64_t seed;
};

/* Bytes without noise, at a second. */
typedef double (*law_function)(double seconds);

/* A sample a second. */
static struct pl_forecast look(law_function law, double noise, uint64_t seed)
{
    struct series s = {.seed = seed};
    struct pl_forecast f;
    for (size_t i = 0; i < SAMPLES; i++) {
        s.t_ns[i] = (int64_t)i * 1000000000;
        s.bytes[i] = fmax(0, law((double)i) + noise * draw_normal(&s.seed));
    }
    const struct pl_curve curve = {s.t_ns, s.bytes, SAMPLES};
    assert_int_equal(pl_forecast_make(&curve, &f), 0);
    return f;
}

static double line(double t)
{
    return (50 + 0.1 * t) * MIB;
}

static void a_line_is_linear(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct pl_forecast f = look(line, 2 * MIB, seed);
        assert_int_equal(f.kind, PL_FORECAST_LINEAR);
        assert_near(pl_forecast_rate(&f), 0.1 * MIB, 0.01 * MIB);
        struct pl_forecast_range r = pl_forecast_meets(&f, 200 * MIB, pl_forecast_reach(&f));
        assert_near(r.best, 1500 - 599, 150);
        assert_true(r.low < r.best && r.best < r.high);
        assert_near(pl_forecast_at(&f, 400).best, 150 * MIB, 12 * MIB);
    }
}

/* Leaks by chance add up to a walk: the true mean's time has to be inside, most often. */
static void the_interval_of_a_walk_holds(void **state)
{
    (void)state;
    int inside = 0, seeds = 60;
    for (int k = 1; k <= seeds; k++) {
        struct series s = {.seed = (uint64_t)k};
        double level = 20 * MIB, target = 120 * MIB, met = (double)NAN;
        struct pl_forecast f;
        for (int i = 0; isnan(met); i++) {
            if (i < SAMPLES / 2) {
                s.t_ns[i] = (int64_t)i * 1000000000;
                s.bytes[i] = level;
            }
            level += draw_uniform(&s.seed) < 0.1 ? 1.3 * MIB : 0;
            met = level >= target ? i + 1 : (double)NAN;
        }
        const struct pl_curve curve = {s.t_ns, s.bytes, SAMPLES / 2};
        assert_int_equal(pl_forecast_make(&curve, &f), 0);
        struct pl_forecast_range r = pl_forecast_meets(&f, target, pl_forecast_reach(&f));
        double now = SAMPLES / 2 - 1;
        inside += now + r.low <= met && met <= now + r.high;
    }
    assert_true(inside >= seeds * 9 / 10);
}

static double late_line(double t)
{
    return (50 + (t > 300 ? 0.2 * (t - 300) : 0)) * MIB;
}

static void growth_counts_from_where_it_began(void **state)
{
    (void)state;
    struct pl_forecast f = look(late_line, 0.5 * MIB, 3);
    assert_int_equal(f.kind, PL_FORECAST_LINEAR);
    assert_near((double)f.from_ns / 1e9, 300, 30);
    assert_near(pl_forecast_rate(&f), 0.2 * MIB, 0.02 * MIB);
}

/* Filled at 1 MiB a second from 0 on, and doubled from 8 MiB: the latest of its steps falls at 512
 * s, the next one at 1024 s. */
static double doubling(double t)
{
    double capacity = 8;
    while (capacity <= t)
        capacity *= 2;
    return capacity * MIB;
}

static void a_doubling_staircase_goes_on(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct pl_forecast f = look(doubling, 0.05 * MIB, seed);
        assert_int_equal(f.kind, PL_FORECAST_STAIRCASE);
        const struct pl_staircase *z = &f.stairs;
        struct pl_step next = pl_staircase_next(z, z->steps[z->count - 1], 0);
        assert_near(next.seconds, 1024, 20);
        assert_near(next.after, 2048 * MIB, 20 * MIB);
        struct pl_forecast_range r = pl_forecast_meets(&f, 1500 * MIB, pl_forecast_reach(&f));
        assert_near(r.best, 1024 - 599, 20);
        assert_near(pl_forecast_at(&f, 300).best, 1024 * MIB, 10 * MIB);
    }
}

/* A table of 1 MiB that doubles whenever 0.1 MiB a second have filled it, in a process of 300. */
static double doubling_beside(double t)
{
    double capacity = 1;
    while (capacity <= 0.1 * t)
        capacity *= 2;
    return (300 + capacity) * MIB;
}

static void what_doubles_beside_a_process_goes_on(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct pl_forecast f = look(doubling_beside, 0.1 * MIB, seed);
        assert_int_equal(f.kind, PL_FORECAST_STAIRCASE);
        assert_false(f.stairs.geometric);
        assert_near(f.stairs.growth, 2, 0.1);
        struct pl_forecast_range r = pl_forecast_meets(&f, 400 * MIB, pl_forecast_reach(&f));
        assert_near(599 + r.best, 640, 15);
        r = pl_forecast_meets(&f, 500 * MIB, pl_forecast_reach(&f));
        assert_near(599 + r.best, 1280, 40);
        assert_true(599 + r.low < 1280 && 1280 < 599 + r.high);
    }
}

/* Of two steps doubling is believed, and no other growth of heights. */
static double two_steps(double t, double second)
{
    return (300 + (t >= 150 ? 20 : 0) + (t >= 300 ? second : 0)) * MIB;
}

static double second_doubles(double t)
{
    return two_steps(t, 40);
}

static double second_is_larger(double t)
{
    return two_steps(t, 60);
}

static void two_steps_tell_of_doubling_alone(void **state)
{
    (void)state;
    assert_int_equal(look(second_doubles, 0.1 * MIB, 1).kind, PL_FORECAST_STAIRCASE);
    assert_int_not_equal(look(second_is_larger, 0.1 * MIB, 1).kind, PL_FORECAST_STAIRCASE);
}

/* 16 MiB a step, every 60 s. */
static double stairs(double t)
{
    return (20 + 16 * floor(t / 60)) * MIB;
}

static void a_staircase_of_equal_steps_goes_on(void **state)
{
    (void)state;
    struct pl_forecast f = look(stairs, 0.02 * MIB, 5);
    assert_int_equal(f.kind, PL_FORECAST_STAIRCASE);
    assert_false(f.stairs.geometric);
    struct pl_forecast_range r = pl_forecast_meets(&f, 250 * MIB, pl_forecast_reach(&f));
    assert_near(599 + r.best, 900, 30);
}

static double stopped_doubling(double t)
{
    return fmin(doubling(t), 64 * MIB);
}

static void a_staircase_whose_step_is_overdue_has_ended(void **state)
{
    (void)state;
    struct pl_forecast f = look(stopped_doubling, 0.05 * MIB, 6);
    assert_int_equal(f.kind, PL_FORECAST_NONE);
    assert_true(isinf(pl_forecast_meets(&f, 200 * MIB, pl_forecast_reach(&f)).high));
}

static double charge(double t)
{
    return (30 + 200 * -expm1(-t / 200)) * MIB;
}

static void a_charge_is_saturating(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct pl_forecast f = look(charge, 1 * MIB, seed);
        assert_int_equal(f.kind, PL_FORECAST_SATURATING);
        assert_int_equal(f.saturation.best.shape, PL_SATURATION_ENDS);
        assert_near(pl_saturation_end(f.saturation.best), 230 * MIB, 12 * MIB);
        assert_true(isinf(pl_forecast_meets(&f, 300 * MIB, pl_forecast_reach(&f)).best));
        assert_near(pl_forecast_at(&f, 600).best, charge(1199), 12 * MIB);
    }
}

static double root(double t)
{
    return (20 + 8 * sqrt(t)) * MIB;
}

/* A start of 80 MiB, over within half a minute, and a leak behind it. */
static double start_and_leak(double t)
{
    return (10 + 80 * -expm1(-t / 6) + 0.03 * t) * MIB;
}

static void a_start_is_no_part_of_what_grows_behind_it(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct pl_forecast f = look(start_and_leak, 0.3 * MIB, seed);
        assert_near(pl_forecast_rate(&f), 0.03 * MIB, 0.003 * MIB);
        struct pl_forecast_range r =
            pl_forecast_meets(&f, start_and_leak(1500), pl_forecast_reach(&f));
        assert_near(599 + r.best, 1500, 90);
        assert_true(599 + r.low < 1500 && 1500 < 599 + r.high);
    }
}

/* Where no rate can be told to have changed, as of few points, the shape tells. */
static void what_saturates_has_one_of_three_shapes(void **state)
{
    (void)state;
    static const struct {
        law_function law;
        enum pl_saturation_shape shape;
        size_t parameters;
    } cases[] = {{charge, PL_SATURATION_ENDS, 3},
                 {root, PL_SATURATION_SLOWS, 3},
                 {start_and_leak, PL_SATURATION_STARTS, 4}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        double seconds[100], bytes[100];
        uint64_t seed = 3;
        for (size_t i = 0; i < 100; i++) {
            seconds[i] = 6.0 * (double)i;
            bytes[i] = cases[k].law(seconds[i]) + 0.3 * MIB * draw_normal(&seed);
        }
        struct pl_saturation s;
        assert_int_equal(pl_saturation_fit(seconds, bytes, 100, &s), 0);
        assert_int_equal(s.best.shape, cases[k].shape);
        assert_int_equal(s.parameters, cases[k].parameters);
        assert_int_equal(isinf(pl_saturation_end(s.best)), k > 0);
        double far = cases[k].law(1188);
        assert_near(pl_saturation_at(&s, s.best, 1188), far, 0.1 * far);
        assert_true(pl_saturation_at(&s, s.low, 1188) <= pl_saturation_at(&s, s.high, 1188));
        assert_true(pl_saturation_at(&s, s.low, 1188) <= 1.02 * far);
        assert_true(pl_saturation_at(&s, s.high, 1188) >= 0.98 * far);
    }
}

static void a_root_slows_and_has_no_end(void **state)
{
    (void)state;
    struct pl_forecast f = look(root, 0.5 * MIB, 7);
    assert_int_equal(f.kind, PL_FORECAST_SATURATING);
    assert_int_equal(f.saturation.best.shape, PL_SATURATION_SLOWS);
    assert_near(f.saturation.best.bend, 0.5, 0.1);
    struct pl_forecast_range r = pl_forecast_meets(&f, root(1200), pl_forecast_reach(&f));
    assert_near(599 + r.best, 1200, 120);
}

/* Fills 40 MiB in 25 s, gives back, and so on. */
static double sawtooth(double t)
{
    return (60 + 1.6 * fmod(t, 25)) * MIB;
}

static void a_flat_sawtooth_does_not_grow(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct pl_forecast f = look(sawtooth, 1 * MIB, seed);
        assert_int_equal(f.kind, PL_FORECAST_NONE);
        assert_true(isinf(pl_forecast_meets(&f, 200 * MIB, pl_forecast_reach(&f)).best));
        assert_near(f.level, 99 * MIB, 6 * MIB);
    }
}

static double rising_sawtooth(double t)
{
    return sawtooth(t) + 0.1 * t * MIB;
}

static void the_peaks_of_a_sawtooth_meet_the_limit(void **state)
{
    (void)state;
    struct pl_forecast f = look(rising_sawtooth, 0.5 * MIB, 9);
    assert_int_equal(f.kind, PL_FORECAST_LINEAR);
    struct pl_forecast_range r = pl_forecast_meets(&f, 200 * MIB, pl_forecast_reach(&f));
    assert_near(599 + r.best, 1000, 120);
}

static double high_and_flat(double t)
{
    (void)t;
    return 100 * MIB;
}

static double fall(double t)
{
    return (1000 - 0.8 * t) * MIB; /* 520.8 MiB at the end */
}

/* Memory that falls is where it is now, not where it was. */
static void what_falls_counts_from_its_end(void **state)
{
    (void)state;
    struct pl_forecast f = look(fall, 2 * MIB, 1);
    assert_int_equal(f.kind, PL_FORECAST_NONE);
    assert_true(pl_forecast_at(&f, 0).best < 600 * MIB);
}

static void noise_is_no_growth(void **state)
{
    (void)state;
    int grown = 0;
    for (uint64_t seed = 1; seed <= 40; seed++)
        grown += look(high_and_flat, 1 * MIB, seed).kind != PL_FORECAST_NONE;
    assert_true(grown <= 2);
}

/* 3 MiB in what was seen, which no one tells from noise of 8. */
static double slow_below_noise(double t)
{
    return (200 + 0.005 * t) * MIB;
}

static void growth_that_noise_hides_is_in_the_interval(void **state)
{
    (void)state;
    int none = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct pl_forecast f = look(slow_below_noise, 8 * MIB, seed);
        if (f.kind != PL_FORECAST_NONE || f.line.rate_high <= 0)
            continue;
        struct pl_forecast_range now = pl_forecast_at(&f, 0), later = pl_forecast_at(&f, 3000);
        assert_true(later.best == now.best && later.high > now.high);
        assert_true(later.high >= slow_below_noise(3599));
        none++;
    }
    assert_true(none >= 15);
}

static void times_are_looked_for_as_far_as_asked(void **state)
{
    (void)state;
    struct pl_forecast f = look(line, 0, 1);
    assert_true(isinf(pl_forecast_meets(&f, 2000 * MIB, pl_forecast_reach(&f)).best));
    assert_near(pl_forecast_meets(&f, 2000 * MIB, 40000).best, 19500 - 599, 200);
    assert_true(pl_forecast_meets(&f, 40 * MIB, 40000).best == 0);
}

static void few_samples_are_refused(void **state)
{
    (void)state;
    int64_t t_ns[PL_FORECAST_SAMPLES_MIN];
    double bytes[PL_FORECAST_SAMPLES_MIN];
    struct pl_forecast f;
    for (size_t i = 0; i < PL_FORECAST_SAMPLES_MIN; i++) {
        t_ns[i] = (int64_t)i * 1000000000;
        bytes[i] = (double)i * MIB;
    }
    struct pl_curve curve = {t_ns, bytes, PL_FORECAST_SAMPLES_MIN - 1};
    assert_int_equal(pl_forecast_make(&curve, &f), -EINVAL);
    curve.count++;
    assert_int_equal(pl_forecast_make(&curve, &f), 0);
    assert_int_equal(f.kind, PL_FORECAST_LINEAR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_linear),
        cmocka_unit_test(the_interval_of_a_walk_holds),
        cmocka_unit_test(growth_counts_from_where_it_began),
        cmocka_unit_test(a_doubling_staircase_goes_on),
        cmocka_unit_test(what_doubles_beside_a_process_goes_on),
        cmocka_unit_test(two_steps_tell_of_doubling_alone),
        cmocka_unit_test(a_staircase_of_equal_steps_goes_on),
        cmocka_unit_test(a_staircase_whose_step_is_overdue_has_ended),
        cmocka_unit_test(a_charge_is_saturating),
        cmocka_unit_test(a_start_is_no_part_of_what_grows_behind_it),
        cmocka_unit_test(what_saturates_has_one_of_three_shapes),
        cmocka_unit_test(a_root_slows_and_has_no_end),
        cmocka_unit_test(a_flat_sawtooth_does_not_grow),
        cmocka_unit_test(the_peaks_of_a_sawtooth_meet_the_limit),
        cmocka_unit_test(what_falls_counts_from_its_end),
        cmocka_unit_test(noise_is_no_growth),
        cmocka_unit_test(growth_that_noise_hides_is_in_the_interval),
        cmocka_unit_test(times_are_looked_for_as_far_as_asked),
        cmocka_unit_test(few_samples_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
