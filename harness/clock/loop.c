/* A queue of events in order of time, and a binary heap of the rest, the earliest at its root
 * (loop.h). */
#include "harness/clock/loop.h"

#include <assert.h>

#include "harness/clock/virtual.h"

/* Comparisons from the queue's end: beyond them an event goes into the heap, which is cheaper than
 * a long way. What is due behind a period is little: a sample, a read. */
#define QUEUE_STEPS 8

static void put(struct pl_event **heap, uint32_t place, struct pl_event *event)
{
    heap[place] = event;
    event->place = place;
}

static void sift_up(struct pl_loop *loop, struct pl_event *event)
{
    struct pl_event **heap = loop->heap;
    uint32_t place = event->place;
    while (place > 0 && pl_loop_precedes(event, heap[(place - 1) / 2])) {
        put(heap, place, heap[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    put(heap, place, event);
}

/* What the stores to the heap can't change is held in locals. */
static void sift_down(struct pl_loop *loop, struct pl_event *event)
{
    struct pl_event **heap = loop->heap;
    uint32_t count = loop->count, place = event->place;
    for (uint32_t child; (child = 2 * place + 1) < count; place = child) {
        if (child + 1 < count && pl_loop_precedes(heap[child + 1], heap[child]))
            child++;
        if (!pl_loop_precedes(heap[child], event))
            break;
        put(heap, place, heap[child]);
    }
    put(heap, place, event);
}

static void heap_add(struct pl_loop *loop, struct pl_event *event)
{
    put(loop->heap, loop->count++, event);
    sift_up(loop, event);
}

static void heap_remove(struct pl_loop *loop, const struct pl_event *event)
{
    struct pl_event *last = loop->heap[--loop->count];
    if (last == event)
        return;
    put(loop->heap, event->place, last);
    sift_up(loop, last);
    sift_down(loop, last);
}

static void queue_remove(struct pl_loop *loop, struct pl_event *event)
{
    *(event->previous ? &event->previous->next : &loop->first) = event->next;
    *(event->next ? &event->next->previous : &loop->last) = event->previous;
}

/* @return false when its place is too far from the queue's end */
static bool queue_add(struct pl_loop *loop, struct pl_event *event)
{
    struct pl_event *previous = loop->last, *next = NULL;
    for (int i = 0; previous && pl_loop_precedes(event, previous); i++) {
        if (i == QUEUE_STEPS)
            return false;
        next = previous;
        previous = previous->previous;
    }
    event->previous = previous;
    event->next = next;
    *(previous ? &previous->next : &loop->first) = event;
    *(next ? &next->previous : &loop->last) = event;
    return true;
}

/* An idle event would be in the way of those that come to the queue's end. */
static bool belongs_in_queue(struct pl_loop *loop, struct pl_event *event)
{
    return event->due_ns != PL_NEVER && queue_add(loop, event);
}

/* Puts an event where it belongs now that it is due at another time. */
static void settle(struct pl_loop *loop, struct pl_event *event)
{
    bool queued = event->place == PL_LOOP_QUEUED;
    if (queued)
        queue_remove(loop, event);
    if (belongs_in_queue(loop, event)) {
        if (!queued)
            heap_remove(loop, event);
        event->place = PL_LOOP_QUEUED;
    } else if (queued) {
        heap_add(loop, event);
    } else {
        sift_up(loop, event);
        sift_down(loop, event);
    }
}

void pl_loop_init(struct pl_loop *loop, struct pl_event **heap, uint32_t capacity)
{
    *loop = (struct pl_loop){.heap = heap, .capacity = capacity};
}

void pl_loop_add(struct pl_loop *loop, struct pl_event *event, int64_t due_ns)
{
    event->due_ns = due_ns;
    event->order = loop->added++;
    event->place = PL_LOOP_QUEUED;
    if (!belongs_in_queue(loop, event)) {
        assert(loop->count < loop->capacity);
        heap_add(loop, event);
    }
}

void pl_loop_remove(struct pl_loop *loop, struct pl_event *event)
{
    if (event->place == PL_LOOP_QUEUED)
        queue_remove(loop, event);
    else
        heap_remove(loop, event);
}

void pl_loop_move(struct pl_loop *loop, struct pl_event *event, int64_t due_ns)
{
    event->due_ns = due_ns;
    settle(loop, event);
}

void pl_loop_fire(struct pl_loop *loop, struct pl_event *event)
{
    pl_virtual_advance(event->due_ns);
    event->due_ns = event->fire(event->context, event->due_ns);
    settle(loop, event);
}

int64_t pl_loop_end(struct pl_loop *loop, int64_t end_ns)
{
    if (!loop->stopped)
        pl_virtual_advance(end_ns);
    return pl_virtual_now();
}

void pl_loop_pass(struct pl_loop *loop, struct pl_event *firing, int64_t ns)
{
    int64_t until_ns = firing->due_ns + ns;
    if (until_ns >= loop->end_ns)
        until_ns = loop->end_ns - 1;
    if (until_ns <= firing->due_ns)
        return;
    pl_loop_move(loop, firing, until_ns);
    for (struct pl_event *next; !loop->stopped && (next = pl_loop_next(loop)) != firing;) {
        if (next->thread == firing->thread)
            pl_loop_fire(loop, next);
        else
            loop->hand_on(loop);
    }
    pl_virtual_advance(until_ns);
}

int64_t pl_loop_run(struct pl_loop *loop, int64_t end_ns)
{
    loop->end_ns = end_ns;
    for (struct pl_event *next; (next = pl_loop_due(loop, end_ns));)
        pl_loop_fire(loop, next);
    return pl_loop_end(loop, end_ns);
}
