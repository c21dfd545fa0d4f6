/* Seeded draws for the tests of the statistics. */
#ifndef PL_STATS_TESTS_DRAW_H
#define PL_STATS_TESTS_DRAW_H

#include <math.h>

#include "harness/base/random.h"

/* Between 0 and 1, never either. */
static inline double draw_uniform(uint64_t *seed)
{
    return ((double)(pl_random_next(seed) >> 11) + 0.5) / 9007199254740992.0;
}

/* Standard normal (Box & Muller, Annals of Mathematical Statistics 29, 1958). */
static inline double draw_normal(uint64_t *seed)
{
    double radius = sqrt(-2 * log(draw_uniform(seed)));
    return radius * cos(6.283185307179586 * draw_uniform(seed));
}

/* A small whole number: a series of these is full of ties and zeros. */
static inline double draw_coarse(uint64_t *seed, uint64_t below)
{
    return (double)(pl_random_next(seed) % below);
}

static inline void draw_shuffle(double *values, size_t count, uint64_t *seed)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = (size_t)(pl_random_next(seed) % i);
        double swap = values[i - 1];
        values[i - 1] = values[j];
        values[j] = swap;
    }
}

/** Doubles as they are: cmocka's own comparison makes floats of them. */
#define assert_near(got, expected, tolerance) assert_true(fabs((got) - (expected)) <= (tolerance))

#endif
