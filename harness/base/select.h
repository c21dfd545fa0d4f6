/* The k-th least of many numbers, without sorting the others. */
#ifndef PL_BASE_SELECT_H
#define PL_BASE_SELECT_H

#include <stddef.h>

/** Moves what belongs at `k` there, with nothing greater before it and nothing less behind it: some
 * three visits of each value (Hoare, "Algorithm 65: Find", CACM 4, 1961). @param values none NaN
 *  @param k from 0, below count */
void pl_select_nth(double *values, size_t count, size_t k);

/** The greatest. @param count at least 1 */
double pl_select_greatest(const double *values, size_t count);

#endif
