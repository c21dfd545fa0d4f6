#include "harness/pipelines/trace/lanes.h"

#include "harness/base/counter.h"

/* Of the lanes' own: a replay's calls are shallow. glibc's smallest is 16 KiB; an instrument or a
 * sanitizer needs more. */
#define STACK_BYTES (256u << 10)

static void await(sem_t *turn)
{
    while (sem_wait(turn)) /* a signal: again */
        continue;
}

static bool is_carried(const struct trace_lanes *t, uint32_t lane)
{
    return lane == TRACE_NO_LANE || t->lane[lane].carried;
}

static void *run(void *context);

static bool start(struct trace_lane *lane)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    lane->started = pthread_create(&lane->thread, &attributes, run, lane) == 0;
    pthread_attr_destroy(&attributes);
    return lane->started;
}

/* Gives the turn to the thread of the lane that is next. What can't have one of its own is played
 * on by the cell's, and the cell has failed. */
static void hand_over(struct trace_lanes *t)
{
    uint32_t next = t->player->lane;
    if (!is_carried(t, next) && !t->lane[next].started && !start(&t->lane[next])) {
        t->lane[next].carried = true;
        pl_counter_add(&t->player->hands.side->counts.integrity_errors, 1);
    }
    sem_post(is_carried(t, next) ? &t->carrier : &t->lane[next].turn);
}

/* One turn of a lane's thread. @return whether the thread is over */
static bool take_turn(struct trace_lanes *t, struct trace_lane *lane)
{
    enum trace_stop stop;
    do
        stop = trace_play(t->player);
    while (stop == TRACE_SWITCH && t->player->lane == lane->index);
    if (stop == TRACE_SWITCH) {
        hand_over(t);
        return false;
    }
    t->paused = stop == TRACE_PAUSE;
    if (stop == TRACE_LEAVE) {
        t->left = lane->index;
        t->player->lane = TRACE_NO_LANE;
    }
    sem_post(&t->carrier);
    return stop == TRACE_LEAVE;
}

static void *run(void *context)
{
    struct trace_lane *lane = context;
    for (;;) {
        await(&lane->turn);
        if (lane->lanes->ending || take_turn(lane->lanes, lane))
            return NULL;
    }
}

void trace_lanes_open(struct trace_lanes *t, struct trace_player *player, struct trace_lane *lane,
                      uint32_t count, bool main)
{
    *t =
        (struct trace_lanes){.player = player, .lane = lane, .count = count, .left = TRACE_NO_LANE};
    sem_init(&t->carrier, 0, 0);
    for (uint32_t i = 0; i < count; i++) {
        lane[i] = (struct trace_lane){.lanes = t, .index = i, .carried = main && i == 0};
        sem_init(&lane[i].turn, 0, 0);
    }
    player->lane = TRACE_NO_LANE;
}

/* A thread that ended is gone, with its caches, before the next event. */
static void see_off(struct trace_lanes *t)
{
    if (t->left == TRACE_NO_LANE)
        return;
    pthread_join(t->lane[t->left].thread, NULL);
    t->lane[t->left].started = false;
    t->left = TRACE_NO_LANE;
}

void trace_lanes_step(struct trace_lanes *t)
{
    t->paused = false;
    while (!t->paused) {
        if (is_carried(t, t->player->lane)) {
            t->paused = trace_play(t->player) == TRACE_PAUSE;
            continue;
        }
        hand_over(t);
        await(&t->carrier);
        see_off(t);
    }
}

void trace_lanes_end(struct trace_lanes *t)
{
    t->ending = true;
    for (uint32_t i = 0; i < t->count; i++)
        if (t->lane[i].started) {
            sem_post(&t->lane[i].turn);
            pthread_join(t->lane[i].thread, NULL);
            t->lane[i].started = false;
        }
    t->ending = false;
    t->player->lane = TRACE_NO_LANE;
}
