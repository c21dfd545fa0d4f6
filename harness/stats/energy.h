/* The best place to divide a series, by the energy distance of its parts: what E-divisive repeats
 * (change_points.h). */
#ifndef PL_STATS_ENERGY_H
#define PL_STATS_ENERGY_H

#include <stddef.h>

/** Where a segment is best divided. */
struct pl_energy_split {
    size_t at;       /* values before the division; 0: nowhere */
    double distance; /* the scaled distance Q, in the unit of the values to the power alpha */
};

/** Finds the division with the greatest scaled sample distance
 *
 *     Q = nm / (n + m) * (2 / nm * sum |x_i - y_j|^a - 1 / C(n, 2) * sum |x_i - x_k|^a
 *                                                    - 1 / C(m, 2) * sum |y_j - y_k|^a)
 *
 * of the n values before it and the m values after, of which the last may be any (Matteson & James
 * 2014, equations 5 and 7): a part that returns to its old level would otherwise hide.
 *
 * @param values finite, none beyond 1e100 @param alpha more than 0, less than 2
 * @param min_segment 2 at least: values in either part
 * @param work room for 2 * count values
 * @return the first of equal ones; `at` 0 where there is no room for two parts, or none differ */
struct pl_energy_split pl_energy_divide(const double *values, size_t count, double alpha,
                                        size_t min_segment, double *work);

#endif
