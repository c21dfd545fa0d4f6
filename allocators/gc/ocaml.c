/* What a program asks of OCaml's collector: where its blocks and its garbage lie, and what each of
 * them adds to the pace (4.14's custom.c and alloc.c; of 5.2, that larger custom blocks go to the
 * major heap at once and count in full). gc_ocaml_work.c does the work. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "allocators/gc/ocaml.h"
#include "allocators/gc/pace.h"

/* custom.c, caml_alloc_custom_mem and alloc_custom_gen. */
static void declare(struct pl_gc *gc, struct pl_gc_cell *cell)
{
    const struct pl_gc_settings *settings = &gc->settings;
    uint64_t size = cell->held.size,
             max = pl_gc_max_minor(settings->minor_heap, settings->minor_ratio);
    uint64_t minor = size < settings->minor_max ? size : settings->minor_max;
    if (settings->language == PL_GC_OCAML5 && size > settings->minor_max) {
        pl_gc_heap_enter_held(&gc->heap, cell);
        pl_gc_ocaml_speed_up(gc, size);
        return;
    }
    pl_gc_heap_enter_young(&gc->heap, cell);
    if (size > minor)
        pl_gc_ocaml_speed_up(gc, size - minor);
    gc->ocaml.extra_minor += pl_gc_minor_share(minor, max);
    if (gc->ocaml.extra_minor > 1)
        gc->ocaml.wants_minor = true;
}

static void lay_in_heap(struct pl_gc *gc, struct pl_gc_cell *cell)
{
    uint64_t words = pl_gc_block_words(cell->held.size);
    if (words - 1 <= YOUNG_WORDS_MAX) {
        pl_gc_ocaml_fill_minor(gc, words, false);
        pl_gc_heap_enter_young(&gc->heap, cell);
        return;
    }
    pl_gc_heap_weigh(&gc->heap, cell, words);
    pl_gc_heap_enter_held(&gc->heap, cell);
    pl_gc_ocaml_allocate_major(gc, words, true);
}

/* alloc.c, caml_alloc_shr: an array that is larger than what is young. It is written to as the
 * program does, a cell for each 8 words. */
static void make_piece(struct pl_gc *gc, uint64_t bytes)
{
    uint64_t cells = bytes / sizeof(struct pl_gc_cell);
    for (uint64_t i = 0; i < cells; i++) {
        struct pl_gc_cell *cell = pl_gc_heap_take(&gc->heap, PL_GC_GARBAGE);
        if (cell)
            memset(cell->fields, 1, sizeof cell->fields);
    }
    pl_gc_ocaml_allocate_major(gc, cells * PL_GC_CELL_WORDS, true);
    pl_gc_ocaml_serve(gc);
}

static void make_garbage(struct pl_gc *gc)
{
    const struct pl_gc_settings *settings = &gc->settings;
    if (settings->garbage_piece <= YOUNG_WORDS_MAX * 8) {
        pl_gc_ocaml_fill_minor(gc, settings->garbage / 8, true);
        pl_gc_ocaml_serve(gc);
        return;
    }
    for (gc->ocaml.piece_due += settings->garbage; gc->ocaml.piece_due >= settings->garbage_piece;
         gc->ocaml.piece_due -= settings->garbage_piece)
        make_piece(gc, settings->garbage_piece);
}

/* Its handle is young: 8 words, that of a Bigarray. */
static void allocated(struct pl_gc *gc, struct pl_gc_cell *cell)
{
    if (gc->settings.mode == PL_GC_IN_HEAP) {
        lay_in_heap(gc, cell);
    } else {
        pl_gc_ocaml_fill_minor(gc, PL_GC_CELL_WORDS, false);
        if (gc->settings.mode == PL_GC_DECLARED)
            declare(gc, cell);
        else
            pl_gc_heap_enter_young(&gc->heap, cell);
    }
    pl_gc_ocaml_serve(gc);
    make_garbage(gc);
}

static int start(struct pl_gc *gc)
{
    gc->ocaml.heap_words = pl_gc_first_heap_words(gc->settings.live / 8);
    if (!gc->settings.garbage)
        return 0;
    gc->ocaml.minor_heap = mmap(NULL, gc->settings.minor_heap, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (gc->ocaml.minor_heap != MAP_FAILED) {
        madvise(gc->ocaml.minor_heap, gc->settings.minor_heap, MADV_DONTFORK); /* as null.c */
        return 0;
    }
    gc->ocaml.minor_heap = NULL;
    return -ENOMEM;
}

static void stop(struct pl_gc *gc)
{
    if (gc->ocaml.minor_heap)
        munmap(gc->ocaml.minor_heap, gc->settings.minor_heap);
}

/* It has none. */
static void catch_up(struct pl_gc *gc)
{
    (void)gc;
}

const struct pl_gc_runtime pl_gc_runtime_ocaml = {.open = start,
                                                  .close = stop,
                                                  .catch_up = catch_up,
                                                  .allocated = allocated,
                                                  .refused = make_garbage};
