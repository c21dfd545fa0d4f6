/* What the collector's books say: blocks that it holds, cycles, the longest pause. */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "allocators/gc/gc.h"

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
    bytes += gc->kept.rest_bytes;
    if (gc->reserves == PL_GC_ALL_BLOCKS)
        bytes += get(&counters->block_bytes);
    else if (gc->reserves == PL_GC_DROPPED_BLOCKS)
        bytes += get(&counters->deferred_bytes) + get(&counters->kept_bytes);
    set(&counters->reserved, bytes);
    if (bytes > get(&counters->reserved_peak))
        set(&counters->reserved_peak, bytes);
    set(&counters->cycles, gc->heap.cycles);
}

/* OCaml 4 gives no chunk back, so what dies in its heap stays in it. */
static bool keeps(const struct pl_gc *gc, const struct pl_gc_cell *cell)
{
    return gc->settings.language == PL_GC_OCAML4 && gc->settings.mode == PL_GC_IN_HEAP &&
           cell->held.words;
}

bool pl_gc_finalise(void *owner, struct pl_gc_cell *cell)
{
    struct pl_gc *gc = owner;
    size_t size = cell->held.size;
    pl_book_remove(&gc->book, cell->held.block);
    if (cell->kind == PL_GC_DROPPED)
        pl_gc_count(&gc->counters.deferred_bytes, -(uint64_t)size);
    if (keeps(gc, cell)) {
        cell->kind = PL_GC_KEPT;
        pl_gc_keep(gc, cell);
        return true;
    }
    pl_release(cell->held.link->inner, cell->held.block, size);
    pl_gc_count(&gc->counters.block_bytes, -(uint64_t)size);
    return false;
}
