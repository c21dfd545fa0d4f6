/* The least p times the number of tests, the next times one fewer, and none below the one before
 * (holm.h). */
#include "harness/stats/holm.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "harness/stats/values.h"

struct place {
    double p;
    size_t index;
};

static int compare(const void *a, const void *b)
{
    double x = ((const struct place *)a)->p, y = ((const struct place *)b)->p;
    return (x > y) - (x < y);
}

static bool usable(const double *p, size_t count)
{
    if (count < 1 || count > PL_STATS_VALUES_MAX)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!(p[i] >= 0 && p[i] <= 1)) /* not for NaN either */
            return false;
    return true;
}

int pl_holm(const double *p, size_t count, double *adjusted)
{
    if (!usable(p, count))
        return -EINVAL;
    struct place *sorted = malloc(count * sizeof *sorted);
    if (!sorted)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++)
        sorted[i] = (struct place){p[i], i};
    qsort(sorted, count, sizeof *sorted, compare);
    double highest = 0;
    for (size_t i = 0; i < count; i++) {
        highest = fmin(fmax(highest, (double)(count - i) * sorted[i].p), 1);
        adjusted[sorted[i].index] = highest;
    }
    free(sorted);
    return 0;
}
