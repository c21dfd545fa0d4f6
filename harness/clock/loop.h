/* The discrete-event loop: packet arrivals, reader ticks, retry timers and sample ticks fire in the
 * order of their virtual times, and time stands still in between.
 *
 * An event is re-armed by what its function returns, so a periodic event costs one sift of the
 * heap. Events due at the same time fire in the order in which they were added: a run repeats. */
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
    uint32_t place;  /* in the heap */
    uint32_t thread; /* that fires it (threads.h); 0 where there is but one */
    pl_event_function fire;
    void *context;
};

struct pl_loop_threads;
struct pl_loop;

/** A binary heap over events that their owners hold. Allocates nothing. Single-threaded. */
struct pl_loop {
    struct pl_event **heap; /* room for `capacity`, given by the caller */
    uint32_t count;
    uint32_t capacity;
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

/** Whether something is left to fire before `end_ns`. */
static inline bool pl_loop_due(const struct pl_loop *loop, int64_t end_ns)
{
    return !loop->stopped && loop->count > 0 && loop->heap[0]->due_ns < end_ns;
}

/** Fires the earliest event, moving the virtual clock to its time. */
void pl_loop_fire(struct pl_loop *loop);

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
