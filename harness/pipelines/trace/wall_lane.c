#include "harness/pipelines/trace/wall_lane.h"

#include <errno.h>
#include <linux/futex.h>
#include <malloc.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/counter.h"
#include "harness/clock/real.h"
#include "harness/clock/virtual.h"

/* A replay's calls are shallow; an instrument or a sanitizer needs more than glibc's least. */
#define STACK_BYTES (256u << 10)

/* How often a lane looks for what it waits for: at once while that is about to happen on another
 * processor, then with its own given to others, then ever less often. Chosen by `ci/trace-speed 9
 * replaying` on a virtual machine of two processors, where ten times as many looks at once, or an
 * eighth of the yields, made a replay of two threads slower. */
#define SPINS 20u
#define YIELDS 400u
#define NAP_NS_MIN 20000u
#define NAP_NS_MAX 1000000u

static void futex(uint32_t *word, int op, uint32_t value, const struct timespec *until)
{
    syscall(SYS_futex, word, op | FUTEX_PRIVATE_FLAG, value, until, NULL, FUTEX_BITSET_MATCH_ANY);
}

/* Waits while a word has a value. @param until_ns as pl_real_now counts */
static void sleep_on(uint32_t *word, uint32_t value, int64_t until_ns)
{
    const struct timespec until = {until_ns / PL_NS_PER_S, until_ns % PL_NS_PER_S};
    futex(word, FUTEX_WAIT_BITSET, value, until_ns == INT64_MAX ? NULL : &until);
}

bool trace_score_stopped(const struct trace_score *score)
{
    return __atomic_load_n(&score->stopped, __ATOMIC_RELAXED);
}

void trace_score_stop(struct trace_score *score)
{
    __atomic_store_n(&score->stopped, 1, __ATOMIC_RELAXED);
    futex(&score->stopped, FUTEX_WAKE, INT32_MAX, NULL);
}

void trace_score_await_stop(struct trace_score *score)
{
    while (!trace_score_stopped(score))
        sleep_on(&score->stopped, 0, INT64_MAX);
}

void trace_score_end(struct trace_score *score)
{
    __atomic_add_fetch(&score->over, 1, __ATOMIC_RELEASE);
    futex(&score->over, FUTEX_WAKE, INT32_MAX, NULL);
}

void trace_score_await_end(struct trace_score *score, uint32_t copies, int64_t until_ns)
{
    for (uint32_t over; (over = __atomic_load_n(&score->over, __ATOMIC_ACQUIRE)) < copies &&
                        pl_real_now() < until_ns;)
        sleep_on(&score->over, over, until_ns);
}

/* Between two looks at what a lane waits for. @return false when all is to end */
static bool be_patient(const struct trace_score *score, uint32_t looks)
{
    if (looks < SPINS) {
        __asm__ volatile("" ::: "memory");
#if defined __x86_64__ || defined __i386__
        __builtin_ia32_pause();
#endif
        return true;
    }
    if (looks < SPINS + YIELDS) {
        sched_yield();
    } else {
        uint32_t times = looks - SPINS - YIELDS;
        long ns = times < 6 ? (long)NAP_NS_MIN << times : NAP_NS_MAX;
        nanosleep(&(struct timespec){.tv_nsec = ns}, NULL);
    }
    return !trace_score_stopped(score);
}

/* What the lane before did to the slot's block, and to the block, is seen from here on. */
static bool await_slot(const struct trace_wall_lane *lane, const uint32_t *owner)
{
    for (uint32_t looks = 0; __atomic_load_n(owner, __ATOMIC_ACQUIRE) != lane->index; looks++)
        if (!be_patient(lane->copy->score, looks))
            return false;
    return true;
}

bool trace_lane_await_time(struct trace_wall_lane *lane, uint64_t ms)
{
    struct trace_score *score = lane->copy->score;
    int64_t due_ns = (int64_t)((double)(lane->copy->base_ms + ms) / score->settings->speed * 1e6);
    while (due_ns > lane->now_ns && !trace_score_stopped(score)) {
        lane->now_ns = pl_real_now() - score->start_ns;
        if (due_ns > lane->now_ns)
            sleep_on(&score->stopped, 0, score->start_ns + due_ns);
    }
    return !trace_score_stopped(score);
}

/* The thread before is gone, with its caches, before this one's first event. */
static void *run(void *context)
{
    struct trace_wall_lane *lane = context;
    struct trace_wall_copy *copy = lane->copy;
    if (lane->follows)
        pthread_join(lane->before, NULL);
    trace_lane_play(lane);
    lane->thread = pthread_self();
    __atomic_store_n(&lane->state, TRACE_LANE_LEFT, __ATOMIC_RELEASE);
    futex(&lane->state, FUTEX_WAKE, INT32_MAX, NULL);
    if (__atomic_sub_fetch(&copy->playing, 1, __ATOMIC_ACQ_REL) == 0)
        futex(&copy->playing, FUTEX_WAKE, INT32_MAX, NULL);
    return NULL;
}

int trace_thread_make(pthread_t *thread, void *(*run_it)(void *), void *context)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    int rc = pthread_create(thread, &attributes, run_it, context);
    pthread_attr_destroy(&attributes);
    return rc;
}

/* Waits until the lane's thread before has left, which it does also when all is to end. Without the
 * new one others would wait for its blocks for ever: then all ends, and the cell has failed. */
static bool start(struct trace_wall_lane *maker, struct trace_wall_lane *lane)
{
    struct trace_wall_copy *copy = maker->copy;
    pthread_t thread;
    uint32_t state;
    while ((state = __atomic_load_n(&lane->state, __ATOMIC_ACQUIRE)) == TRACE_LANE_PLAYED)
        sleep_on(&lane->state, TRACE_LANE_PLAYED, INT64_MAX);
    if (trace_score_stopped(copy->score))
        return false;
    lane->follows = state == TRACE_LANE_LEFT;
    lane->before = lane->thread;
    __atomic_store_n(&lane->state, TRACE_LANE_PLAYED, __ATOMIC_RELAXED);
    __atomic_add_fetch(&copy->playing, 1, __ATOMIC_RELAXED);
    if (trace_thread_make(&thread, run, lane) == 0)
        return true;
    __atomic_store_n(&lane->state, state, __ATOMIC_RELEASE);
    __atomic_sub_fetch(&copy->playing, 1, __ATOMIC_RELAXED);
    pl_counter_add(&maker->hands.side->counts.integrity_errors, 1);
    trace_score_stop(copy->score);
    return false;
}

/* @return false when all is to end */
static bool do_other(struct trace_wall_lane *lane, pl_tape_word word)
{
    struct trace_wall_copy *copy = lane->copy;
    const uint32_t argument = pl_tape_argument_of(word);
    switch (pl_tape_op_of(word)) {
    case PL_TAPE_TIME:
        return trace_lane_await_time(lane, argument);
    case PL_TAPE_START:
        return start(lane, copy->lanes[argument]);
    case PL_TAPE_HAND:
        __atomic_store_n(&copy->owners[pl_tape_slot_of(word)], argument, __ATOMIC_RELEASE);
        return true;
    case PL_TAPE_TRIM: /* as the program called it, whichever heap serves */
        malloc_trim(argument);
        return true;
    default:
        return true;
    }
}

/* @return false when all is to end */
static bool do_event(struct trace_wall_lane *lane, pl_tape_word word)
{
    struct trace_wall_copy *copy = lane->copy;
    const uint32_t slot = pl_tape_slot_of(word);
    if (pl_tape_op_of(word) & PL_TAPE_AWAIT && !await_slot(lane, &copy->owners[slot]))
        return false;
    trace_act(&lane->hands, &copy->held.blocks[slot], word);
    return true;
}

static bool is_event(pl_tape_word word)
{
    return (word & ~(pl_tape_word)PL_TAPE_AWAIT & 15) < PL_TAPE_LANE;
}

enum trace_lane_end trace_lane_play(struct trace_wall_lane *lane)
{
    const struct pl_tape *tape = lane->copy->score->tape;
    const pl_tape_word *words = pl_tape_words(tape);
    const uint64_t end = pl_tape_streams(tape)[lane->index].end;
    while (lane->next < end) {
        const pl_tape_word word = words[lane->next++];
        if (is_event(word) ? !do_event(lane, word) : !do_other(lane, word))
            return TRACE_LANE_STOPPED;
        if (pl_tape_op_of(word) == PL_TAPE_LEAVE)
            return TRACE_LANE_LEAVES;
    }
    return TRACE_LANE_OVER;
}

/* Only threads that play make others: when none does, none will. */
void trace_copy_join(struct trace_wall_copy *copy)
{
    for (uint32_t playing; (playing = __atomic_load_n(&copy->playing, __ATOMIC_ACQUIRE)) > 0;)
        sleep_on(&copy->playing, playing, INT64_MAX);
    for (uint32_t i = 0; i < copy->score->tape->lanes; i++) {
        struct trace_wall_lane *lane = copy->lanes[i];
        if (__atomic_load_n(&lane->state, __ATOMIC_ACQUIRE) != TRACE_LANE_LEFT)
            continue;
        pthread_join(lane->thread, NULL);
        __atomic_store_n(&lane->state, TRACE_LANE_EMPTY, __ATOMIC_RELAXED);
    }
}
