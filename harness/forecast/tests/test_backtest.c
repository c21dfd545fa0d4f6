/* Forecasts held against the end of made-up cells. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/forecast/backtest.h"

#define MIB (1024.0 * 1024)
#define SAMPLES 200

struct made {
    int64_t t_ns[SAMPLES];
    double bytes[SAMPLES];
};

/* A sample a second, `rate` MiB a second up to `until`. */
static struct pl_backtest_cell make(struct made *m, double rate, double until,
                                    enum pl_backtest_end end, double limit_mib)
{
    for (int i = 0; i < SAMPLES; i++) {
        m->t_ns[i] = (int64_t)i * 1000000000;
        m->bytes[i] = (10 + rate * fmin(i, until)) * MIB;
    }
    return (struct pl_backtest_cell){{m->t_ns, m->bytes, SAMPLES}, end, limit_mib * MIB, SAMPLES};
}

static struct pl_backtest judge(const struct pl_backtest_cell *cell, double share)
{
    struct pl_backtest b;
    assert_int_equal(pl_backtest_make(cell, share, &b), 0);
    return b;
}

static void a_kill_that_was_foretold_is_right(void **state)
{
    (void)state;
    struct made m;
    struct pl_backtest_cell cell = make(&m, 1, SAMPLES, PL_BACKTEST_KILLED, 210);
    struct pl_backtest b = judge(&cell, 0.4);
    assert_int_equal(b.verdict, PL_BACKTEST_RIGHT);
    assert_true(b.inside && b.true_seconds == SAMPLES - 1 && b.now_seconds <= 0.4 * SAMPLES);
    cell.limit_bytes = 400 * MIB; /* the kill came by something else */
    b = judge(&cell, 0.4);
    assert_int_equal(b.verdict, PL_BACKTEST_WRONG);
    assert_false(b.inside);
}

static void a_cell_that_grows_comes_to_its_last_rss(void **state)
{
    (void)state;
    struct made m;
    struct pl_backtest_cell cell = make(&m, 1, SAMPLES, PL_BACKTEST_GREW, 0);
    struct pl_backtest b = judge(&cell, 0.4);
    assert_int_equal(b.verdict, PL_BACKTEST_RIGHT);
    assert_true(b.target_bytes < 209 * MIB && b.true_seconds < SAMPLES - 1 && b.inside);
    cell = make(&m, 1, 50, PL_BACKTEST_GREW, 0);
    assert_int_equal(judge(&cell, 0.4).verdict, PL_BACKTEST_REACHED);
}

static void bounded_cells_are_not_to_be_killed(void **state)
{
    (void)state;
    struct made m;
    struct pl_backtest_cell cell = make(&m, 1, 50, PL_BACKTEST_BOUNDED, 100);
    assert_int_equal(judge(&cell, 0.4).verdict, PL_BACKTEST_RIGHT);
    assert_int_equal(judge(&cell, 0.2).verdict, PL_BACKTEST_WRONG); /* nothing tells yet */
    cell.limit_bytes = 0;
    assert_int_equal(judge(&cell, 0.2).verdict, PL_BACKTEST_LIMITLESS);
    assert_int_equal(judge(&cell, 0.02).verdict, PL_BACKTEST_SHORT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kill_that_was_foretold_is_right),
        cmocka_unit_test(a_cell_that_grows_comes_to_its_last_rss),
        cmocka_unit_test(bounded_cells_are_not_to_be_killed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
