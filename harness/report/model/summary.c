/* Repetitions summed up: the median and the ends (model.h). */
#include <stdlib.h>

#include "harness/report/model/model.h"

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct pl_summary pl_summary_of(double *values, size_t count)
{
    if (count == 0)
        return (struct pl_summary){0};
    qsort(values, count, sizeof *values, ascending);
    double upper = values[count / 2], lower = values[(count - 1) / 2];
    return (struct pl_summary){count, (lower + upper) / 2, values[0], values[count - 1]};
}
