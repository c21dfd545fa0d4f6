/* A block's way through the collector: handed out with a cell that stands for it, dropped by the
 * program, and given back when the collector has found its cell dead. */
#include "allocators/gc/gc.h"

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
    gc->runtime->allocated(gc, cell);
    pl_gc_reserve(gc);
    return true;
}

/* A program that got no block has made its garbage all the same. Without it the collector would
 * never run again under a limit that what waits for it has filled. */
static void refuse(struct pl_gc *gc)
{
    pthread_mutex_lock(&gc->mutex);
    gc->runtime->refused(gc);
    pl_gc_reserve(gc);
    pthread_mutex_unlock(&gc->mutex);
}

/* One that the collector keeps, or a new one. What its threads have freed meanwhile comes first. */
static void *find_block(struct pl_gc_link *link, size_t size)
{
    pthread_mutex_lock(&link->gc->mutex);
    link->gc->runtime->catch_up(link->gc);
    void *block = pl_gc_kept_take(link->gc, &link->link, size);
    pthread_mutex_unlock(&link->gc->mutex);
    return block ? block : pl_acquire(link->link.inner, size);
}

void *pl_gc_acquire(struct pl_allocator *self, size_t size)
{
    struct pl_gc_link *link = (struct pl_gc_link *)self;
    void *block = find_block(link, size);
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
        pl_gc_heap_reclaim(&gc->heap, cell);
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
            if (cell->kind == PL_GC_HELD || cell->kind == PL_GC_DROPPED || cell->kind == PL_GC_KEPT)
                pl_release(cell->held.link->inner, cell->held.block, cell->held.size);
    }
}
