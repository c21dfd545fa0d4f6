#include "harness/stats/ranks.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

struct place {
    double value;
    size_t index;
};

static int compare(const void *a, const void *b)
{
    double x = ((const struct place *)a)->value, y = ((const struct place *)b)->value;
    return (x > y) - (x < y);
}

/* The group of equal values that starts at `first`, ranked. Returns the first after it. */
static size_t rank_group(const struct place *sorted, size_t count, size_t first, size_t *doubled,
                         double *ties)
{
    size_t end = first + 1;
    while (end < count && sorted[end].value == sorted[first].value)
        end++;
    for (size_t i = first; i < end; i++)
        doubled[sorted[i].index] = first + 1 + end; /* the ranks first + 1 to end */
    double group = (double)(end - first);
    *ties += group * group * group - group;
    return end;
}

int pl_ranks(const double *values, size_t count, size_t *doubled, double *ties)
{
    struct place *sorted = malloc((count ? count : 1) * sizeof *sorted);
    if (!sorted)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++)
        sorted[i] = (struct place){values[i], i};
    qsort(sorted, count, sizeof *sorted, compare);
    *ties = 0;
    for (size_t i = 0; i < count;)
        i = rank_group(sorted, count, i, doubled, ties);
    free(sorted);
    return 0;
}

double pl_ranks_normal_p(double deviation, double variance)
{
    if (variance <= 0)
        return 1;
    return erfc(fmax(fabs(deviation) - 0.5, 0) / sqrt(2 * variance));
}
