/* Many tests at once: Holm's correction (S. Holm, "A Simple Sequentially Rejective Multiple Test
 * Procedure", Scandinavian Journal of Statistics 6, 1979). */
#ifndef PL_STATS_HOLM_H
#define PL_STATS_HOLM_H

#include <stddef.h>

/** Adjusts p so that, of all tests together, the chance of any false alarm is at most the level
 * that the adjusted values are held against, whether the tests depend on each other or not.
 *
 * @param p each 0 to 1 @param count 1 to PL_STATS_VALUES_MAX
 * @param adjusted out, in the order of `p` and in the same order of size, at most 1; may be `p`
 * @return 0; -EINVAL for too few or too many, or a p that is none; -ENOMEM */
int pl_holm(const double *p, size_t count, double *adjusted);

#endif
