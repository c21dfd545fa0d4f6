/* Binary heap of events, the earliest at the root (loop.h). */
#include "harness/clock/loop.h"

#include <assert.h>

#include "harness/clock/virtual.h"

static bool before(const struct pl_event *a, const struct pl_event *b)
{
    return a->due_ns < b->due_ns || (a->due_ns == b->due_ns && a->order < b->order);
}

static void put(struct pl_loop *loop, uint32_t place, struct pl_event *event)
{
    loop->heap[place] = event;
    event->place = place;
}

static void sift_up(struct pl_loop *loop, uint32_t place)
{
    struct pl_event *event = loop->heap[place];
    while (place > 0) {
        uint32_t parent = (place - 1) / 2;
        if (!before(event, loop->heap[parent]))
            break;
        put(loop, place, loop->heap[parent]);
        place = parent;
    }
    put(loop, place, event);
}

static void sift_down(struct pl_loop *loop, uint32_t place)
{
    struct pl_event *event = loop->heap[place];
    for (;;) {
        uint32_t child = 2 * place + 1;
        if (child >= loop->count)
            break;
        if (child + 1 < loop->count && before(loop->heap[child + 1], loop->heap[child]))
            child++;
        if (!before(loop->heap[child], event))
            break;
        put(loop, place, loop->heap[child]);
        place = child;
    }
    put(loop, place, event);
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
    put(loop, loop->count++, event);
    sift_up(loop, event->place);
}

void pl_loop_move(struct pl_loop *loop, struct pl_event *event, int64_t due_ns)
{
    event->due_ns = due_ns;
    sift_up(loop, event->place);
    sift_down(loop, event->place);
}

int64_t pl_loop_run(struct pl_loop *loop, int64_t end_ns)
{
    while (!loop->stopped && loop->count > 0 && loop->heap[0]->due_ns < end_ns) {
        struct pl_event *event = loop->heap[0];
        pl_virtual_advance(event->due_ns);
        event->due_ns = event->fire(event->context, event->due_ns);
        sift_down(loop, event->place);
    }
    if (!loop->stopped)
        pl_virtual_advance(end_ns);
    return pl_virtual_now();
}
