/* results/counterparts.json: which models were held against a real program, and how far off they
 * were; which have none; and which claims of the documents that the models come from hold.
 * ci/counterparts renews it. */
#ifndef PL_RESULTS_COUNTERPARTS_H
#define PL_RESULTS_COUNTERPARTS_H

#include <jansson.h>

#include "allocators/base/error.h"
#include "harness/results/rss_series.h"

/** Reads the file and checks all that is used of it: `pairs`, `none`, `claims` and `curves`.
 *  @param path NULL for ./results/counterparts.json, that of the source tree, or the installed one
 *  @param root set on success; json_decref
 *  @return 0; -EINVAL with one line: which file, what is wrong */
int pl_counterparts_read(const char *path, json_t **root, struct pl_error *error);

/** The committed curve of a real program in a stack.
 *  @return an object of `curves`, or NULL */
const json_t *pl_counterparts_curve(const json_t *root, const char *counterpart, const char *stack);

/** Makes a series of such a curve; live bytes are not known.
 *  @return 0 or -ENOMEM; pl_rss_series_free */
int pl_counterparts_series(const json_t *curve, struct pl_rss_series *series);

/** How far a model is off, percent of the real figure: 25 is a quarter too much.
 *  @param real above 0 */
double pl_counterparts_error(double model, double real);

#endif
