/* Going on with a run that was stopped: what is there is checked against what was asked, and not
 * run again. */
#ifndef PL_CLI_RESUME_H
#define PL_CLI_RESUME_H

#include "harness/cli/selection.h"

/** Opens the run in the folder of --resume. Cells that are there are taken out of
 * `selection.wanted`. Where the machine is another one, repetitions of a cell are not parted:
 * groups that lack any are run whole, and what there was of them is dropped.
 *  @param failed set where a cell that is there is not as its scenario expects
 *  @return 0 or a negative errno: -EBUSY while a run writes into it; -EINVAL with one line where it
 *  is no run, or one of another commit, version, matrix, shard, question or command */
int pl_resume_open(struct pl_results *results, const struct pl_arguments *arguments,
                   const struct pl_plan *plan, const char *commit, struct pl_selection *selection,
                   bool *failed, struct pl_error *error);

#endif
