/* cmocka's assert_float_equal compares floats; the statistics are doubles. */
#ifndef PL_STATS_TESTS_CLOSE_H
#define PL_STATS_TESTS_CLOSE_H

#include <math.h>

#define assert_close(actual, expected, tolerance) \
    check_close(actual, expected, tolerance, #actual, __FILE__, __LINE__)

static inline void check_close(double actual, double expected, double tolerance, const char *what,
                               const char *file, int line)
{
    if (fabs(actual - expected) <= tolerance)
        return;
    print_error("%s is %.17g, not %.17g within %g\n", what, actual, expected, tolerance);
    _fail(file, line);
}

#endif
