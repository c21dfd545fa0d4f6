/* Selection rather than sorting: the bootstrap takes a median of hundreds of Walsh averages
 * thousands of times. */
#include "harness/stats/values.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

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

static double middle_of_three(double a, double b, double c)
{
    return fmax(fmin(a, b), fmin(fmax(a, b), c));
}

/* Moves what belongs at `k` there, with nothing greater before it and nothing less after it. */
static void select_nth(double *values, size_t count, size_t k)
{
    size_t low = 0, high = count - 1;
    while (low < high) {
        double pivot = middle_of_three(values[low], values[low + (high - low) / 2], values[high]);
        size_t left = low, right = high;
        for (;;) {
            while (values[left] < pivot)
                left++;
            while (values[right] > pivot)
                right--;
            if (left >= right)
                break;
            double swap = values[left];
            values[left++] = values[right];
            values[right--] = swap;
        }
        /* What lies before `left` is at most the pivot, the rest at least; if nothing lies before
         * it, the pivot is the first value and the least. */
        if (k < left)
            high = left - 1;
        else
            low = left > low ? left : low + 1;
    }
}

double pl_values_median(double *values, size_t count)
{
    assert(count > 0);
    size_t middle = count / 2;
    select_nth(values, count, middle);
    if (count % 2)
        return values[middle];
    double below = values[0];
    for (size_t i = 1; i < middle; i++)
        below = fmax(below, values[i]);
    return below / 2 + values[middle] / 2;
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
