/* The discrete-event loop: packet arrivals, reader ticks, retry timers and sample ticks fire in the
 * order of their virtual times, and time stands still in between.
 *
 * An event is re-armed by what its function returns. Those of one period fire in turn, so most
 * events belong at the end of a queue in order of time, which costs a few comparisons however many
 * there are; the rest lie in a heap. Events due at the same time fire in the order in which they
 * were added: a run repeats. */
#ifndef PL_CLOCK_LOOP_H
#define PL_CLOCK_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PL_NEVER INT64_MAX

/** @param now_ns the replay's time @return when to fire next, at or after now_ns, or PL_NEVER */
typedef int64_t (*pl_event_function)(void *context, int64_t now_ns);

struct pl_event {
    int64_t due_ns;
    uint32_t order;  /* of being added: breaks ties */
    uint32_t place;  /* in the heap; PL_LOOP_QUEUED: in the queue */
    uint32_t thread; /* that fires it (threads.h); 0 where there is but one */
    pl_event_function fire;
    void *context;
    struct pl_event *previous; /* in the queue */
    struct pl_event *next;
};

#define PL_LOOP_QUEUED UINT32_MAX

struct pl_loop_threads;
struct pl_loop;

/** A queue and a binary heap over events that their owners hold. Allocates nothing.
 *  Single-threaded. */
struct pl_loop {
    struct pl_event **heap; /* room for `capacity`, given by the caller */
    uint32_t count;         /* in the heap */
    uint32_t capacity;
    struct pl_event *first; /* of the queue, NULL when it is empty */
    struct pl_event *last;
    uint32_t added;
    int64_t end_ns;                    /* of the run */
    struct pl_loop_threads *threads;   /* NULL where one thread runs it */
    void (*hand_on)(struct pl_loop *); /* lets the other thread run its events */
    bool stopped;                      /* set by an event to end pl_loop_run after it */
};

void pl_loop_init(struct pl_loop *loop, struct pl_event **heap, uint32_t capacity);

/** Adds an event, which stays in the loop until it is removed (idle while due at PL_NEVER).
 *  The loop must have room. */
void pl_loop_add(struct pl_loop *loop, struct pl_event *event, int64_t due_ns);

/** Removes an event; not the one that is firing. */
void pl_loop_remove(struct pl_loop *loop, struct pl_event *event);

/** Moves an event to another time; not the one that is firing (pl_loop_pass does that). */
void pl_loop_move(struct pl_loop *loop, struct pl_event *event, int64_t due_ns);

/** Whether `a` fires before `b`. */
static inline bool pl_loop_precedes(const struct pl_event *a, const struct pl_event *b)
{
    return a->due_ns < b->due_ns || (a->due_ns == b->due_ns && a->order < b->order);
}

/** The event that fires next, or NULL. */
static inline struct pl_event *pl_loop_next(const struct pl_loop *loop)
{
    struct pl_event *root = loop->count ? loop->heap[0] : NULL;
    return !loop->first || (root && pl_loop_precedes(root, loop->first)) ? root : loop->first;
}

/** What fires next before `end_ns`, or NULL. */
static inline struct pl_event *pl_loop_due(const struct pl_loop *loop, int64_t end_ns)
{
    struct pl_event *next = pl_loop_next(loop);
    return !loop->stopped && next && next->due_ns < end_ns ? next : NULL;
}

/** Fires the earliest event, moving the virtual clock to its time. @param next pl_loop_next */
void pl_loop_fire(struct pl_loop *loop, struct pl_event *next);

/** Leaves the virtual clock at `end_ns`, unless the loop was stopped. @return the time reached */
int64_t pl_loop_end(struct pl_loop *loop, int64_t end_ns);

/** The work of the event that fires now takes `ns` more, or until the end of the run: what is due
 *  before that fires meanwhile. Returns at that time, the event still firing. */
void pl_loop_pass(struct pl_loop *loop, struct pl_event *firing, int64_t ns);

/** Fires everything due before `end_ns`, moving the virtual clock along, and leaves the clock at
 *  end_ns. An event due at end_ns does not fire.
 *  @return the time reached: end_ns, or that of the event that stopped the loop */
int64_t pl_loop_run(struct pl_loop *loop, int64_t end_ns);

#endif
