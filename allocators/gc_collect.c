/* A cycle over the modelled heap: it marks what the program held when it began, and then sweeps by
 * address, each as far as a budget of words goes (OCaml 4.14, major_gc.c, mark_slice, sweep_slice).
 */
#include "allocators/gc_heap.h"

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

/* The block itself holds no links, and is not read. */
static struct pl_gc_cell *mark_held(struct pl_gc_heap *heap, struct pl_gc_cell *cell)
{
    if (!cell->black) {
        cell->black = true;
        heap->marked_words += pl_gc_cell_words(cell);
    }
    return cell->held.next;
}

static void start_sweep(struct pl_gc_heap *heap)
{
    heap->phase = PL_GC_SWEEP;
    heap->sweep_chunk = 0;
    heap->sweep_cell = 0;
}

uint64_t pl_gc_heap_mark(struct pl_gc_heap *heap, uint64_t budget)
{
    uint64_t done = 0;
    for (; done < budget; done += PL_GC_CELL_WORDS) {
        const struct pl_gc_cell *cell = next_live(heap);
        if (cell)
            scan(heap, cell);
        else if (heap->cursor)
            heap->cursor = mark_held(heap, heap->cursor);
        else
            break;
        heap->cells_marked++;
    }
    if (done < budget)
        start_sweep(heap);
    return done;
}

/* @return the words of the cell, and of its block if that lies in this heap */
static uint64_t sweep_cell(struct pl_gc_heap *heap, struct pl_gc_cell *cell)
{
    uint64_t words = pl_gc_cell_words(cell);
    heap->cells_swept++;
    if (cell->young || cell->kind == PL_GC_FREE)
        return words;
    if (cell->black) {
        cell->black = false;
        return words;
    }
    assert(cell->kind == PL_GC_DROPPED || cell->kind == PL_GC_GARBAGE);
    if (cell->kind == PL_GC_DROPPED)
        heap->finalise(heap->owner, cell);
    pl_gc_heap_give(heap, cell);
    return words;
}

/* What was never used is one free block of it all. */
static uint64_t next_chunk(struct pl_gc_heap *heap)
{
    const struct pl_gc_chunk *chunk = &heap->chunks[heap->sweep_chunk++];
    heap->sweep_cell = 0;
    return (chunk->count - chunk->fresh) * PL_GC_CELL_WORDS;
}

uint64_t pl_gc_heap_sweep(struct pl_gc_heap *heap, uint64_t budget)
{
    uint64_t done = 0;
    while (done < budget && heap->sweep_chunk < heap->chunk_count) {
        const struct pl_gc_chunk *chunk = &heap->chunks[heap->sweep_chunk];
        if (heap->sweep_cell < chunk->fresh)
            done += sweep_cell(heap, &chunk->cells[heap->sweep_cell++]);
        else
            done += next_chunk(heap);
    }
    if (done < budget) {
        heap->phase = PL_GC_IDLE;
        heap->cycles++;
    }
    return done;
}
