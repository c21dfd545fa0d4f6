/* Where the results of a run are kept, and what a person is told of it. */
#ifndef PL_CLI_KEPT_RESULTS_H
#define PL_CLI_KEPT_RESULTS_H

#include "harness/base/temporary.h"
#include "harness/cli/arguments.h"
#include "harness/results/results.h"

/** Opens the results in the folder of --out, in a new one below results/, or, with --no-save, in a
 * temporary one.
 *  @param unsaved that one; pl_temporary_remove it in any case
 *  @return 0 or a negative errno with the reason */
int pl_kept_open(struct pl_results *results, const struct pl_arguments *arguments,
                 const char *command, struct pl_temporary *unsaved, struct pl_error *error);

/** Prints the results on stdout, as tables or as JSON, and where they are kept.
 *  @param failed_of 0, or, where the run failed in the midst, how many cells there would be */
void pl_kept_print(const struct pl_results *results, const struct pl_arguments *arguments,
                   size_t failed_of);

/** Says on stderr what stopped the run, and what of it is kept where. @param cells there would be
 */
void pl_kept_print_stopped(const struct pl_results *results, const struct pl_arguments *arguments,
                           size_t cells);

#endif
