/* Memory of the collector's own heap in which no block lies. OCaml 4 gives no chunk back, so that
 * what it has swept stays resident and is handed out again: dead blocks are kept here, and the rest
 * of a chunk is memory of its own. Together with what is in use that is never more than the heap.
 */
#include <string.h>
#include <sys/mman.h>

#include "allocators/gc/gc.h"

/* Blocks that are looked at for one of the right size, newest first; and by how much a rest
 * shrinks. */
enum { SEARCHED = 32, REST_STEP = 65536 };

static uint64_t block_words(const struct pl_gc_cell *cell)
{
    return pl_gc_block_words(cell->held.size);
}

static void unlink_cell(struct pl_gc_kept *kept, const struct pl_gc_cell *cell)
{
    struct pl_gc_cell *next = cell->held.next, *prev = cell->held.prev;
    if (next)
        next->held.prev = prev;
    else
        kept->oldest = prev;
    if (prev)
        prev->held.next = next;
    else
        kept->newest = next;
}

void pl_gc_keep(struct pl_gc *gc, struct pl_gc_cell *cell)
{
    struct pl_gc_kept *kept = &gc->kept;
    cell->held.prev = NULL;
    cell->held.next = kept->newest;
    if (kept->newest)
        kept->newest->held.prev = cell;
    else
        kept->oldest = cell;
    kept->newest = cell;
    kept->words += block_words(cell);
    pl_gc_count(&gc->counters.kept_bytes, cell->held.size);
}

/* The cell is a free one from now. */
static void *take(struct pl_gc *gc, struct pl_gc_cell *cell)
{
    void *block = cell->held.block;
    unlink_cell(&gc->kept, cell);
    gc->kept.words -= block_words(cell);
    pl_gc_count(&gc->counters.kept_bytes, -(uint64_t)cell->held.size);
    pl_gc_count(&gc->counters.block_bytes, -(uint64_t)cell->held.size);
    pl_gc_heap_free(&gc->heap, cell);
    return block;
}

void *pl_gc_kept_take(struct pl_gc *gc, const struct pl_allocator *link, size_t size)
{
    struct pl_gc_cell *cell = gc->kept.newest;
    for (size_t i = 0; cell && i < SEARCHED; i++, cell = cell->held.next)
        if (cell->held.link == link && cell->held.size == size)
            return take(gc, cell);
    return NULL;
}

static void let_go(struct pl_gc *gc, struct pl_gc_cell *cell)
{
    struct pl_allocator *inner = cell->held.link->inner;
    size_t size = cell->held.size;
    pl_release(inner, take(gc, cell), size);
}

/* A chunk's rest is touched when it is made: blocks are cut off it wherever they fit best, and soon
 * all of it has been one. */
static void make_rest(struct pl_gc_kept *kept, size_t bytes)
{
    pl_gc_kept_close(kept);
    kept->rest = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (kept->rest == MAP_FAILED) {
        kept->rest = NULL;
        return;
    }
    madvise(kept->rest, bytes, MADV_DONTFORK); /* as null.c */
    memset(kept->rest, 1, bytes);
    kept->rest_room = kept->rest_bytes = bytes;
}

static void shrink_rest(struct pl_gc_kept *kept, size_t bytes)
{
    madvise(kept->rest + bytes, kept->rest_bytes - bytes, MADV_DONTNEED);
    kept->rest_bytes = bytes;
}

void pl_gc_kept_fit(struct pl_gc *gc, uint64_t heap_words, bool grown)
{
    struct pl_gc_kept *kept = &gc->kept;
    while (kept->oldest && gc->heap.used_words + kept->words > heap_words)
        let_go(gc, kept->oldest);
    uint64_t full = gc->heap.used_words + kept->words;
    size_t rest = full < heap_words ? (heap_words - full) * 8 / REST_STEP * REST_STEP : 0;
    if (grown && rest)
        make_rest(kept, rest);
    else if (rest < kept->rest_bytes)
        shrink_rest(kept, rest);
}

void pl_gc_kept_close(struct pl_gc_kept *kept)
{
    if (kept->rest)
        munmap(kept->rest, kept->rest_room);
    kept->rest = NULL;
    kept->rest_room = kept->rest_bytes = 0;
}
