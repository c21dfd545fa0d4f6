/* Holm's correction against R and against the closed test that it shortens. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/stats/holm.h"
#include "harness/stats/tests/draw.h"
#include "harness/stats/values.h"

#define CLOSE 1e-12

/* The 15 p-values of Benjamini & Hochberg, "Controlling the False Discovery Rate", Journal of the
 * Royal Statistical Society B 57, 1995, section 3.1, shuffled, with two more; adjusted by R 4.2,
 * p.adjust(p, "holm"). */
static void as_r_adjusts(void **state)
{
    (void)state;
    const double p[] = {0.0001, 0.0058, 0.0004, 0.5,    0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                        0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000,  0.0019};
    const double holm[] = {0.0017, 0.0812, 0.0064, 1, 0.1235, 0.2412, 0.3058, 0.3058, 0.3096,
                           0.3672, 1,      1,      1, 1,      1,      1,      0.0285};
    double adjusted[17];
    assert_int_equal(pl_holm(p, 17, adjusted), 0);
    for (size_t i = 0; i < 17; i++)
        assert_near(adjusted[i], holm[i], CLOSE);
}

/* Bonferroni's test of every set of hypotheses that holds this one; the worst of them. */
static double closed_p(const double *p, size_t count, size_t of)
{
    double worst = 0;
    for (unsigned set = 0; set < 1u << count; set++) {
        double least = 1, members = 0;
        for (size_t i = 0; i < count; i++)
            if (set >> i & 1) {
                least = fmin(least, p[i]);
                members++;
            }
        if (set >> of & 1)
            worst = fmax(worst, fmin(members * least, 1));
    }
    return worst;
}

static void is_the_closed_test(void **state)
{
    (void)state;
    uint64_t seed = 2;
    for (size_t count = 1; count <= 9; count++)
        for (int run = 0; run < 20; run++) {
            double p[9], adjusted[9];
            for (size_t i = 0; i < count; i++) /* some of them equal, some 0 */
                p[i] = run % 2 ? draw_coarse(&seed, 8) / 40 : pow(draw_uniform(&seed), 3);
            assert_int_equal(pl_holm(p, count, adjusted), 0);
            for (size_t i = 0; i < count; i++)
                assert_near(adjusted[i], closed_p(p, count, i), CLOSE);
        }
}

static void may_adjust_in_place(void **state)
{
    (void)state;
    double p[] = {0.04, 0.01, 0.03};
    assert_int_equal(pl_holm(p, 3, p), 0);
    assert_near(p[0], 0.06, CLOSE);
    assert_near(p[1], 0.03, CLOSE);
    assert_near(p[2], 0.06, CLOSE);
}

static void refuses_what_is_no_p(void **state)
{
    (void)state;
    const double nan[] = {0.1, NAN}, above[] = {0.1, 1.01}, below[] = {-0.01};
    static const double many[PL_STATS_VALUES_MAX + 1];
    double adjusted[2] = {42, 42};
    assert_int_equal(pl_holm(nan, 2, adjusted), -EINVAL);
    assert_int_equal(pl_holm(above, 2, adjusted), -EINVAL);
    assert_int_equal(pl_holm(below, 1, adjusted), -EINVAL);
    assert_int_equal(pl_holm(below, 0, adjusted), -EINVAL);
    assert_int_equal(pl_holm(many, PL_STATS_VALUES_MAX + 1, adjusted), -EINVAL);
    assert_true(adjusted[0] == 42 && adjusted[1] == 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_r_adjusts),
        cmocka_unit_test(is_the_closed_test),
        cmocka_unit_test(may_adjust_in_place),
        cmocka_unit_test(refuses_what_is_no_p),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
