#include "harness/pipelines/trace/player.h"

#include <malloc.h>

#include "harness/clock/loop.h"

static int64_t due_of(const struct trace_player *p, uint64_t ms)
{
    return (int64_t)((double)(p->base_ms + ms) / p->hands.settings->speed * 1e6);
}

/* @return whether it is still to come */
static bool waits(struct trace_player *p, uint64_t ms)
{
    p->due_ns = due_of(p, ms);
    return p->due_ns > p->now_ns;
}

static enum trace_stop end(struct trace_player *p)
{
    p->over = true;
    p->due_ns =
        p->hands.settings->loop == PL_TRACE_LOOP_OFF ? PL_NEVER : due_of(p, p->tape->duration_ms);
    return TRACE_PAUSE;
}

enum trace_stop trace_play(struct trace_player *p)
{
    const pl_tape_word *words = pl_tape_words(p->tape);
    while (p->next < p->tape->word_count) {
        const pl_tape_word word = words[p->next];
        switch (pl_tape_op_of(word)) {
        case PL_TAPE_TIME:
            if (waits(p, pl_tape_argument_of(word)))
                return TRACE_PAUSE;
            break;
        case PL_TAPE_LANE:
            p->lane = pl_tape_argument_of(word);
            p->next++;
            return TRACE_SWITCH;
        case PL_TAPE_LEAVE:
            p->next++;
            return TRACE_LEAVE;
        case PL_TAPE_TRIM: /* as the program called it, whichever heap serves */
            malloc_trim(pl_tape_argument_of(word));
            break;
        default:
            trace_act(&p->hands, &p->held.blocks[pl_tape_slot_of(word)], word);
        }
        p->next++;
    }
    return end(p);
}

void trace_rewind(struct trace_player *p)
{
    trace_held_rewind(&p->held, &p->hands);
    p->base_ms += p->tape->duration_ms;
    p->next = 0;
    p->over = false;
}

void trace_release_all(struct trace_player *p)
{
    trace_held_release(&p->held, &p->hands);
}
