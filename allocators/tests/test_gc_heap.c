/* The modelled heap: what a cycle reaches, frees and keeps, and how far a budget goes; and the book
 * of its blocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "allocators/base/book.h"
#include "allocators/gc/heap.h"

#define MIB (UINT64_C(1) << 20)
#define ALL UINT64_MAX

enum { LIVE_CELLS = 16384 }; /* of 1 MiB */

static struct pl_gc_heap heap;
static struct pl_gc_cell *finalised[16];
static size_t finalised_count;

static bool note(void *owner, struct pl_gc_cell *cell)
{
    assert_ptr_equal(owner, &heap);
    assert_int_equal(cell->kind, PL_GC_DROPPED);
    assert_true(finalised_count < 16);
    finalised[finalised_count++] = cell;
    return false;
}

static int open_each(void **state)
{
    (void)state;
    memset(&heap, 0, sizeof heap);
    heap.finalise = note;
    heap.owner = &heap;
    finalised_count = 0;
    return pl_gc_heap_open(&heap, MIB);
}

static int close_each(void **state)
{
    (void)state;
    pl_gc_heap_close(&heap);
    return 0;
}

static struct pl_gc_cell *hold(void)
{
    struct pl_gc_cell *cell = pl_gc_heap_take(&heap, PL_GC_HELD);
    pl_gc_heap_enter_held(&heap, cell);
    return cell;
}

static void finish_cycle(void)
{
    if (heap.phase == PL_GC_MARK)
        pl_gc_heap_mark(&heap, ALL);
    pl_gc_heap_sweep(&heap, ALL);
    assert_int_equal(heap.phase, PL_GC_IDLE);
}

static void cycle(void)
{
    pl_gc_heap_start(&heap);
    finish_cycle();
}

static void reaches_all_that_lives(void **state)
{
    (void)state;
    for (size_t i = 0; i < 100; i++)
        hold();
    pl_gc_heap_start(&heap);
    assert_int_equal(pl_gc_heap_mark(&heap, ALL), (LIVE_CELLS + 100) * PL_GC_CELL_WORDS);
    assert_int_equal(heap.cells_marked, LIVE_CELLS + 100);
    assert_int_equal(heap.marked_words, heap.used_words);
    assert_int_equal(heap.phase, PL_GC_SWEEP);
    /* What was never used counts as one block. */
    assert_int_equal(pl_gc_heap_sweep(&heap, ALL), heap.words);
    assert_int_equal(heap.cells_swept, LIVE_CELLS + 100);
    assert_int_equal(heap.cycles, 1);
    cycle(); /* all of it is white again */
    assert_int_equal(heap.cells_marked, 2 * (LIVE_CELLS + 100));
    assert_int_equal(finalised_count, 0);
}

static void stops_within_a_cell_of_the_budget(void **state)
{
    (void)state;
    pl_gc_heap_start(&heap);
    assert_int_equal(pl_gc_heap_mark(&heap, 1001), 1008);
    assert_int_equal(heap.cells_marked, 126);
    assert_int_equal(pl_gc_heap_mark(&heap, 1000), 1000);
    assert_int_equal(heap.cells_marked, 251);
    assert_int_equal(heap.phase, PL_GC_MARK);
    pl_gc_heap_mark(&heap, (LIVE_CELLS - 251) * PL_GC_CELL_WORDS);
    assert_int_equal(heap.phase, PL_GC_MARK); /* nobody has seen that nothing is left */
    assert_int_equal(pl_gc_heap_mark(&heap, 1), 0);
    assert_int_equal(heap.phase, PL_GC_SWEEP);
    /* The free block of all that was never used comes first, and is swept in one go. */
    const uint64_t fresh = heap.words - LIVE_CELLS * PL_GC_CELL_WORDS;
    assert_int_equal(pl_gc_heap_sweep(&heap, 1), fresh + PL_GC_CELL_WORDS);
    assert_int_equal(pl_gc_heap_sweep(&heap, 1001), 1008);
    assert_int_equal(heap.cells_swept, 1 + 126);
}

/* Ten dead cells side by side count as one, and the budget of one word has all of them go. */
static void a_run_of_dead_blocks_is_swept_in_one_go(void **state)
{
    (void)state;
    struct pl_gc_cell *dead[10];
    for (size_t i = 0; i < 10; i++)
        dead[i] = hold();
    hold();
    for (size_t i = 0; i < 10; i++)
        pl_gc_heap_drop(&heap, dead[i]);
    pl_gc_heap_start(&heap);
    pl_gc_heap_mark(&heap, ALL);
    pl_gc_heap_sweep(&heap, 1); /* what was never used, and the one that lives */
    assert_int_equal(finalised_count, 0);
    assert_int_equal(pl_gc_heap_sweep(&heap, 1), 2 * PL_GC_CELL_WORDS);
    assert_int_equal(finalised_count, 10);
}

/* What a program drops while marking has still to be marked: OCaml's caml_darken. */
static void what_is_dropped_unmarked_is_owed(void **state)
{
    (void)state;
    struct pl_gc_cell *cell = pl_gc_heap_take(&heap, PL_GC_HELD);
    pl_gc_heap_weigh(&heap, cell, 1000);
    pl_gc_heap_enter_held(&heap, cell);
    pl_gc_heap_start(&heap);
    pl_gc_heap_drop(&heap, cell);
    assert_int_equal(pl_gc_heap_mark(&heap, 100), 100);
    assert_int_equal(heap.cells_marked, 0);
    assert_int_equal(pl_gc_heap_mark(&heap, ALL), (LIVE_CELLS + 1) * PL_GC_CELL_WORDS + 1000 - 100);
}

static void a_block_in_the_heap_counts_in_the_sweep(void **state)
{
    (void)state;
    struct pl_gc_cell *cell = pl_gc_heap_take(&heap, PL_GC_HELD);
    pl_gc_heap_weigh(&heap, cell, 1000);
    pl_gc_heap_enter_held(&heap, cell);
    assert_int_equal(heap.block_words, 1000);
    pl_gc_heap_start(&heap);
    /* It holds no links, but counts as if it were read. */
    assert_int_equal(pl_gc_heap_mark(&heap, ALL), (LIVE_CELLS + 1) * PL_GC_CELL_WORDS + 1000);
    assert_int_equal(heap.marked_words, (LIVE_CELLS + 1) * PL_GC_CELL_WORDS + 1000);
    assert_int_equal(pl_gc_heap_sweep(&heap, ALL), heap.words + 1000);
    pl_gc_heap_drop(&heap, cell);
    cycle();
    assert_int_equal(heap.block_words, 0);
    assert_int_equal(heap.used_words, LIVE_CELLS * PL_GC_CELL_WORDS);
}

static void frees_what_was_dead_when_the_cycle_began(void **state)
{
    (void)state;
    struct pl_gc_cell *before = hold(), *during = hold(), *seen = hold(), *held = hold();
    pl_gc_heap_drop(&heap, before);
    pl_gc_heap_start(&heap);
    assert_ptr_equal(heap.cursor, held);
    pl_gc_heap_drop(&heap, during); /* before marking could come to it */
    pl_gc_heap_mark(&heap, ALL);
    pl_gc_heap_drop(&heap, seen); /* after, before the sweep */
    finish_cycle();
    assert_int_equal(finalised_count, 1);
    assert_ptr_equal(finalised[0], before);
    cycle();
    assert_int_equal(finalised_count, 3);
    assert_int_equal(held->kind, PL_GC_HELD);
    cycle();
    assert_int_equal(finalised_count, 3);
}

static void marking_goes_on_past_what_is_dropped(void **state)
{
    (void)state;
    struct pl_gc_cell *last = hold(), *middle = hold(), *first = hold();
    pl_gc_heap_start(&heap);
    pl_gc_heap_mark(&heap, LIVE_CELLS * PL_GC_CELL_WORDS);
    assert_ptr_equal(heap.cursor, first);
    pl_gc_heap_drop(&heap, first); /* the very one that would be next */
    assert_ptr_equal(heap.cursor, middle);
    finish_cycle();
    assert_int_equal(finalised_count, 0);
    assert_int_equal(last->kind, PL_GC_HELD);
    cycle();
    assert_int_equal(finalised_count, 1);
}

static void what_is_made_in_a_cycle_survives_it(void **state)
{
    (void)state;
    pl_gc_heap_start(&heap);
    struct pl_gc_cell *marking = hold();
    pl_gc_heap_drop(&heap, marking);
    pl_gc_heap_take(&heap, PL_GC_GARBAGE);
    pl_gc_heap_mark(&heap, ALL);
    struct pl_gc_cell *ahead = hold();
    pl_gc_heap_drop(&heap, ahead);
    uint64_t used = heap.used_words;
    finish_cycle();
    assert_int_equal(finalised_count, 0);
    assert_int_equal(heap.used_words, used);
    cycle();
    assert_int_equal(finalised_count, 2);
    assert_int_equal(heap.used_words, used - 3 * PL_GC_CELL_WORDS);
}

static void behind_the_sweep_the_next_cycle_takes_it(void **state)
{
    (void)state;
    struct pl_gc_cell *gap = hold();
    hold();
    pl_gc_heap_drop(&heap, gap);
    pl_gc_heap_start(&heap);
    pl_gc_heap_mark(&heap, ALL);
    pl_gc_heap_sweep(&heap, 1); /* what was never used, and the newest, which lives */
    pl_gc_heap_sweep(&heap, 1);
    assert_int_equal(finalised_count, 1);
    struct pl_gc_cell *behind = hold();
    assert_ptr_equal(behind, gap); /* a freed cell is the first to be used again */
    assert_false(behind->black);
    pl_gc_heap_drop(&heap, behind);
    finish_cycle();
    assert_int_equal(finalised_count, 1);
    cycle();
    assert_int_equal(finalised_count, 2);
}

static void no_cycle_looks_at_the_young(void **state)
{
    (void)state;
    struct pl_gc_cell *young = pl_gc_heap_take(&heap, PL_GC_HELD);
    pl_gc_heap_start(&heap);
    pl_gc_heap_enter_young(&heap, young);
    pl_gc_heap_drop(&heap, young);
    finish_cycle();
    assert_int_equal(finalised_count, 0);
    assert_ptr_equal(heap.young.first, young);
}

/* A block in the minor heap may have to wait for a collection before it is there. */
static void no_cycle_looks_at_what_is_in_no_list(void **state)
{
    (void)state;
    pl_gc_heap_start(&heap);
    pl_gc_heap_mark(&heap, ALL);
    struct pl_gc_cell *cell = pl_gc_heap_take(&heap, PL_GC_HELD);
    finish_cycle();
    cycle();
    assert_int_equal(cell->kind, PL_GC_HELD);
    pl_gc_heap_enter_held(&heap, cell);
    cycle();
    assert_int_equal(cell->kind, PL_GC_HELD);
}

/* 1 MiB and its growth of 480 KiB; full, it grows by 15 %, then 480 KiB are more than that. */
static void grows_as_ocaml_does(void **state)
{
    (void)state;
    assert_int_equal(heap.words * 8, 1507328); /* 31 * 32 KiB, and 15 more */
    size_t room = heap.words / PL_GC_CELL_WORDS - LIVE_CELLS;
    for (size_t i = 0; i < room; i++)
        assert_non_null(pl_gc_heap_take(&heap, PL_GC_GARBAGE));
    assert_int_equal(heap.chunk_count, 1);
    pl_gc_heap_take(&heap, PL_GC_GARBAGE);
    assert_int_equal(heap.chunk_count, 2);
    assert_int_equal(heap.words * 8, 1507328 + 15 * 4096 * 8);
    cycle();
    assert_int_equal(heap.used_words, LIVE_CELLS * PL_GC_CELL_WORDS);
    pl_gc_heap_close(&heap);
    open_each(state);
    struct pl_gc_heap *large = &heap;
    pl_gc_heap_close(large);
    memset(large, 0, sizeof *large);
    assert_int_equal(pl_gc_heap_open(large, 32 * MIB), 0);
    assert_int_equal(large->words * 8, 37515264); /* from 31 * 32 KiB on, by 15 %, in whole pages */
}

static struct pl_gc_cell *cell_of(size_t i)
{
    return (struct pl_gc_cell *)(64 * (i + 1));
}

static void the_book_finds_what_is_in_it(void **state)
{
    enum { BLOCKS = 20000 };
    struct pl_book book = {0};
    (void)state;
    assert_null(pl_book_find(&book, &book));
    for (size_t i = 0; i < BLOCKS; i++)
        assert_true(pl_book_put(&book, (void *)(16 * (i + 1)), cell_of(i)));
    for (size_t i = 0; i < BLOCKS; i += 3)
        pl_book_remove(&book, (void *)(16 * (i + 1)));
    for (size_t i = 0; i < BLOCKS; i++)
        assert_ptr_equal(pl_book_find(&book, (void *)(16 * (i + 1))), i % 3 ? cell_of(i) : NULL);
    assert_int_equal(book.count, BLOCKS - (BLOCKS + 2) / 3);
    pl_book_close(&book);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, open_each, close_each)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(reaches_all_that_lives),
        EACH(stops_within_a_cell_of_the_budget),
        EACH(a_run_of_dead_blocks_is_swept_in_one_go),
        EACH(what_is_dropped_unmarked_is_owed),
        EACH(a_block_in_the_heap_counts_in_the_sweep),
        EACH(frees_what_was_dead_when_the_cycle_began),
        EACH(marking_goes_on_past_what_is_dropped),
        EACH(what_is_made_in_a_cycle_survives_it),
        EACH(behind_the_sweep_the_next_cycle_takes_it),
        EACH(no_cycle_looks_at_the_young),
        EACH(no_cycle_looks_at_what_is_in_no_list),
        EACH(grows_as_ocaml_does),
        cmocka_unit_test(the_book_finds_what_is_in_it),
    };
    return cmocka_run_group_tests_name("gc_heap", tests, NULL, NULL);
}
