/* One measured run under the virtual clock, whichever pipeline it is: what the programs that run
 * cells have in common. */
#ifndef PL_CELL_REPLAY_H
#define PL_CELL_REPLAY_H

#include "harness/pipelines/background/background.h"

/** Events of a cell's loop: the pipeline's, those beside it, and the sampler's. */
static inline uint32_t pl_replayed_events(const struct pl_scenario *scenario)
{
    return pl_pipeline_of(scenario)->event_count(scenario) + pl_background_events(scenario) + 1;
}

/** Reads its job from shared memory, replays it through the stack and writes its records to a pipe.
 *  @param find the pipeline of a scenario, as this program runs it
 *  @return the process's exit code */
int pl_cell_replay(const struct pl_pipeline *(*find)(const struct pl_scenario *));

#endif
