/* Numbers of a document that may be used: what is out of its range is refused before anything is
 * computed from it. */
#ifndef PL_RESULTS_RANGES_H
#define PL_RESULTS_RANGES_H

#include <jansson.h>
#include <stdbool.h>

#include "allocators/base/error.h"
#include "harness/measure/metrics.h"

/** The range of a number and whether it has to be a JSON integer.
 *  @param parent key of the object that it stands in, of its list where it stands in one; or ""
 *  @param integer set where 1.0 will not do */
struct pl_range pl_range_of(const char *parent, const char *key, bool *integer);

/** Checks one number. @param what to call it: "metric 'rss_bytes_peak'"
 *  @return 0, or -EINVAL with "WHAT is -1; expected a whole number from 0 to 9" */
int pl_range_check(const struct pl_range *range, double value, const char *what,
                   struct pl_error *error);

/** Checks all numbers below an object or a list. @param name what it is called in its document
 *  @param medians whether metrics are medians @return 0, or -EINVAL for the first that is wrong */
int pl_ranges_check(const json_t *tree, const char *name, bool medians, struct pl_error *error);

#endif
