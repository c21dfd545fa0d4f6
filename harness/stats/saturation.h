/* Growth that slows down, by least squares: bytes = a + b x, x being one of
 *  - 1 - exp(-t / tau), the charge of a capacitor, which ends at a + b;
 *  - (t / T)^p with p from 0.05 to 0.95 and T the time that was seen, which goes on and on, as a
 * heap does that fragments;
 *  - 1 - exp(-t / tau) with c t beside it: a start that is over, and what grows evenly behind it.
 * The bend, tau / T or p, is found on a grid, for each of which a, b and c are linear (variable
 * projection: Golub & Pereyra, SIAM Journal on Numerical Analysis 10, 1973). Sums of squares decide
 * between them, by AIC; an end is to be more certain than none. */
#ifndef PL_STATS_SATURATION_H
#define PL_STATS_SATURATION_H

#include <stddef.h>

enum pl_saturation_shape {
    PL_SATURATION_ENDS,
    PL_SATURATION_SLOWS,
    PL_SATURATION_STARTS,
    PL_SATURATION_SHAPES
};

struct pl_saturation_curve {
    enum pl_saturation_shape shape;
    double base;  /* a, bytes */
    double rise;  /* b, bytes */
    double drift; /* c T, bytes; 0 but of one that starts */
    double bend;  /* tau / T, or p */
};

struct pl_saturation {
    double start_seconds; /* where t is 0 */
    double seen_seconds;  /* T */
    struct pl_saturation_curve best;
    struct pl_saturation_curve low, high; /* what the points allow: a profile of 95 % */
    double squares;                       /* sum of squared distances, bytes^2 */
    size_t parameters;                    /* of the best */
};

/** @param seconds, bytes ascending in time @param count 4 or more
 *  @return 0; -EINVAL where the points are no such growth: the rise is not above 0, or the bend is
 *  beyond the grid (1/50 to 3/2 of tau / T), a step or a line */
int pl_saturation_fit(const double *seconds, const double *bytes, size_t count,
                      struct pl_saturation *fit);

/** The level at a moment. @param curve of the fit */
double pl_saturation_at(const struct pl_saturation *fit, struct pl_saturation_curve curve,
                        double seconds);

/** What it ends at, bytes; INFINITY where it goes on. */
double pl_saturation_end(struct pl_saturation_curve curve);

#endif
