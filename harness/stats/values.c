/* Selection rather than sorting: the bootstrap takes a median of hundreds of Walsh averages
 * thousands of times. */
#include "harness/stats/values.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "harness/base/select.h"

bool pl_values_usable(const double *values, size_t count)
{
    if (count < 1 || count > PL_STATS_VALUES_MAX)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!(fabs(values[i]) <= DBL_MAX / 4)) /* not for NaN either */
            return false;
    return true;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void pl_values_sort(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
}

double pl_values_median(double *values, size_t count)
{
    assert(count > 0);
    size_t middle = count / 2;
    pl_select_nth(values, count, middle);
    if (count % 2)
        return values[middle];
    return pl_select_greatest(values, middle) / 2 + values[middle] / 2;
}

double pl_values_quantile(const double *sorted, size_t count, double q)
{
    assert(count > 0 && q >= 0 && q <= 1);
    double place = q * (double)(count - 1);
    size_t index = (size_t)place;
    if (index + 1 >= count)
        return sorted[count - 1];
    double share = place - (double)index;
    return sorted[index] * (1 - share) + sorted[index + 1] * share;
}
