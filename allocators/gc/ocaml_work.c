/* When OCaml collects, and how much: 4.14's runtime, and the three changes of 5.2 that decide about
 * custom blocks (5.2, custom.c and memory.c: larger ones go to the major heap at once and count in
 * full; E above 0.2 asks for a slice; so do direct allocations of a fifth of the minor heap).
 *
 * Left out: roots, ephemerons, time spent by the program between slices; of OCaml 5,
 * its domains and the way in which it spreads a cycle's work. What a program allocates beside the
 * blocks and their handles is what `garbage` says: with none of it, undeclared blocks wait until
 * their handles fill the minor heap. */
#include <string.h>

#include "allocators/gc/ocaml.h"
#include "allocators/gc/pace.h"

/* compact.c, caml_compact_heap_maybe: not in the first cycles. */
enum { COMPACT_CYCLES_MIN = 3 };

/* memory.c, caml_adjust_gc_speed: 4.14 clamps at 1, 5.2 asks from 0.2 on. */
static const double extra_limits[] = {[PL_GC_OCAML4] = 1.0, [PL_GC_OCAML5] = 0.2};

static bool is_ocaml4(const struct pl_gc *gc)
{
    return gc->settings.language == PL_GC_OCAML4;
}

/* 4.14 keeps the chunks by which it grew; 5 frees a large block for good. */
uint64_t pl_gc_ocaml_heap_words(const struct pl_gc *gc)
{
    return is_ocaml4(gc) ? gc->ocaml.heap_words : gc->heap.words + gc->heap.block_words;
}

static uint64_t minor_words(const struct pl_gc *gc)
{
    return gc->settings.minor_heap / 8;
}

/* caml_adjust_gc_speed. */
void pl_gc_ocaml_speed_up(struct pl_gc *gc, uint64_t bytes)
{
    struct pl_gc_ocaml *ocaml = &gc->ocaml;
    uint64_t max = pl_gc_max_major(pl_gc_ocaml_heap_words(gc) * 8, gc->settings.ratio);
    ocaml->extra += pl_gc_major_share(bytes, max);
    if (ocaml->extra > extra_limits[gc->settings.language])
        ocaml->wants_slice = true;
    if (ocaml->extra > 1 && gc->settings.language == PL_GC_OCAML4)
        ocaml->extra = 1;
}

/* memory.c, expand_heap. Free memory counts as one piece: what a program holds for long is of few
 * sizes. */
static void make_room(struct pl_gc *gc, uint64_t request)
{
    struct pl_gc_ocaml *ocaml = &gc->ocaml;
    bool grown = gc->heap.used_words > ocaml->heap_words;
    while (gc->heap.used_words > ocaml->heap_words)
        ocaml->heap_words += pl_gc_chunk_words(request, ocaml->heap_words, gc->settings.overhead);
    if (gc->settings.mode == PL_GC_IN_HEAP && is_ocaml4(gc))
        pl_gc_kept_fit(gc, ocaml->heap_words, grown);
}

/* memory.c: caml_alloc_shr_aux counts promoted words, too (4.14), alloc_shr does not (5.2). */
void pl_gc_ocaml_allocate_major(struct pl_gc *gc, uint64_t words, bool direct)
{
    struct pl_gc_ocaml *ocaml = &gc->ocaml;
    make_room(gc, words);
    ocaml->allocated_words += words;
    if (direct)
        ocaml->direct_words += words;
    if (gc->settings.language == PL_GC_OCAML4 ? ocaml->allocated_words > minor_words(gc)
                                              : direct && ocaml->direct_words > minor_words(gc) / 5)
        ocaml->wants_slice = true;
}

static void promote(struct pl_gc *gc, struct pl_gc_cell *cell)
{
    size_t size = cell->held.size;
    if (gc->settings.mode == PL_GC_IN_HEAP)
        pl_gc_heap_weigh(&gc->heap, cell, pl_gc_block_words(size));
    pl_gc_ocaml_allocate_major(gc, pl_gc_cell_words(cell), false);
    pl_gc_heap_enter_held(&gc->heap, cell);
    if (gc->settings.mode == PL_GC_DECLARED)
        pl_gc_ocaml_speed_up(gc, size < gc->settings.minor_max ? size : gc->settings.minor_max);
}

/* Garbage lives until it is promoted, and is dead then. What finds no memory is left behind. */
static void promote_garbage(struct pl_gc *gc)
{
    struct pl_gc_ocaml *ocaml = &gc->ocaml;
    uint64_t cells = ocaml->young_garbage / PL_GC_CELL_WORDS;
    for (uint64_t i = 0; i < cells; i++) {
        struct pl_gc_cell *cell = pl_gc_heap_take(&gc->heap, PL_GC_GARBAGE);
        if (cell)
            memcpy(cell->fields, ocaml->minor_heap + i * sizeof *cell, sizeof cell->fields);
    }
    ocaml->young_garbage -= cells * PL_GC_CELL_WORDS;
    pl_gc_ocaml_allocate_major(gc, cells * PL_GC_CELL_WORDS, false);
}

/* minor_gc.c, caml_empty_minor_heap: what died young is freed, the rest becomes the major heap's.
 */
static void empty_minor_heap(struct pl_gc *gc)
{
    struct pl_gc_ocaml *ocaml = &gc->ocaml;
    struct pl_gc_cell *cell;
    if (!gc->heap.young.first && !ocaml->young_words)
        return;
    promote_garbage(gc);
    while ((cell = gc->heap.young.first)) {
        pl_gc_heap_leave(&gc->heap, cell);
        if (cell->kind == PL_GC_DROPPED)
            pl_gc_heap_reclaim(&gc->heap, cell);
        else
            promote(gc, cell);
    }
    ocaml->young_words = 0;
    ocaml->extra_minor = 0;
    pl_gc_count(&gc->counters.minor_collections, 1);
}

static void start_cycle(struct pl_gc *gc)
{
    gc->ocaml.heap_words_begun = gc->ocaml.heap_words;
    gc->ocaml.swept_words = 0;
    pl_gc_heap_start(&gc->heap);
}

/* compact.c, caml_compact_heap_maybe and caml_compact_heap: another whole cycle first. Cells stay
 * where they are; what the heap weighs in the pace of the next cycles is what matters. */
static void compact(struct pl_gc *gc)
{
    struct pl_gc_ocaml *ocaml = &gc->ocaml;
    empty_minor_heap(gc);
    start_cycle(gc);
    pl_gc_heap_finish(&gc->heap);
    uint64_t live = gc->heap.used_words;
    uint64_t words = pl_gc_compacted_words(live, ocaml->heap_words, gc->settings.overhead);
    if (words < ocaml->heap_words / 2)
        ocaml->heap_words = words;
    pl_gc_kept_fit(gc, ocaml->heap_words, false);
}

/* Asks for a minor collection, from which the next cycle starts. 5 compacts when it is told to. */
static void end_cycle(struct pl_gc *gc)
{
    struct pl_gc_ocaml *ocaml = &gc->ocaml;
    ocaml->wants_minor = true;
    if (is_ocaml4(gc) && gc->heap.cycles >= COMPACT_CYCLES_MIN &&
        pl_gc_asks_to_compact(ocaml->heap_words_begun, gc->heap.marked_words, ocaml->heap_words))
        compact(gc);
}

/* Slices that add up to the whole heap end it: the model's cells lie in chunks of their own, which
 * may be a little larger. */
static void sweep(struct pl_gc *gc, double p)
{
    struct pl_gc_ocaml *ocaml = &gc->ocaml;
    uint64_t heap_words = pl_gc_ocaml_heap_words(gc), words = pl_gc_sweep_words(p, heap_words);
    ocaml->swept_words += words;
    if (ocaml->swept_words + PL_GC_CELL_WORDS >= heap_words)
        words = UINT64_MAX;
    pl_gc_heap_sweep(&gc->heap, words);
    if (gc->heap.phase == PL_GC_IDLE)
        end_cycle(gc);
}

/* major_gc.c, caml_major_collection_slice. An idle one spends nothing of its p, which so comes on
 * top of the next one's, beyond the cap. */
static void slice(struct pl_gc *gc)
{
    struct pl_gc_ocaml *ocaml = &gc->ocaml;
    const uint64_t heap_words = pl_gc_ocaml_heap_words(gc), overhead = gc->settings.overhead;
    struct pl_gc_portion portion =
        pl_gc_portion(pl_gc_heap_share(ocaml->allocated_words, heap_words, overhead), ocaml->extra,
                      ocaml->backlog);
    double p = portion.now + ocaml->handed_on;
    ocaml->backlog = portion.backlog;
    ocaml->handed_on = 0;
    if (gc->heap.phase == PL_GC_IDLE) {
        start_cycle(gc);
        ocaml->handed_on = p;
    } else if (gc->heap.phase == PL_GC_MARK) {
        pl_gc_heap_mark(&gc->heap, pl_gc_mark_words(p, heap_words, overhead));
    } else {
        sweep(gc, p);
    }
    ocaml->allocated_words = 0;
    ocaml->direct_words = 0;
    ocaml->extra = 0;
    pl_gc_count(&gc->counters.slices, 1);
}

/* minor_gc.c, caml_gc_dispatch: a half-full minor heap asks for a slice, a full one for a minor
 * collection; an idle collector needs both, since a cycle starts from an empty minor heap. Whoever
 * calls, the trigger has its say. */
static void dispatch(struct pl_gc *gc)
{
    struct pl_gc_ocaml *ocaml = &gc->ocaml;
    uint64_t since = pl_gc_now_ns();
    bool idle = gc->heap.phase == PL_GC_IDLE;
    bool minor = ocaml->wants_minor || ocaml->half_passed || idle;
    ocaml->wants_slice |= !ocaml->half_passed || idle;
    ocaml->wants_minor = false;
    if (minor) {
        ocaml->half_passed = false;
        empty_minor_heap(gc);
    }
    if (ocaml->wants_slice) {
        ocaml->wants_slice = false;
        ocaml->half_passed = true;
        slice(gc);
    }
    pl_gc_note_pause(gc, since);
}

/* memory.c, caml_alloc_small_dispatch: each small allocation does first what was asked for, and a
 * program makes many of them between two blocks. */
void pl_gc_ocaml_serve(struct pl_gc *gc)
{
    while (gc->ocaml.wants_minor || gc->ocaml.wants_slice)
        dispatch(gc);
}

/* The same: collects whenever an allocation would pass the trigger. */
void pl_gc_ocaml_fill_minor(struct pl_gc *gc, uint64_t words, bool garbage)
{
    struct pl_gc_ocaml *ocaml = &gc->ocaml;
    while (words) {
        uint64_t limit = ocaml->half_passed ? minor_words(gc) : minor_words(gc) / 2;
        uint64_t room = limit > ocaml->young_words ? limit - ocaml->young_words : 0;
        uint64_t step = words < room ? words : room;
        if (garbage) {
            memset(ocaml->minor_heap + ocaml->young_words * 8, 1, step * 8);
            ocaml->young_garbage += step;
        }
        ocaml->young_words += step;
        words -= step;
        if (words) {
            pl_gc_ocaml_serve(gc);
            dispatch(gc);
        }
    }
}
