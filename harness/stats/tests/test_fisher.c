/* Fisher's exact test, one-sided, against SciPy 1.10's fisher_exact(alternative="greater"). */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/stats/fisher.h"

static void agrees_with_scipy(void **state)
{
    (void)state;
    static const struct {
        size_t a_hits, a_count, b_hits, b_count;
        double p;
    } cases[] = {{1, 20, 20, 20, 1.5234333559e-10}, {0, 5, 5, 5, 0.00396825396825},
                 {0, 20, 3, 20, 0.115384615385},    {0, 20, 5, 20, 0.023562023562},
                 {3, 10, 3, 10, 0.685758513932},    {0, 1, 1, 1, 0.5},
                 {8, 10, 1, 6, 0.999125874126},     {0, 0, 0, 0, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double p =
            pl_fisher_greater(cases[i].a_hits, cases[i].a_count, cases[i].b_hits, cases[i].b_count);
        if (fabs(p - cases[i].p) > 1e-9 * cases[i].p)
            fail_msg("case %zu: %.12g", i, p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_scipy)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
