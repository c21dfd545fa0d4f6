/* Selection against sorting, also of values in order, in reverse and alike. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/base/select.h"

enum { MOST = 60 };

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Each k of some values: where it belongs, and the others on their side of it. */
static void selects(const double *values, size_t count)
{
    double sorted[MOST], moved[MOST];
    memcpy(sorted, values, count * sizeof *values);
    qsort(sorted, count, sizeof *sorted, compare);
    for (size_t k = 0; k < count; k++) {
        memcpy(moved, values, count * sizeof *values);
        pl_select_nth(moved, count, k);
        assert_true(moved[k] == sorted[k]);
        for (size_t i = 0; i < count; i++)
            assert_true(i < k ? moved[i] <= moved[k] : moved[i] >= moved[k]);
        qsort(moved, count, sizeof *moved, compare); /* none is lost */
        assert_memory_equal(moved, sorted, count * sizeof *moved);
    }
    assert_true(pl_select_greatest(values, count) == sorted[count - 1]);
}

/* Where a NaN belongs nobody can say; it ends all the same. */
static void no_number_ends_it(void **state)
{
    (void)state;
    double values[] = {NAN, 2, NAN, 1, NAN, 3, NAN};
    pl_select_nth(values, sizeof values / sizeof *values, 3);
    double none[] = {NAN, NAN, NAN};
    pl_select_nth(none, 3, 1);
    assert_true(isnan(none[1]));
}

static void what_is_selected_is_what_sorting_finds(void **state)
{
    (void)state;
    double values[MOST];
    uint32_t seed = 1;
    for (size_t count = 1; count <= MOST; count++)
        for (uint32_t kinds = 1; kinds <= 1000; kinds *= 10) {
            for (size_t i = 0; i < count; i++) {
                seed = seed * 1664525 + 1013904223; /* Numerical Recipes' */
                values[i] = (double)(seed >> 8) / 3 * (kinds > 100) + (double)((seed >> 8) % kinds);
            }
            selects(values, count);
        }
}

static void values_in_order_are_selected(void **state)
{
    (void)state;
    double up[MOST], down[MOST];
    for (size_t i = 0; i < MOST; i++) {
        up[i] = (double)i - 7;
        down[i] = -up[i];
    }
    selects(up, MOST);
    selects(down, MOST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_number_ends_it),
        cmocka_unit_test(what_is_selected_is_what_sorting_finds),
        cmocka_unit_test(values_in_order_are_selected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
