/* The verdict on three curves, and on what lies on the disk. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/compare/agreement.h"
#include "harness/compare/tests/curves_on_disk.h"

#define MIB 0x1p20
#define MOST 30

/* Three curves that begin with 100 MiB and go on otherwise. */
struct drawn {
    int64_t t_ns[MOST];
    double bytes[PL_AGREEMENT_COUNT][MOST];
    struct pl_curve curves[PL_AGREEMENT_COUNT];
    struct pl_agreed agreed;
};

/* @param levels from the tenth sample on, MiB, by side */
static void draw(struct drawn *d, const double levels[PL_AGREEMENT_COUNT])
{
    *d = (struct drawn){0};
    for (size_t i = 0; i < MOST; i++)
        d->t_ns[i] = (int64_t)i * 100000000;
    for (enum pl_agreement_side side = 0; side < PL_AGREEMENT_COUNT; side++) {
        for (size_t i = 0; i < MOST; i++)
            d->bytes[side][i] = (i < 10 ? 100 : levels[side]) * MIB;
        d->curves[side] = (struct pl_curve){d->t_ns, d->bytes[side], MOST};
        d->agreed.outcomes[side] = "bounded";
    }
}

static const struct pl_agreed *judge(struct drawn *d)
{
    pl_agreed_judge(&d->agreed, d->curves);
    return &d->agreed;
}

static void five_percent_of_the_highest_peak_agree(void **state)
{
    (void)state;
    struct drawn d;
    draw(&d, (const double[]){60, 60, 55}); /* of 100 MiB */
    const struct pl_agreed *a = judge(&d);
    assert_int_equal(a->verdict, PL_AGREEMENT_AGREES);
    assert_true(a->clocks.most == 5 * MIB && a->allowed_bytes == 5 * MIB);
    assert_string_equal(a->why, "");
    draw(&d, (const double[]){60, 60, 54.9});
    a = judge(&d);
    assert_int_equal(a->verdict, PL_AGREEMENT_DIFFERS);
    assert_string_equal(a->why, "5.10 MiB from wall 1 at 1.0 s; 5 % of the peak or the walls' own "
                                "difference would be 5.00 MiB");
    draw(&d, (const double[]){60, 60, 54.9});
    d.bytes[PL_AGREEMENT_WALL2][0] = 102.1 * MIB; /* which raises the peak of all */
    assert_int_equal(judge(&d)->verdict, PL_AGREEMENT_AGREES);
}

static void figures_are_told_by_side(void **state)
{
    (void)state;
    struct drawn d;
    draw(&d, (const double[]){110, 60, 120});
    d.curves[PL_AGREEMENT_VIRTUAL].count = MOST - 1;
    const struct pl_agreed *a = judge(&d);
    assert_true(a->peak_bytes[PL_AGREEMENT_WALL1] == 110 * MIB);
    assert_true(a->peak_bytes[PL_AGREEMENT_WALL2] == 100 * MIB);
    assert_true(a->peak_bytes[PL_AGREEMENT_VIRTUAL] == 120 * MIB);
    assert_true(a->highest_bytes == 120 * MIB);
    assert_true(a->end_seconds[PL_AGREEMENT_WALL1] == 2.9 &&
                a->end_seconds[PL_AGREEMENT_VIRTUAL] == 2.8);
    assert_true(a->walls.most == 50 * MIB);
    assert_true(a->walls.at_ns == 1200000000); /* before that 100 MiB are within 250 ms */
    assert_true(a->clocks.most == 60 * MIB);
    assert_int_equal(a->further, PL_AGREEMENT_WALL2);
}

static void the_walls_own_spread_excuses_as_much(void **state)
{
    (void)state;
    struct drawn d;
    draw(&d, (const double[]){80, 60, 70});
    assert_int_equal(judge(&d)->verdict, PL_AGREEMENT_AS_WALLS);
    assert_true(d.agreed.allowed_bytes == 20 * MIB);
    assert_string_equal(d.agreed.why, "");
    draw(&d, (const double[]){80, 60, 40}); /* 40 from the one, but 20 from the other */
    assert_int_equal(judge(&d)->verdict, PL_AGREEMENT_AS_WALLS);
    assert_int_equal(d.agreed.further, PL_AGREEMENT_WALL1);
    assert_true(d.agreed.nearer_bytes == 20 * MIB);
    draw(&d, (const double[]){60, 80, 39.9});
    assert_int_equal(judge(&d)->verdict, PL_AGREEMENT_DIFFERS);
    draw(&d, (const double[]){99, 60, 98}); /* as the one that is quite another than the other */
    assert_int_equal(judge(&d)->verdict, PL_AGREEMENT_AS_WALLS);
    draw(&d, (const double[]){62, 60, 59}); /* a spread that is not needed */
    assert_int_equal(judge(&d)->verdict, PL_AGREEMENT_AGREES);
}

/* Known to be left to chance by up to a third of the peak. */
static void what_is_known_excuses_as_far_as_it_goes(void **state)
{
    (void)state;
    static const struct pl_agreement_reason known = {"glibc", .33, "It is so."};
    struct drawn d;
    draw(&d, (const double[]){60, 60, 28});
    d.agreed.chance = &known;
    assert_int_equal(judge(&d)->verdict, PL_AGREEMENT_CHANCE);
    assert_non_null(strstr(d.agreed.why, "32.00 MiB from wall 1"));
    draw(&d, (const double[]){60, 60, 26});
    d.agreed.chance = &known;
    assert_int_equal(judge(&d)->verdict, PL_AGREEMENT_DIFFERS);
    draw(&d, (const double[]){60, 60, 28});
    d.agreed.chance = &known;
    d.agreed.outcomes[0] = "crashed";
    assert_int_equal(judge(&d)->verdict, PL_AGREEMENT_DIFFERS);
}

static void other_outcomes_differ_whatever_the_curves(void **state)
{
    (void)state;
    for (enum pl_agreement_side side = 0; side < PL_AGREEMENT_COUNT; side++) {
        struct drawn d;
        draw(&d, (const double[]){60, 60, 60});
        d.agreed.outcomes[side] = "oom_killed";
        assert_int_equal(judge(&d)->verdict, PL_AGREEMENT_DIFFERS);
        assert_non_null(strstr(d.agreed.why, "oom_killed under"));
    }
}

/* All were killed. */
static enum pl_agreement_verdict judge_killed(size_t wall1, size_t wall2, size_t virtual)
{
    const size_t counts[] = {wall1, wall2, virtual};
    struct drawn d;
    draw(&d, (const double[]){60, 60, 60});
    for (enum pl_agreement_side side = 0; side < PL_AGREEMENT_COUNT; side++) {
        d.curves[side].count = counts[side];
        d.agreed.outcomes[side] = "oom_killed";
    }
    return judge(&d)->verdict;
}

static void kills_agree_when_they_come_at_one_time(void **state)
{
    (void)state;
    assert_int_equal(judge_killed(30, 29, 28), PL_AGREEMENT_AGREES);
    assert_int_equal(judge_killed(30, 30, 20), PL_AGREEMENT_DIFFERS);
    assert_int_equal(judge_killed(20, 20, 30), PL_AGREEMENT_DIFFERS);
    assert_int_equal(judge_killed(30, 20, 25), PL_AGREEMENT_AS_WALLS);
    assert_int_equal(judge_killed(30, 20, 15), PL_AGREEMENT_DIFFERS);
}

static void cells_on_the_disk_are_judged(void **state)
{
    (void)state;
    struct runs runs;
    struct pl_agreement a;
    struct pl_error error = {""};
    runs_make(&runs);
    runs_add_all(&runs, "glibc");
    runs_add(&runs, PL_AGREEMENT_WALL1, "slab", 10, 20, 100, 30);
    runs_add(&runs, PL_AGREEMENT_WALL2, "slab", 10, 20, 100, 30);
    runs_add(&runs, PL_AGREEMENT_VIRTUAL, "slab", 10, 16, 100, 30); /* two too early */
    if (pl_agreement_make(runs.roots, &a, &error))
        fail_msg("%s", error.text);
    assert_int_equal(a.count, 2);
    assert_string_equal(a.cells[0].cells.name.allocator, "glibc");
    assert_int_equal(a.cells[0].verdict, PL_AGREEMENT_AGREES);
    assert_int_equal(a.cells[1].verdict, PL_AGREEMENT_DIFFERS);
    assert_true(a.cells[1].clocks.most == 90 * MIB && a.cells[1].clocks.at_ns == 1600000000);
    assert_int_equal(a.counts[PL_AGREEMENT_AGREES], 1);
    assert_int_equal(a.counts[PL_AGREEMENT_DIFFERS], 1);
    pl_agreement_free(&a);
    runs_free(&runs);
}

/* A side whose curve has a third of the samples. @param key what says that the cell was ended */
static int with_short(enum pl_agreement_side side, const char *key, struct pl_error *error)
{
    struct runs runs;
    struct pl_agreement a = {0};
    runs_make(&runs);
    for (enum pl_agreement_side i = 0; i < PL_AGREEMENT_COUNT; i++)
        runs_add(&runs, i, "glibc", 10, 3, 100, i == side ? 10 : 30);
    if (key)
        json_object_set_new(runs_last(&runs, side), key, json_string("oom_killed"));
    int rc = pl_agreement_make(runs.roots, &a, error);
    if (!rc)
        assert_int_equal(a.cells[0].verdict, PL_AGREEMENT_DIFFERS);
    pl_agreement_free(&a);
    runs_free(&runs);
    return rc;
}

static void half_a_curve_is_no_result(void **state)
{
    (void)state;
    struct pl_error error = {""};
    for (enum pl_agreement_side side = 0; side < PL_AGREEMENT_COUNT; side++) {
        assert_int_equal(with_short(side, NULL, &error), -EINVAL);
        if (!strstr(error.text, side == PL_AGREEMENT_WALL1
                                    ? "the series of wall 1 has 0.9 s, that of wall 2 2.9 s, and "
                                      "nothing ended it"
                                    : "that of wall 1 2.9 s, and nothing ended it"))
            fail_msg("%s", error.text);
    }
    assert_int_equal(with_short(PL_AGREEMENT_VIRTUAL, "outcome", &error), 0);
    assert_int_equal(with_short(PL_AGREEMENT_VIRTUAL, "at_last_sample", &error), 0);
}

static void a_series_that_is_missing_is_told(void **state)
{
    (void)state;
    struct runs runs;
    struct pl_agreement a;
    struct pl_error error = {""};
    runs_make(&runs);
    runs_add_all(&runs, "glibc");
    json_object_set_new(runs_last(&runs, PL_AGREEMENT_WALL2), "series",
                        json_string("series/no.csv"));
    assert_int_equal(pl_agreement_make(runs.roots, &a, &error), -EINVAL);
    assert_non_null(strstr(error.text, "series/no.csv: No such file"));
    runs_free(&runs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_percent_of_the_highest_peak_agree),
        cmocka_unit_test(figures_are_told_by_side),
        cmocka_unit_test(the_walls_own_spread_excuses_as_much),
        cmocka_unit_test(what_is_known_excuses_as_far_as_it_goes),
        cmocka_unit_test(other_outcomes_differ_whatever_the_curves),
        cmocka_unit_test(kills_agree_when_they_come_at_one_time),
        cmocka_unit_test(cells_on_the_disk_are_judged),
        cmocka_unit_test(half_a_curve_is_no_result),
        cmocka_unit_test(a_series_that_is_missing_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
