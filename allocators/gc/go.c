/* When Go collects: 1.19's pacer (runtime/mgcpacer.go), for a program that waits for its next frame
 * most of the time. Its collector's own threads mark and sweep meanwhile, so that a cycle that an
 * acquire begins is over before the next one: nobody has to assist, and a cycle begins as late as
 * Go allows.
 *
 * Left out: stacks and globals, size classes and spans, the scavenger, the limit on the collector's
 * share of CPU. Memory of C counts for neither the goal nor the memory limit, as in Go. */
#include "allocators/gc/gc.h"
#include "allocators/gc/pace.h"

static void set_goal(struct pl_gc *gc)
{
    struct pl_gc_go *go = &gc->go;
    uint64_t used = gc->heap.used_words * 8;
    uint64_t limited = pl_gc_go_limit_goal(gc->settings.memory_limit, used, go->live);
    go->goal = pl_gc_go_goal(go->live, gc->settings.gogc);
    if (limited < go->goal)
        go->goal = limited;
    go->trigger = pl_gc_go_trigger(go->live, go->goal);
}

static int start(struct pl_gc *gc)
{
    gc->go.live = gc->settings.live;
    set_goal(gc);
    return 0;
}

static void stop(struct pl_gc *gc)
{
    (void)gc;
}

/* The cycle that is under way: its threads have had the time. What the program dropped meanwhile
 * survives it, by the write barrier (mbarrier.go, after Yuasa). */
static void catch_up(struct pl_gc *gc)
{
    if (gc->heap.phase == PL_GC_IDLE)
        return;
    uint64_t since = pl_gc_now_ns();
    pl_gc_heap_finish(&gc->heap);
    gc->go.live = gc->heap.marked_words * 8;
    set_goal(gc);
    pl_gc_count(&gc->counters.slices, 1);
    pl_gc_note_pause(gc, since);
    pl_gc_reserve(gc);
}

/* What finds no memory is left out. */
static void make_garbage(struct pl_gc *gc)
{
    struct pl_gc_go *go = &gc->go;
    for (go->garbage += gc->settings.garbage; go->garbage >= sizeof(struct pl_gc_cell);
         go->garbage -= sizeof(struct pl_gc_cell))
        pl_gc_heap_take(&gc->heap, PL_GC_GARBAGE);
}

/* gcTrigger.test, after each allocation. */
static void pass(struct pl_gc *gc, uint64_t bytes)
{
    make_garbage(gc);
    gc->go.live += bytes + gc->settings.garbage;
    if (gc->heap.phase == PL_GC_IDLE && gc->go.live >= gc->go.trigger)
        pl_gc_heap_start(&gc->heap);
}

static void allocated(struct pl_gc *gc, struct pl_gc_cell *cell)
{
    uint64_t bytes = sizeof *cell;
    if (gc->settings.mode == PL_GC_IN_HEAP) {
        pl_gc_heap_weigh(&gc->heap, cell, (cell->held.size + 7) / 8);
        bytes += cell->held.size;
    }
    pl_gc_heap_enter_held(&gc->heap, cell);
    pass(gc, bytes);
}

static void refused(struct pl_gc *gc)
{
    pass(gc, 0);
}

const struct pl_gc_runtime pl_gc_runtime_go = {
    .open = start, .close = stop, .catch_up = catch_up, .allocated = allocated, .refused = refused};
