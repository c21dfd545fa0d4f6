/* A cycle over the modelled heap: it marks what the program held when it began, and then sweeps by
 * address, each as far as a budget of words goes (OCaml 4.14, major_gc.c, mark_slice, sweep_slice).
 */
#include "allocators/gc/heap.h"

#include <assert.h>

/* Links wait here, their cells being fetched, until so many are under way: OCaml 4.14 marks like
 * that (major_gc.c, do_some_marking, Pb_size and Pb_min; its Changes, #10195), and without it each
 * cell costs a miss of its own. */
enum { WAITING_MIN = 64 };

static void wait_for(struct pl_gc_heap *heap, struct pl_gc_cell *cell)
{
    __builtin_prefetch(cell, 1);
    heap->waiting[heap->waiting_last++ % PL_GC_WAITING] = cell;
}

void pl_gc_heap_start(struct pl_gc_heap *heap)
{
    heap->phase = PL_GC_MARK;
    heap->marked_words = 0;
    heap->owed_words = 0;
    heap->depth = 0;
    heap->cursor = heap->held.first;
    wait_for(heap, heap->root);
}

/* Reads every field, as a collector must that knows no types: an even one is a link. */
static void scan(struct pl_gc_heap *heap, const struct pl_gc_cell *cell)
{
    for (size_t i = 0; i < PL_GC_CELL_WORDS - 1; i++)
        if (!(cell->fields[i] & 1))
            wait_for(heap, (struct pl_gc_cell *)cell->fields[i]);
}

/* Moves the link that has waited longest to the stack, if nobody has been at its cell. */
static void arrive(struct pl_gc_heap *heap)
{
    struct pl_gc_cell *cell = heap->waiting[heap->waiting_first++ % PL_GC_WAITING];
    if (cell->black)
        return;
    cell->black = true;
    heap->marked_words += PL_GC_CELL_WORDS;
    heap->stack[heap->depth++] = cell;
}

/* The next cell of the live data to scan, or NULL when all of it is marked. */
static const struct pl_gc_cell *next_live(struct pl_gc_heap *heap)
{
    while (heap->waiting_last - heap->waiting_first >= WAITING_MIN ||
           (!heap->depth && heap->waiting_last != heap->waiting_first))
        arrive(heap);
    return heap->depth ? heap->stack[--heap->depth] : NULL;
}

/* The block itself holds no links, and is not read; its words are work done all the same, as if it
 * were (OCaml 4.14, mark_slice).
 * @return the words */
static uint64_t mark_held(struct pl_gc_heap *heap)
{
    struct pl_gc_cell *cell = heap->cursor;
    uint64_t words = cell->black ? PL_GC_CELL_WORDS : pl_gc_cell_words(cell);
    if (!cell->black) {
        cell->black = true;
        heap->marked_words += words;
    }
    heap->cursor = cell->held.next;
    return words;
}

static void start_sweep(struct pl_gc_heap *heap)
{
    heap->phase = PL_GC_SWEEP;
    heap->sweep_chunk = heap->chunk_count;
    heap->sweep_cell = 0;
}

uint64_t pl_gc_heap_mark(struct pl_gc_heap *heap, uint64_t budget)
{
    uint64_t done = heap->owed_words < budget ? heap->owed_words : budget;
    heap->owed_words -= done;
    while (done < budget) {
        const struct pl_gc_cell *cell = next_live(heap);
        if (!cell && !heap->cursor)
            break;
        if (cell)
            scan(heap, cell);
        done += cell ? PL_GC_CELL_WORDS : mark_held(heap);
        heap->cells_marked++;
    }
    if (done < budget)
        start_sweep(heap);
    return done;
}

static void sweep_dead(struct pl_gc_heap *heap, struct pl_gc_cell *cell)
{
    assert(cell->kind == PL_GC_DROPPED || cell->kind == PL_GC_GARBAGE);
    if (cell->kind == PL_GC_DROPPED)
        pl_gc_heap_reclaim(heap, cell);
    else
        pl_gc_heap_give(heap, cell);
}

/* Free and dead blocks that lie side by side become one, in one go and at the cost of the first one
 * (freelist.c, bf_merge_block). @return the words that count as done */
static uint64_t sweep_cell(struct pl_gc_heap *heap, struct pl_gc_cell *cell)
{
    uint64_t words = pl_gc_cell_words(cell);
    bool merged = heap->in_run,
         dead = !cell->black && cell->kind != PL_GC_FREE && cell->kind != PL_GC_KEPT;
    heap->cells_swept++;
    if (cell->young)
        return 0;
    heap->in_run = !cell->black;
    cell->black = false;
    if (dead)
        sweep_dead(heap, cell);
    return merged && heap->in_run ? 0 : words;
}

/* The chunk before. What of it was never used is one free block, in front of all others: a block is
 * cut off the end of the free one that it is taken from (freelist.c, bf_split).
 * @return the words of that, which go beyond any budget: a block is swept in one go */
static uint64_t next_chunk(struct pl_gc_heap *heap)
{
    const struct pl_gc_chunk *chunk = &heap->chunks[--heap->sweep_chunk];
    heap->sweep_cell = chunk->fresh;
    heap->in_run = chunk->fresh < chunk->count;
    return (chunk->count - chunk->fresh) * PL_GC_CELL_WORDS;
}

static bool swept(const struct pl_gc_heap *heap)
{
    return !heap->sweep_chunk && !heap->sweep_cell;
}

/* The newest chunk first, and in it the newest cells: new chunks come at lower addresses, as mmap
 * gives them. Free blocks for blocks cost nothing: they lie together, and are swept in one go, too.
 */
uint64_t pl_gc_heap_sweep(struct pl_gc_heap *heap, uint64_t budget)
{
    uint64_t done = 0;
    while ((done < budget || heap->in_run) && !swept(heap)) {
        if (heap->sweep_cell)
            done += sweep_cell(heap, &heap->chunks[heap->sweep_chunk].cells[--heap->sweep_cell]);
        else
            done += next_chunk(heap);
    }
    if (swept(heap)) {
        heap->phase = PL_GC_IDLE;
        heap->cycles++;
    }
    return done;
}

void pl_gc_heap_finish(struct pl_gc_heap *heap)
{
    if (heap->phase == PL_GC_MARK)
        pl_gc_heap_mark(heap, UINT64_MAX);
    if (heap->phase == PL_GC_SWEEP)
        pl_gc_heap_sweep(heap, UINT64_MAX);
}
