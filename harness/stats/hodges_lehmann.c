#include "harness/stats/hodges_lehmann.h"

#include <errno.h>
#include <stdlib.h>

#include "harness/stats/values.h"

double pl_hodges_lehmann_in(const double *values, size_t count, double *averages)
{
    size_t filled = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = i; j < count; j++)
            averages[filled++] = values[i] / 2 + values[j] / 2; /* the sum could overflow */
    return pl_values_median(averages, filled);
}

int pl_hodges_lehmann(const double *values, size_t count, double *estimate)
{
    if (!pl_values_usable(values, count))
        return -EINVAL;
    double *averages = malloc(PL_WALSH_AVERAGES(count) * sizeof *averages);
    if (!averages)
        return -ENOMEM;
    *estimate = pl_hodges_lehmann_in(values, count, averages);
    free(averages);
    return 0;
}

int pl_hodges_lehmann_shift(const double *x, size_t x_count, const double *y, size_t y_count,
                            double *shift)
{
    if (!pl_values_usable(x, x_count) || !pl_values_usable(y, y_count))
        return -EINVAL;
    double *differences = malloc(x_count * y_count * sizeof *differences);
    if (!differences)
        return -ENOMEM;
    for (size_t i = 0; i < x_count; i++)
        for (size_t j = 0; j < y_count; j++)
            differences[i * y_count + j] = x[i] - y[j];
    *shift = pl_values_median(differences, x_count * y_count);
    free(differences);
    return 0;
}
