/* Every pair of ends in count^2 / 2 steps and with no matrix: what is between the parts and what is
 * within the second follow from sums of distances to a value (energy.h). */
#include "harness/stats/energy.h"

#include <math.h>

static double distance(double x, double y, double alpha)
{
    double plain = fabs(x - y);
    return alpha == 1.0 ? plain : pow(plain, alpha);
}

/* within[k]: the sum of the distances among the first k + 1 values. */
static void sum_within(const double *values, size_t count, double alpha, double *within)
{
    within[0] = 0;
    for (size_t k = 1; k < count; k++) {
        double sum = 0;
        for (size_t i = 0; i < k; i++)
            sum += distance(values[i], values[k], alpha);
        within[k] = within[k - 1] + sum;
    }
}

static double scaled(double between, double first, double second, double n, double m)
{
    double energy = 2 * between / (n * m) - 2 * first / (n * (n - 1)) - 2 * second / (m * (m - 1));
    return n * m / (n + m) * energy;
}

/* The best end of a second part that begins at `at`. to_first[k]: the sum of the distances of value
 * k to the first part. */
static void best_end(const double *within, const double *to_first, size_t count, size_t at,
                     size_t min_segment, struct pl_energy_split *best)
{
    double between = 0;
    for (size_t end = at; end < count; end++) {
        between += to_first[end];
        size_t m = end + 1 - at;
        if (m < min_segment)
            continue;
        double second = within[end] - within[at - 1] - between;
        double q = scaled(between, within[at - 1], second, (double)at, (double)m);
        if (q > best->distance)
            *best = (struct pl_energy_split){at, q};
    }
}

struct pl_energy_split pl_energy_divide(const double *values, size_t count, double alpha,
                                        size_t min_segment, double *work)
{
    struct pl_energy_split best = {0};
    double *within = work, *to_first = work + count;
    if (count < 2 * min_segment)
        return best;
    sum_within(values, count, alpha, within);
    for (size_t k = 0; k < count; k++)
        to_first[k] = 0;
    for (size_t at = 1; at + min_segment <= count; at++) {
        for (size_t k = at; k < count; k++)
            to_first[k] += distance(values[at - 1], values[k], alpha);
        if (at >= min_segment)
            best_end(within, to_first, count, at, min_segment, &best);
    }
    return best;
}
