/* The threads of a replayed program, taking turns in the recorded order: what one of them acquires
 * another releases, as in the program, and yet a run repeats. A lane's thread begins with its first
 * event and ends with its last, so that the heap's caches come and go with it. The program's main
 * thread is the cell's own. Waiting has no timeout: timed waits and virtual time don't go together.
 */
#ifndef PL_PIPELINES_TRACE_LANES_H
#define PL_PIPELINES_TRACE_LANES_H

#include <pthread.h>
#include <semaphore.h>

#include "harness/pipelines/trace/player.h"

struct trace_lanes;

struct trace_lane {
    struct trace_lanes *lanes;
    sem_t turn;
    pthread_t thread;
    uint32_t index;
    bool started;
    bool carried; /* by the cell's thread: the main thread's, or where none could be made */
};

struct trace_lanes {
    struct trace_player *player;
    struct trace_lane *lane;
    uint32_t count;
    sem_t carrier; /* the cell's thread goes on */
    bool paused;
    bool ending;
    uint32_t left; /* the lane whose thread has ended; TRACE_NO_LANE */
};

#define TRACE_NO_LANE UINT32_MAX

/** @param lane room for `count`, zeroed @param main whether the first lane is the cell's thread */
void trace_lanes_open(struct trace_lanes *lanes, struct trace_player *player,
                      struct trace_lane *lane, uint32_t count, bool main);

/** Plays what is due. On the cell's thread. */
void trace_lanes_step(struct trace_lanes *lanes);

/** Ends all threads and waits for them; they may begin anew. */
void trace_lanes_end(struct trace_lanes *lanes);

#endif
