/* The non-dominated points (pareto.h): sorted by the first figure, one walk finds them. */
#include "harness/stats/pareto.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

bool pl_pareto_beats(double ax, double ay, double bx, double by)
{
    return ax <= bx && ay <= by && (ax < bx || ay < by);
}

struct point {
    double x, y;
    size_t number;
};

static int by_figures(const void *a, const void *b)
{
    const struct point *p = a, *q = b;
    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    return (p->y > q->y) - (p->y < q->y);
}

/* Of those alike in x the least y alone can be best, and only below all that came before. */
static void mark(const struct point *points, size_t count, bool *best)
{
    double least = INFINITY;
    for (size_t first = 0, i = 0; i < count; first = i) {
        for (; i < count && points[i].x == points[first].x; i++)
            best[points[i].number] = points[i].y == points[first].y && points[i].y < least;
        least = fmin(least, points[first].y);
    }
}

int pl_pareto(const double *x, const double *y, size_t count, bool *best)
{
    struct point *points = malloc((count + 1) * sizeof *points);
    size_t whole = 0;
    if (!points)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        best[i] = false;
        if (!isnan(x[i]) && !isnan(y[i]))
            points[whole++] = (struct point){x[i], y[i], i};
    }
    qsort(points, whole, sizeof *points, by_figures);
    mark(points, whole, best);
    free(points);
    return 0;
}
