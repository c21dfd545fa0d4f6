/* Two shares compared exactly (R. A. Fisher, "The Logic of Inductive Inference", Journal of the
 * Royal Statistical Society 98, 1935). */
#ifndef PL_STATS_FISHER_H
#define PL_STATS_FISHER_H

#include <stddef.h>

/** The chance of at least so many hits among b's, were hits equally likely on both sides:
 * one-sided, R's fisher.test(..., alternative = "greater") with b in the first row.
 *  @param a_hits at most a_count @param b_hits at most b_count @return p; 1 without any value */
double pl_fisher_greater(size_t a_hits, size_t a_count, size_t b_hits, size_t b_count);

#endif
