/* One measured run under the virtual clock, whichever pipeline it is: what the programs that run
 * cells have in common. */
#ifndef PL_CELL_VIRTUAL_RUN_H
#define PL_CELL_VIRTUAL_RUN_H

#include "harness/pipelines/pipeline.h"

/** Reads its job from shared memory, replays it through the stack and writes its records to a pipe.
 *  @param find the pipeline of a scenario, as this program runs it
 *  @return the process's exit code */
int pl_cell_replay(const struct pl_pipeline *(*find)(const struct pl_scenario *));

#endif
