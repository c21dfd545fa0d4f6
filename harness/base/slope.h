/* Theil-Sen slope with Sen's interval (P. K. Sen, "Estimates of the Regression Coefficient Based on
 * Kendall's Tau", JASA 63, 1968). */
#ifndef PL_BASE_SLOPE_H
#define PL_BASE_SLOPE_H

#include <stddef.h>

struct pl_slope {
    double median; /* y per x */
    double low;    /* 95 % interval */
    double high;
};

#define PL_SLOPE_POINTS_MAX 256

/** @param count 2 to PL_SLOPE_POINTS_MAX, distinct x @return 0 or -ENOMEM or -EINVAL */
int pl_slope_fit(const double *x, const double *y, size_t count, struct pl_slope *slope);

#endif
