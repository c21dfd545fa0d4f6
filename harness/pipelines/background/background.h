/* Allocations that go on beside any pipeline in the loop, whatever that does: blocks of seeded
 * sizes at a rate, of which the last ones are held. In a server these are heartbeats, timers and
 * logs; without them a heap that gives memory back when it is called would never do so in a
 * pause. */
#ifndef PL_PIPELINES_BACKGROUND_H
#define PL_PIPELINES_BACKGROUND_H

#include "harness/pipelines/pipeline.h"

struct pl_background_work;

/** Events that open adds to the loop. */
uint32_t pl_background_events(const struct pl_scenario *scenario);

/** Bytes of the arena that open takes. */
size_t pl_background_arena_bytes(const struct pl_scenario *scenario);

/** Puts the events of a scenario's `background` into the loop, on the side that receives.
 *  @param work set on success @return 0 or -ENOMEM when the arena is too small */
int pl_background_open(const struct pl_pipeline_inputs *inputs, struct pl_background_work **work,
                       struct pl_error *error);

/** Releases whatever is held. */
void pl_background_close(struct pl_background_work *work);

/** Events of a cell's loop: the pipeline's, those beside it, a crew's turns and the
 *  sampler's. */
static inline uint32_t pl_replayed_events(const struct pl_scenario *scenario)
{
    return pl_pipeline_of(scenario)->event_count(scenario) + pl_background_events(scenario) + 2;
}

#endif
