/* One lane under the wall clock: the thread that plays its stream, and the next one when that has
 * left. */
#ifndef PL_PIPELINES_TRACE_WALL_LANE_H
#define PL_PIPELINES_TRACE_WALL_LANE_H

#include <pthread.h>

#include "harness/pipelines/trace/held.h"

/** The same for all copies. */
struct trace_score {
    const struct pl_trace_settings *settings;
    const struct pl_tape *tape;
    int64_t start_ns; /* of the replay, as pl_real_now counts */
    uint32_t stopped; /* all threads are to end; atomic, a futex */
    uint32_t over;    /* copies whose tape is; likewise */
};

enum trace_lane_state {
    TRACE_LANE_EMPTY,  /* no thread, or one that was joined */
    TRACE_LANE_PLAYED, /* by its thread */
    TRACE_LANE_LEFT    /* its thread has ended, and is to be joined */
};

struct trace_wall_copy;

/** Cache lines of its own. */
struct trace_wall_lane {
    struct trace_wall_copy *copy;
    struct trace_hands hands;
    uint64_t next;    /* word of its stream */
    int64_t now_ns;   /* of the replay, as it was read last */
    pthread_t thread; /* set by the thread itself before it leaves */
    pthread_t before; /* to be joined by the thread, if `follows` */
    bool follows;
    uint32_t index;
    uint32_t state; /* enum trace_lane_state; atomic, a futex */
};

/** One program. */
struct trace_wall_copy {
    struct trace_score *score;
    struct trace_wall_lane **lanes;
    struct trace_held held;
    uint32_t *owners; /* of each slot that is handed over: the lane whose it is; atomic */
    uint32_t playing; /* threads beside the first lane's; atomic, a futex */
    uint64_t base_ms; /* of the tape's time 0, in the recording's pace */
    int64_t over_ns;
    pthread_t thread; /* of a copy behind the first */
    bool started;
};

/** How a lane's thread came to its end. */
enum trace_lane_end { TRACE_LANE_OVER, TRACE_LANE_LEAVES, TRACE_LANE_STOPPED };

/** Plays a lane on, on the calling thread. */
enum trace_lane_end trace_lane_play(struct trace_wall_lane *lane);

/** Waits until so many ms of the recording's pace after the tape's begin.
 *  @return false when all is to end */
bool trace_lane_await_time(struct trace_wall_lane *lane, uint64_t ms);

/** Waits until all threads of a copy but the caller's have ended, and joins them. */
void trace_copy_join(struct trace_wall_copy *copy);

/** Tells all threads of all copies to end. Any thread. */
void trace_score_stop(struct trace_score *score);

/** Whether they were told. */
bool trace_score_stopped(const struct trace_score *score);

/** Waits until they are. */
void trace_score_await_stop(struct trace_score *score);

/** A copy's tape is over, and does not begin again. */
void trace_score_end(struct trace_score *score);

/** Waits until the tapes of so many copies are over, or until a time, as pl_real_now counts. */
void trace_score_await_end(struct trace_score *score, uint32_t copies, int64_t until_ns);

/** Makes a thread with a stack like that of a lane's. @return 0 or an errno */
int trace_thread_make(pthread_t *thread, void *(*run)(void *), void *context);

#endif
