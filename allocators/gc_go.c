/* When Go collects, and how much: 1.21's pacer (runtime/mgcpacer.go). Allocation pays for the work:
 * from the trigger on it marks, so that marking is over at the goal (gcAssistAlloc), and after that
 * it sweeps, so that sweeping is over at the next trigger (gcPaceSweeper).
 *
 * Left out: the collector's own threads (a quarter of the processors; here the allocating thread
 * does all of it), stacks and globals, size classes and spans, the scavenger, the limit on the
 * collector's share of CPU. Memory of C counts for neither the goal nor the memory limit, as in Go.
 */
#include "allocators/gc.h"
#include "allocators/gc_pace.h"

static void set_goal(struct pl_gc *gc)
{
    struct pl_gc_go *go = &gc->go;
    uint64_t mapped = pl_gc_heap_bytes(&gc->heap) + gc->heap.block_words * 8;
    uint64_t limited = pl_gc_go_limit_goal(gc->settings.memory_limit, mapped, go->live);
    go->goal = pl_gc_go_goal(go->live, gc->settings.gogc);
    if (limited < go->goal)
        go->goal = limited;
    go->trigger = pl_gc_go_trigger(go->live, go->goal);
}

void pl_gc_go_open(struct pl_gc *gc)
{
    gc->go.live = gc->settings.live;
    set_goal(gc);
}

/* The share of `words` that `bytes` are of `way`; something always. */
static uint64_t share(uint64_t words, uint64_t bytes, uint64_t way)
{
    if (bytes >= way)
        return UINT64_MAX;
    return 1 + (uint64_t)((double)words * (double)bytes / (double)way);
}

static void mark(struct pl_gc *gc, uint64_t bytes)
{
    struct pl_gc_go *go = &gc->go;
    uint64_t left = gc->heap.used_words > gc->heap.marked_words
                        ? gc->heap.used_words - gc->heap.marked_words
                        : 0;
    uint64_t way = go->goal > go->live ? go->goal - go->live + bytes : 0;
    pl_gc_heap_mark(&gc->heap, share(left, bytes, way));
    if (gc->heap.phase == PL_GC_MARK)
        return;
    go->live = gc->heap.marked_words * 8;
    go->sweep_from = go->live;
    set_goal(gc);
}

static void sweep(struct pl_gc *gc, uint64_t bytes)
{
    const struct pl_gc_go *go = &gc->go;
    uint64_t words = gc->heap.words + gc->heap.block_words;
    uint64_t way = go->live < go->trigger ? go->trigger - go->sweep_from : 0;
    pl_gc_heap_sweep(&gc->heap, share(words, bytes, way));
}

static void pay(struct pl_gc *gc, uint64_t bytes)
{
    uint64_t since = pl_gc_now_ns();
    if (gc->heap.phase == PL_GC_MARK)
        mark(gc, bytes);
    else if (gc->heap.phase == PL_GC_SWEEP)
        sweep(gc, bytes);
    if (gc->heap.phase == PL_GC_IDLE && gc->go.live >= gc->go.trigger)
        pl_gc_heap_start(&gc->heap);
    pl_gc_count(&gc->counters.slices, 1);
    pl_gc_note_pause(gc, since);
}

/* What finds no memory is left out. */
static void make_garbage(struct pl_gc *gc)
{
    struct pl_gc_go *go = &gc->go;
    for (go->garbage += gc->settings.garbage; go->garbage >= sizeof(struct pl_gc_cell);
         go->garbage -= sizeof(struct pl_gc_cell))
        pl_gc_heap_take(&gc->heap, PL_GC_GARBAGE);
}

void pl_gc_go_allocated(struct pl_gc *gc, struct pl_gc_cell *cell)
{
    uint64_t bytes = gc->settings.garbage;
    if (gc->settings.mode == PL_GC_IN_HEAP) {
        pl_gc_heap_weigh(&gc->heap, cell, (cell->held.size + 7) / 8);
        bytes += cell->held.size;
    }
    pl_gc_heap_enter_held(&gc->heap, cell);
    pl_gc_go_garbage(gc, bytes);
}

void pl_gc_go_garbage(struct pl_gc *gc, uint64_t bytes)
{
    make_garbage(gc);
    gc->go.live += bytes;
    if (bytes && (gc->heap.phase != PL_GC_IDLE || gc->go.live >= gc->go.trigger))
        pay(gc, bytes);
}
