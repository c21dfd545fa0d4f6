/* All pairwise slopes, sorted; the interval by the normal approximation of Kendall's score. */
#include "harness/base/slope.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_of(const double *sorted, size_t count)
{
    return count % 2 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
}

/* Half the width of the interval in ranks: z * sd of Kendall's score, n(n-1)(2n+5)/18. */
static double rank_width(size_t n)
{
    double points = (double)n;
    return 1.959964 * sqrt(points * (points - 1) * (2 * points + 5) / 18);
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
    qsort(slopes, pairs, sizeof *slopes, compare);
    double last = (double)pairs - 1, width = rank_width(count);
    double low = floor(((double)pairs - width) / 2) - 1, high = ceil(((double)pairs + width) / 2);
    slope->median = median_of(slopes, pairs);
    slope->low = slopes[(size_t)fmin(fmax(low, 0), last)];
    slope->high = slopes[(size_t)fmin(fmax(high, 0), last)];
    free(slopes);
    return 0;
}
