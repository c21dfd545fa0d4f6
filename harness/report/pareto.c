/* The non-dominated points (pareto.h): every pair is looked at, for there are hundreds at most. */
#include "harness/report/pareto.h"

#include <math.h>

bool pl_pareto_beats(double ax, double ay, double bx, double by)
{
    return ax <= bx && ay <= by && (ax < bx || ay < by);
}

void pl_pareto(const double *x, const double *y, size_t count, bool *best)
{
    for (size_t i = 0; i < count; i++) {
        best[i] = !isnan(x[i]) && !isnan(y[i]);
        for (size_t k = 0; k < count && best[i]; k++)
            best[i] = !pl_pareto_beats(x[k], y[k], x[i], y[i]);
    }
}
