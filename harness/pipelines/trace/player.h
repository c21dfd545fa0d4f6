/* Plays a tape's words on whichever thread has the turn: blocks come, are written to, change their
 * size and go, in the recorded order. What happens when the turn is another thread's is lanes.h's.
 */
#ifndef PL_PIPELINES_TRACE_PLAYER_H
#define PL_PIPELINES_TRACE_PLAYER_H

#include "harness/pipelines/trace/held.h"

/** Why a player stops. */
enum trace_stop {
    TRACE_SWITCH, /* what follows is another lane's: `lane` */
    TRACE_LEAVE,  /* the lane's thread ends */
    TRACE_PAUSE   /* what follows has its time: `due_ns`, or never */
};

struct trace_player {
    struct trace_hands hands;
    const struct pl_tape *tape;
    struct trace_held held;
    uint64_t next;    /* word */
    uint32_t lane;    /* whose events come */
    uint64_t base_ms; /* of the tape's time 0, in the recording's pace */
    int64_t now_ns;
    int64_t due_ns; /* when to go on */
    bool over;
};

/** Plays on from where it stopped. On the thread whose turn it is. */
enum trace_stop trace_play(struct trace_player *player);

/** The tape begins again, what is live being released or kept as the settings say. */
void trace_rewind(struct trace_player *player);

/** Releases all that is held. */
void trace_release_all(struct trace_player *player);

#endif
