/* Plays a tape's words on whichever thread has the turn: blocks come, are written to, change their
 * size and go, in the recorded order. What happens when the turn is another thread's is lanes.h's.
 */
#ifndef PL_PIPELINES_TRACE_PLAYER_H
#define PL_PIPELINES_TRACE_PLAYER_H

#include "harness/pipelines/sides.h"
#include "harness/traffic/tape.h"

/** A block that is held, or absent: it was refused. */
struct trace_block {
    uint8_t *block;
    uint32_t shape; /* what was asked for last, and got */
    uint32_t stamp; /* at its beginning, where it was written to; 0: it was not */
};

/** Why a player stops. */
enum trace_stop {
    TRACE_SWITCH, /* what follows is another lane's: `lane` */
    TRACE_LEAVE,  /* the lane's thread ends */
    TRACE_PAUSE   /* what follows has its time: `due_ns`, or never */
};

struct trace_player {
    const struct pl_trace_settings *settings;
    const struct pl_tape *tape;
    const uint8_t *classes; /* of each shape: the class that serves it */
    struct pl_side *side;
    struct trace_block *blocks; /* by slot */
    struct trace_block *kept;   /* of tapes that are over, with trace.loop: keep */
    uint64_t kept_count, kept_capacity;
    uint64_t next;    /* word */
    uint32_t lane;    /* whose events come */
    uint32_t stamp;   /* the latest */
    uint64_t base_ms; /* of the tape's time 0, in the recording's pace */
    int64_t now_ns;
    int64_t due_ns; /* when to go on */
    bool over;
};

/** The class that serves a request: the smallest with room for it, or the last. */
uint8_t trace_class_of(const struct pl_scenario *s, const struct pl_stack_spec *stack,
                       const struct pl_request *request);

/** Plays on from where it stopped. On the thread whose turn it is. */
enum trace_stop trace_play(struct trace_player *player);

/** The tape begins again, what is live being released or kept as the settings say. */
void trace_rewind(struct trace_player *player);

/** Releases all that is held. */
void trace_release_all(struct trace_player *player);

#endif
