/* A block's way through the collector: handed out with a cell that stands for it, dropped by the
 * program, and given back when the collector has found its cell dead. */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "allocators/gc.h"

/* clock_gettime is served from the replay's clock in a cell. */
uint64_t pl_gc_now_ns(void)
{
    struct timespec now = {0};
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void set(_Atomic uint64_t *counter, uint64_t value)
{
    atomic_store_explicit(counter, value, memory_order_relaxed);
}

static uint64_t get(const _Atomic uint64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

void pl_gc_note_pause(struct pl_gc *gc, uint64_t since)
{
    uint64_t pause = pl_gc_now_ns() - since;
    if (pause > get(&gc->counters.pause_ns_max))
        set(&gc->counters.pause_ns_max, pause);
}

/* Books what the layer holds, beside what pools of the stack count. */
void pl_gc_reserve(struct pl_gc *gc)
{
    struct pl_gc_counters *counters = &gc->counters;
    uint64_t bytes = pl_gc_heap_bytes(&gc->heap);
    if (gc->ocaml.minor_heap)
        bytes += gc->settings.minor_heap;
    if (gc->reserves == PL_GC_ALL_BLOCKS)
        bytes += get(&counters->block_bytes);
    else if (gc->reserves == PL_GC_DROPPED_BLOCKS)
        bytes += get(&counters->deferred_bytes);
    set(&counters->reserved, bytes);
    if (bytes > get(&counters->reserved_peak))
        set(&counters->reserved_peak, bytes);
    set(&counters->cycles, gc->heap.cycles);
}

/* The block of a cell that is given back as well, by whoever found it dead. */
void pl_gc_finalise(void *owner, struct pl_gc_cell *cell)
{
    struct pl_gc *gc = owner;
    size_t size = cell->held.size;
    pl_book_remove(&gc->book, cell->held.block);
    pl_release(cell->held.link->inner, cell->held.block, size);
    pl_gc_count(&gc->counters.block_bytes, -(uint64_t)size);
    if (cell->kind == PL_GC_DROPPED)
        pl_gc_count(&gc->counters.deferred_bytes, -(uint64_t)size);
}

void pl_gc_reclaim(struct pl_gc *gc, struct pl_gc_cell *cell)
{
    pl_gc_finalise(gc, cell);
    pl_gc_heap_give(&gc->heap, cell);
}

/* The block's cell, entered in the book; NULL when there is no memory for either. */
static struct pl_gc_cell *enter(struct pl_gc_link *link, void *block, size_t size)
{
    struct pl_gc *gc = link->gc;
    struct pl_gc_cell *cell = pl_gc_heap_take(&gc->heap, PL_GC_HELD);
    if (!cell)
        return NULL;
    cell->held.link = &link->link;
    cell->held.block = block;
    cell->held.size = size;
    if (pl_book_put(&gc->book, block, cell))
        return cell;
    pl_gc_heap_give(&gc->heap, cell);
    return NULL;
}

static bool collect(struct pl_gc_link *link, void *block, size_t size)
{
    struct pl_gc *gc = link->gc;
    struct pl_gc_cell *cell = enter(link, block, size);
    if (!cell)
        return false;
    pl_gc_count(&gc->counters.block_bytes, size);
    pl_gc_reserve(gc);
    if (gc->settings.runtime == PL_GC_GO)
        pl_gc_go_allocated(gc, cell);
    else
        pl_gc_ocaml_allocated(gc, cell);
    pl_gc_reserve(gc);
    return true;
}

/* A program that got no block has made its garbage all the same. Without it the collector would
 * never run again under a limit that what waits for it has filled. */
static void refuse(struct pl_gc *gc)
{
    pthread_mutex_lock(&gc->mutex);
    if (gc->settings.runtime == PL_GC_GO)
        pl_gc_go_garbage(gc, gc->settings.garbage);
    else
        pl_gc_ocaml_garbage(gc);
    pl_gc_reserve(gc);
    pthread_mutex_unlock(&gc->mutex);
}

void *pl_gc_acquire(struct pl_allocator *self, size_t size)
{
    struct pl_gc_link *link = (struct pl_gc_link *)self;
    void *block = pl_acquire(self->inner, size);
    if (!block) {
        refuse(link->gc);
        return NULL;
    }
    pthread_mutex_lock(&link->gc->mutex);
    bool taken = collect(link, block, size);
    pthread_mutex_unlock(&link->gc->mutex);
    if (taken)
        return block;
    pl_release(self->inner, block, size);
    pl_gc_count(&link->gc->counters.failures, 1);
    return NULL;
}

static void drop(struct pl_gc *gc, struct pl_gc_cell *cell)
{
    if (gc->settings.mode == PL_GC_BY_HAND) {
        pl_gc_heap_leave(&gc->heap, cell);
        pl_gc_reclaim(gc, cell);
    } else {
        pl_gc_heap_drop(&gc->heap, cell);
        pl_gc_count(&gc->counters.deferred_bytes, cell->held.size);
    }
    pl_gc_reserve(gc);
}

void pl_gc_release(struct pl_allocator *self, void *block, size_t size)
{
    struct pl_gc *gc = ((struct pl_gc_link *)self)->gc;
    (void)size;
    if (!block)
        return;
    pthread_mutex_lock(&gc->mutex);
    struct pl_gc_cell *cell = pl_book_find(&gc->book, block);
    if (cell && cell->kind == PL_GC_HELD && cell->held.link == self)
        drop(gc, cell);
    else
        pl_gc_count(&gc->counters.corruptions, 1);
    pthread_mutex_unlock(&gc->mutex);
}

size_t pl_gc_footprint(const struct pl_allocator *self, size_t size)
{
    return self->inner->footprint(self->inner, size);
}

void pl_gc_finish(struct pl_gc *gc)
{
    for (size_t i = 0; i < gc->heap.chunk_count; i++) {
        const struct pl_gc_chunk *chunk = &gc->heap.chunks[i];
        for (struct pl_gc_cell *cell = chunk->cells; cell != &chunk->cells[chunk->fresh]; cell++)
            if (cell->kind == PL_GC_HELD || cell->kind == PL_GC_DROPPED)
                pl_release(cell->held.link->inner, cell->held.block, cell->held.size);
    }
}
