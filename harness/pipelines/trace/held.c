/* Blocks of a program, kept or released (held.h). */
#include "harness/pipelines/trace/held.h"

uint64_t trace_kept_of(const struct pl_scenario *s, const struct pl_tape *tape)
{
    double tape_ns = (double)tape->duration_ms * 1e6 / s->trace.speed;
    double times = (double)s->duration_ns / tape_ns;
    return s->trace.loop == PL_TRACE_LOOP_KEEP ? ((uint64_t)times + 1) * tape->survivors : 0;
}

size_t trace_held_bytes(const struct pl_scenario *s, const struct pl_tape *tape)
{
    return pl_arena_cost(tape->slots * sizeof(struct trace_block)) +
           pl_arena_cost(trace_kept_of(s, tape) * sizeof(struct trace_block));
}

bool trace_held_open(struct trace_held *held, const struct pl_scenario *s,
                     const struct pl_tape *tape, struct pl_arena *arena)
{
    uint64_t kept = trace_kept_of(s, tape);
    *held = (struct trace_held){
        .blocks = pl_arena_take(arena, tape->slots * sizeof(struct trace_block)),
        .slots = tape->slots,
        .kept = pl_arena_take(arena, kept * sizeof(struct trace_block)),
        .kept_capacity = kept,
    };
    return held->blocks && held->kept;
}

static void keep(struct trace_held *held, struct trace_hands *hands, struct trace_block *b)
{
    if (b->block && held->kept_count < held->kept_capacity)
        held->kept[held->kept_count++] = *b;
    else
        trace_release(hands, b);
    b->block = NULL;
}

void trace_held_rewind(struct trace_held *held, struct trace_hands *hands)
{
    for (uint32_t i = 0; i < held->slots; i++)
        if (hands->settings->loop == PL_TRACE_LOOP_KEEP)
            keep(held, hands, &held->blocks[i]);
        else
            trace_release(hands, &held->blocks[i]);
}

void trace_held_release(struct trace_held *held, struct trace_hands *hands)
{
    for (uint32_t i = 0; i < held->slots; i++)
        trace_release(hands, &held->blocks[i]);
    for (uint64_t i = 0; i < held->kept_count; i++)
        trace_release(hands, &held->kept[i]);
}
