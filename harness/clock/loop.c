/* Binary heap of events, the earliest at the root (loop.h). */
#include "harness/clock/loop.h"

#include <assert.h>

#include "harness/clock/virtual.h"

static bool before(const struct pl_event *a, const struct pl_event *b)
{
    return a->due_ns < b->due_ns || (a->due_ns == b->due_ns && a->order < b->order);
}

static void put(struct pl_event **heap, uint32_t place, struct pl_event *event)
{
    heap[place] = event;
    event->place = place;
}

static void sift_up(struct pl_loop *loop, struct pl_event *event)
{
    struct pl_event **heap = loop->heap;
    uint32_t place = event->place;
    while (place > 0 && before(event, heap[(place - 1) / 2])) {
        put(heap, place, heap[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    put(heap, place, event);
}

/* Comes once an event, so what the stores to the heap can't change is held in locals. */
static void sift_down(struct pl_loop *loop, struct pl_event *event)
{
    struct pl_event **heap = loop->heap;
    uint32_t count = loop->count, place = event->place;
    for (uint32_t child; (child = 2 * place + 1) < count; place = child) {
        if (child + 1 < count && before(heap[child + 1], heap[child]))
            child++;
        if (!before(heap[child], event))
            break;
        put(heap, place, heap[child]);
    }
    put(heap, place, event);
}

void pl_loop_init(struct pl_loop *loop, struct pl_event **heap, uint32_t capacity)
{
    *loop = (struct pl_loop){.heap = heap, .capacity = capacity};
}

void pl_loop_add(struct pl_loop *loop, struct pl_event *event, int64_t due_ns)
{
    assert(loop->count < loop->capacity);
    event->due_ns = due_ns;
    event->order = loop->added++;
    put(loop->heap, loop->count++, event);
    sift_up(loop, event);
}

void pl_loop_remove(struct pl_loop *loop, struct pl_event *event)
{
    struct pl_event *last = loop->heap[--loop->count];
    if (last == event)
        return;
    put(loop->heap, event->place, last);
    sift_up(loop, last);
    sift_down(loop, last);
}

void pl_loop_move(struct pl_loop *loop, struct pl_event *event, int64_t due_ns)
{
    event->due_ns = due_ns;
    sift_up(loop, event);
    sift_down(loop, event);
}

void pl_loop_fire(struct pl_loop *loop)
{
    struct pl_event *event = loop->heap[0];
    pl_virtual_advance(event->due_ns);
    event->due_ns = event->fire(event->context, event->due_ns);
    sift_down(loop, event);
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
    while (!loop->stopped && loop->heap[0] != firing) {
        if (loop->heap[0]->thread == firing->thread)
            pl_loop_fire(loop);
        else
            loop->hand_on(loop);
    }
    pl_virtual_advance(until_ns);
}

int64_t pl_loop_run(struct pl_loop *loop, int64_t end_ns)
{
    loop->end_ns = end_ns;
    while (pl_loop_due(loop, end_ns))
        pl_loop_fire(loop);
    return pl_loop_end(loop, end_ns);
}
