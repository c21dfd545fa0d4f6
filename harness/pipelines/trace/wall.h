/* A recorded program's heap under the wall clock: its threads run freely, each through its own lane
 * of a split tape (traffic/tape_split.h), at the recorded times by trace.speed or, where they are
 * past, at once. They wait for each other only where one has a block that another made, resized or
 * wrote to. What is allocated, with which sizes and by which thread is what was recorded; in which
 * order threads come to their events, and so what is live at a time, is the machine's.
 *
 * The program's main thread is the cell's own (of the first copy). Sides are one a lane, copy by
 * copy. */
#ifndef PL_PIPELINES_TRACE_WALL_H
#define PL_PIPELINES_TRACE_WALL_H

#include "harness/pipelines/pipeline.h"
#include "harness/traffic/tape.h"

struct pl_trace_wall;

/** Threads, and so sides, that a replay has. @param tape the split one's head */
uint32_t pl_trace_wall_sides(const struct pl_scenario *scenario, const struct pl_tape *tape);

/** Bytes of the arena that opening takes. */
size_t pl_trace_wall_arena_bytes(const struct pl_scenario *scenario, const struct pl_tape *tape);

/** @param inputs with a recording of a split tape, and sides that are a crowd
 *  @param wall set on success, in the arena @return 0, or -ENOMEM when that is too small */
int pl_trace_wall_open(const struct pl_pipeline_inputs *inputs, struct pl_trace_wall **wall,
                       struct pl_error *error);

/** Replays from `start_ns` (as pl_real_now counts) until it is stopped, also when the tape is over
 *  before that. On the cell's main thread; all others have ended when it returns, and the sides'
 *  sums are exact. */
void pl_trace_wall_run(struct pl_trace_wall *wall, int64_t start_ns);

/** Waits until all copies have come to their tapes' ends, or until a time, as pl_real_now counts,
 *  where they can: not with trace.loop. Any thread but the run's. */
void pl_trace_wall_await(struct pl_trace_wall *wall, int64_t until_ns);

/** Tells all threads to end, also those that wait. Any thread. */
void pl_trace_wall_stop(struct pl_trace_wall *wall);

/** When the last of the copies came to its tape's end, in ns after the start; 0: they did not, or
 *  began again. After the run. */
int64_t pl_trace_wall_over_ns(const struct pl_trace_wall *wall);

/** Releases all that is held. After the run. */
void pl_trace_wall_close(struct pl_trace_wall *wall);

#endif
