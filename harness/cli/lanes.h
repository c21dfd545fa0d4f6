/* Cells side by side, each on a processor of its own, and then alone those whose figures a
 * neighbour would change. */
#ifndef PL_CLI_LANES_H
#define PL_CLI_LANES_H

#include "harness/cli/run_cell.h"

/** Runs the cells that are wanted: those that may have neighbours first, `run->jobs` at a time,
 * then the others one after another. Alone run cells in real time, programs of others, cells that
 * are repeated for their noise or judged by it, and those whose container is larger than their
 * share of the memory that is to spare; and, once more, those without a container that half of that
 * share did not hold.
 *  @return 0 or a negative errno; what had begun by then has ended, and is kept unless it was
 * stopped */
int pl_lanes_run(struct pl_run *run, struct pl_error *error);

#endif
