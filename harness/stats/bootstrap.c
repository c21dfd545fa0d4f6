/* The percentile bootstrap of the pseudo-median (bootstrap.h). */
#include "harness/stats/bootstrap.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "harness/base/random.h"
#include "harness/stats/hodges_lehmann.h"
#include "harness/stats/values.h"

/* A remainder of 64 bits prefers the first values by 2^-53 at most: nothing that could be seen. */
static void resample(const double *values, size_t count, double *drawn, size_t draws,
                     uint64_t *random)
{
    for (size_t i = 0; i < draws; i++)
        drawn[i] = values[pl_random_next(random) % count];
}

/* In parts of the farthest estimate: the squares of values near DBL_MAX are no doubles. */
static double deviation_of(const double *estimates, size_t count)
{
    double mean = estimates[0], farthest = 0, squares = 0;
    for (size_t i = 0; i < count; i++)
        mean += (estimates[i] - estimates[0]) / (double)count;
    for (size_t i = 0; i < count; i++)
        farthest = fmax(farthest, fabs(estimates[i] - mean));
    for (size_t i = 0; farthest > 0 && i < count; i++) {
        double part = (estimates[i] - mean) / farthest;
        squares += part * part;
    }
    return farthest * sqrt(squares / (double)(count - 1));
}

static void sum_up(double *estimates, size_t rounds, double level, struct pl_bootstrap *out)
{
    pl_values_sort(estimates, rounds);
    out->low = pl_values_quantile(estimates, rounds, (1 - level) / 2);
    out->high = pl_values_quantile(estimates, rounds, (1 + level) / 2);
    out->sd = deviation_of(estimates, rounds);
}

int pl_bootstrap_hodges_lehmann(const double *values, size_t count, size_t draws, size_t rounds,
                                double level, uint64_t seed, struct pl_bootstrap *out)
{
    if (!pl_values_usable(values, count) || draws > PL_STATS_VALUES_MAX || rounds < 2 ||
        rounds > PL_BOOTSTRAP_ROUNDS_MAX || !(level > 0 && level < 1))
        return -EINVAL;
    draws = draws ? draws : count;
    double *drawn = malloc(draws * sizeof *drawn), *estimates = malloc(rounds * sizeof *estimates);
    double *averages = malloc(PL_WALSH_AVERAGES(draws) * sizeof *averages);
    int rc = drawn && estimates && averages ? 0 : -ENOMEM;
    for (size_t i = 0; !rc && i < rounds; i++) {
        resample(values, count, drawn, draws, &seed);
        estimates[i] = pl_hodges_lehmann_in(drawn, draws, averages);
    }
    if (!rc)
        sum_up(estimates, rounds, level, out);
    free(drawn);
    free(estimates);
    free(averages);
    return rc;
}
