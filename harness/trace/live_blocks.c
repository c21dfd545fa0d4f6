/* Keeping the live blocks of a trace (live_blocks.h). */
#include "harness/trace/live_blocks.h"

#include <errno.h>
#include <stdlib.h>

/* @return NULL when out of memory, with what is there left as it is */
static void *grow(void *array, uint32_t *capacity, size_t size)
{
    const uint32_t wanted = *capacity < UINT32_MAX / 2 ? 2 * *capacity + 16 : UINT32_MAX;
    void *grown = reallocarray(array, wanted, size);
    if (grown)
        *capacity = wanted;
    return grown;
}

int pl_trace_live_meet(struct pl_trace_live *live, uint32_t thread)
{
    if (thread > live->totals.threads + 1 || thread >= PL_TRACE_THREADS_MAX)
        return -EINVAL;
    if (thread >= live->thread_capacity) {
        void *grown = grow(live->threads, &live->thread_capacity, sizeof *live->threads);
        if (!grown)
            return -ENOMEM;
        live->threads = grown;
        live->threads[0] = (struct pl_trace_thread){0};
    }
    if (thread > live->totals.threads) {
        live->threads[thread] = (struct pl_trace_thread){0};
        live->totals.threads = thread;
    }
    return 0;
}

static int new_slot(struct pl_trace_live *live, uint32_t *slot)
{
    if (live->free_slot) {
        *slot = live->free_slot - 1;
        live->free_slot = live->slots[*slot].next;
        return 0;
    }
    if (live->totals.slots == UINT32_MAX - 1)
        return -EOVERFLOW;
    if (live->totals.slots == live->slot_capacity) {
        void *grown = grow(live->slots, &live->slot_capacity, sizeof *live->slots);
        if (!grown)
            return -ENOMEM;
        live->slots = grown;
    }
    *slot = live->totals.slots++;
    return 0;
}

static void raise_peaks(struct pl_trace_live *live)
{
    struct pl_trace_totals *t = &live->totals;
    if (live->live_bytes > t->live_bytes_peak)
        t->live_bytes_peak = live->live_bytes;
    if (live->live_blocks > t->live_blocks_peak)
        t->live_blocks_peak = live->live_blocks;
}

static int enter(struct pl_trace_live *live, struct pl_trace_event *event)
{
    event->block = ++live->totals.blocks;
    live->slots[event->slot] =
        (struct pl_trace_block){.of_thread = ++live->threads[event->thread].blocks,
                                .number = event->block,
                                .size = event->size,
                                .thread = event->thread};
    live->live_bytes += event->size;
    live->live_blocks++;
    raise_peaks(live);
    return live->live_bytes > PL_TRACE_SIZE_MAX ? -EOVERFLOW : 0;
}

static void leave(struct pl_trace_live *live, const struct pl_trace_block *block)
{
    live->threads[block->thread].last_freed = block->of_thread;
    live->live_bytes -= block->size;
    live->live_blocks--;
}

static int allocate(struct pl_trace_live *live, struct pl_trace_event *event)
{
    int rc = new_slot(live, &event->slot);
    return rc ? rc : enter(live, event);
}

static int resize(struct pl_trace_live *live, struct pl_trace_event *event)
{
    const struct pl_trace_block old = live->slots[event->slot];
    event->old_block = old.number;
    event->old_size = old.size;
    leave(live, &old);
    return enter(live, event);
}

static int release(struct pl_trace_live *live, struct pl_trace_event *event)
{
    struct pl_trace_block *block = &live->slots[event->slot];
    event->block = block->number;
    event->size = block->size;
    leave(live, block);
    *block = (struct pl_trace_block){.next = live->free_slot};
    live->free_slot = event->slot + 1;
    return 0;
}

static int look(const struct pl_trace_live *live, struct pl_trace_event *event)
{
    event->block = live->slots[event->slot].number;
    event->size = live->slots[event->slot].size;
    return 0;
}

int pl_trace_live_count(struct pl_trace_live *live, struct pl_trace_event *event)
{
    live->totals.events++;
    live->latest_ms = event->time_ms;
    switch (event->kind) {
    case PL_TRACE_ALLOCATE:
        return allocate(live, event);
    case PL_TRACE_RESIZE:
        return resize(live, event);
    case PL_TRACE_FREE:
        return release(live, event);
    case PL_TRACE_ASK_SIZE:
    case PL_TRACE_TOUCHED:
        return look(live, event);
    default:
        return 0;
    }
}

void pl_trace_live_free(struct pl_trace_live *live)
{
    free(live->slots);
    free(live->threads);
    *live = (struct pl_trace_live){0};
}
