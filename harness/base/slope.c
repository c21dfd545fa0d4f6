/* All pairwise slopes, in so far as they have to be sorted; the interval by the normal
 * approximation of Kendall's score. */
#include "harness/base/slope.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "harness/base/select.h"

/* Half the width of the interval in ranks: z * sd of Kendall's score, n(n-1)(2n+5)/18. */
static double rank_width(size_t n)
{
    double points = (double)n;
    return 1.959964 * sqrt(points * (points - 1) * (2 * points + 5) / 18);
}

static double ranked(double *values, size_t count, size_t rank)
{
    pl_select_nth(values, count, rank);
    return values[rank];
}

static double median_of(double *values, size_t count)
{
    double above = ranked(values, count, count / 2);
    return count % 2 ? above : (pl_select_greatest(values, count / 2) + above) / 2;
}

int pl_slope_fit(const double *x, const double *y, size_t count, struct pl_slope *slope)
{
    if (count < 2 || count > PL_SLOPE_POINTS_MAX)
        return -EINVAL;
    size_t pairs = 0;
    double *slopes = malloc(count * (count - 1) / 2 * sizeof *slopes);
    if (!slopes)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            slopes[pairs++] = (y[j] - y[i]) / (x[j] - x[i]);
    double last = (double)pairs - 1, width = rank_width(count);
    double low = floor(((double)pairs - width) / 2) - 1, high = ceil(((double)pairs + width) / 2);
    slope->low = ranked(slopes, pairs, (size_t)fmin(fmax(low, 0), last));
    slope->high = ranked(slopes, pairs, (size_t)fmin(fmax(high, 0), last));
    slope->median = median_of(slopes, pairs);
    free(slopes);
    return 0;
}
