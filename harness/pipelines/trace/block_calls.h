/* What a replayed program's threads do to its blocks: acquire, write to, resize and release them,
 * as a tape's words say. In whose order is player.h's and wall.h's. */
#ifndef PL_PIPELINES_TRACE_BLOCK_CALLS_H
#define PL_PIPELINES_TRACE_BLOCK_CALLS_H

#include "harness/base/arena.h"
#include "harness/pipelines/sides.h"
#include "harness/traffic/tape.h"

/** A block that is held, or absent: it was refused. */
struct trace_block {
    uint8_t *block;
    uint32_t shape; /* what was asked for last, and got */
    uint32_t stamp; /* at its beginning, where it was written to; 0: it was not */
};

/** What one thread works with. */
struct trace_hands {
    const struct pl_trace_settings *settings;
    const struct pl_request *shapes;
    const uint8_t *classes; /* of each shape: the class that serves it */
    struct pl_side *side;
    uint32_t stamp; /* the latest; where it begins, threads' are told apart */
};

/** The class that serves each of a tape's shapes: the smallest with room for it, or the last.
 *  @return NULL when the arena is too small; a byte a shape */
const uint8_t *trace_classes(const struct pl_scenario *scenario, const struct pl_stack_spec *stack,
                             const struct pl_tape *tape, struct pl_arena *arena);

/** Does what a word of one of the first four kinds says to its slot's block. */
void trace_act(struct trace_hands *hands, struct trace_block *block, pl_tape_word word);

/** Releases a block, if there is one. */
void trace_release(struct trace_hands *hands, struct trace_block *block);

#endif
