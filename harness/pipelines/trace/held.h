/* All blocks that one replayed program holds: by the tape's slots, and those that stayed behind
 * when the tape began again. */
#ifndef PL_PIPELINES_TRACE_HELD_H
#define PL_PIPELINES_TRACE_HELD_H

#include "harness/base/arena.h"
#include "harness/pipelines/trace/block_calls.h"

struct trace_held {
    struct trace_block *blocks; /* by slot */
    uint32_t slots;
    struct trace_block *kept; /* of tapes that are over, with trace.loop: keep */
    uint64_t kept_count, kept_capacity;
};

/** Blocks that stay behind by the end of the run. */
uint64_t trace_kept_of(const struct pl_scenario *scenario, const struct pl_tape *tape);

/** Bytes of the arena that opening takes. */
size_t trace_held_bytes(const struct pl_scenario *scenario, const struct pl_tape *tape);

/** @return false when the arena is too small */
bool trace_held_open(struct trace_held *held, const struct pl_scenario *scenario,
                     const struct pl_tape *tape, struct pl_arena *arena);

/** The tape begins again: what is live is released or kept as the settings say. No other thread of
 *  the program is at work. */
void trace_held_rewind(struct trace_held *held, struct trace_hands *hands);

/** Releases all that is held. Likewise. */
void trace_held_release(struct trace_held *held, struct trace_hands *hands);

#endif
