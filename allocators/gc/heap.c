/* Cells: where they come from, which lists they are in, and the program's own live data. */
#include "allocators/gc/heap.h"

#include <errno.h>
#include <sys/mman.h>

#include "allocators/gc/pace.h"

enum { PAGE = 4096 };

/* The order of the links is seeded, so that it repeats. Neighbours in the program's data lie within
 * a page of each other, as what is promoted together does; one cell in 16 also points to anywhere,
 * as to what was made at another time. That lies between a list, whose misses come one after the
 * other (4 to 6 times dearer to mark), and a tree that is wide everywhere. */
enum { WINDOW = 64, FAR_ONE_IN = 16 };
#define SEED UINT64_C(0x506c696d736f6c6c)

static void *map(uint64_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    madvise(memory, bytes, MADV_DONTFORK); /* as null.c */
    return memory;
}

static bool add_chunk(struct pl_gc_heap *heap, uint64_t bytes)
{
    bytes = (bytes + PAGE - 1) / PAGE * PAGE;
    void *cells = heap->chunk_count < PL_GC_CHUNKS ? map(bytes) : NULL;
    if (!cells)
        return false;
    heap->chunks[heap->chunk_count++] =
        (struct pl_gc_chunk){.cells = cells, .count = bytes / sizeof(struct pl_gc_cell)};
    heap->words += bytes / 8;
    return true;
}

static bool grow(struct pl_gc_heap *heap)
{
    return add_chunk(heap, pl_gc_chunk_words(0, heap->words, 0) * 8);
}

/* The next cell of the last chunk: those before it were used up before it was made. */
static struct pl_gc_cell *take_fresh(struct pl_gc_heap *heap)
{
    struct pl_gc_chunk *chunk = &heap->chunks[heap->chunk_count - 1];
    if (chunk->fresh == chunk->count) {
        if (!grow(heap))
            return NULL;
        chunk++;
    }
    struct pl_gc_cell *cell = &chunk->cells[chunk->fresh++];
    cell->home = (uint32_t)(chunk - heap->chunks);
    return cell;
}

static bool ahead_of_sweep(const struct pl_gc_heap *heap, const struct pl_gc_cell *cell)
{
    if (cell->home != heap->sweep_chunk)
        return cell->home < heap->sweep_chunk;
    return cell < &heap->chunks[cell->home].cells[heap->sweep_cell];
}

/* Black while marking, and where the sweep has still to come: it would else be taken for dead
 * (OCaml 4.14, memory.c, caml_allocation_color). */
static void colour(struct pl_gc_heap *heap, struct pl_gc_cell *cell)
{
    cell->black =
        heap->phase == PL_GC_MARK || (heap->phase == PL_GC_SWEEP && ahead_of_sweep(heap, cell));
    if (heap->phase == PL_GC_MARK)
        heap->marked_words += pl_gc_cell_words(cell);
}

struct pl_gc_cell *pl_gc_heap_take(struct pl_gc_heap *heap, enum pl_gc_kind kind)
{
    struct pl_gc_cell *cell = heap->free;
    if (cell)
        heap->free = cell->next_free;
    else if (!(cell = take_fresh(heap)))
        return NULL;
    cell->kind = (uint8_t)kind;
    cell->young = kind == PL_GC_HELD; /* until it enters a list no cycle looks at it */
    cell->black = false;
    cell->held.words = 0;
    heap->used_words += PL_GC_CELL_WORDS;
    if (kind == PL_GC_GARBAGE)
        colour(heap, cell);
    return cell;
}

void pl_gc_heap_free(struct pl_gc_heap *heap, struct pl_gc_cell *cell)
{
    cell->kind = PL_GC_FREE;
    cell->black = false;
    cell->next_free = heap->free;
    heap->free = cell;
}

static void leave_use(struct pl_gc_heap *heap, const struct pl_gc_cell *cell)
{
    uint64_t words = pl_gc_cell_words(cell);
    heap->used_words -= words;
    heap->block_words -= words - PL_GC_CELL_WORDS;
}

void pl_gc_heap_give(struct pl_gc_heap *heap, struct pl_gc_cell *cell)
{
    leave_use(heap, cell);
    pl_gc_heap_free(heap, cell);
}

void pl_gc_heap_reclaim(struct pl_gc_heap *heap, struct pl_gc_cell *cell)
{
    leave_use(heap, cell);
    if (!heap->finalise(heap->owner, cell))
        pl_gc_heap_free(heap, cell);
}

void pl_gc_heap_weigh(struct pl_gc_heap *heap, struct pl_gc_cell *cell, uint64_t words)
{
    cell->held.words = words;
    heap->used_words += words;
    heap->block_words += words;
}

void pl_gc_heap_enter_young(struct pl_gc_heap *heap, struct pl_gc_cell *cell)
{
    struct pl_gc_list *young = &heap->young;
    cell->young = true;
    cell->held.next = NULL;
    cell->held.prev = young->last;
    if (young->last)
        young->last->held.next = cell;
    else
        young->first = cell;
    young->last = cell;
}

/* In front of all others, so that marking, which goes on from its cursor to older ones, does not
 * meet it again. */
void pl_gc_heap_enter_held(struct pl_gc_heap *heap, struct pl_gc_cell *cell)
{
    struct pl_gc_list *held = &heap->held;
    cell->young = false;
    colour(heap, cell);
    cell->held.prev = NULL;
    cell->held.next = held->first;
    if (held->first)
        held->first->held.prev = cell;
    else
        held->last = cell;
    held->first = cell;
}

void pl_gc_heap_leave(struct pl_gc_heap *heap, struct pl_gc_cell *cell)
{
    struct pl_gc_list *list = cell->young ? &heap->young : &heap->held;
    struct pl_gc_cell *next = cell->held.next, *prev = cell->held.prev;
    if (heap->cursor == cell)
        heap->cursor = next;
    if (next)
        next->held.prev = prev;
    else
        list->last = prev;
    if (prev)
        prev->held.next = next;
    else
        list->first = next;
}

void pl_gc_heap_drop(struct pl_gc_heap *heap, struct pl_gc_cell *cell)
{
    cell->kind = PL_GC_DROPPED;
    if (cell->young)
        return;
    pl_gc_heap_leave(heap, cell);
    if (heap->phase == PL_GC_MARK && !cell->black) {
        cell->black = true;
        heap->marked_words += pl_gc_cell_words(cell);
        heap->owed_words += pl_gc_cell_words(cell);
    }
}

/* splitmix64 (Steele, Lea, Flood, OOPSLA 2014). */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Fisher-Yates. */
static void shuffle(size_t *order, size_t count, uint64_t *random)
{
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    for (size_t i = count; i > 1; i--) {
        size_t other = next_random(random) % i, kept = order[i - 1];
        order[i - 1] = order[other];
        order[other] = kept;
    }
}

static void fill(struct pl_gc_cell *cell, const struct pl_gc_chunk *chunk, size_t live,
                 uint64_t *random)
{
    uint64_t number = next_random(random);
    cell->kind = PL_GC_LIVE;
    for (size_t i = 0; i < PL_GC_CELL_WORDS - 1; i++)
        cell->fields[i] = (uintptr_t)(number >> i) | 1;
    if (number % FAR_ONE_IN == 0)
        cell->fields[1] = (uintptr_t)&chunk->cells[next_random(random) % live];
}

/* The first field of each cell leads to the next one in an order that is shuffled within windows,
 * so that all of them are reached from the first. */
static void fill_with_live(struct pl_gc_heap *heap, size_t live)
{
    struct pl_gc_chunk *chunk = &heap->chunks[0];
    struct pl_gc_cell *last = NULL;
    uint64_t random = SEED;
    size_t order[WINDOW];
    for (size_t base = 0; base < live; base += WINDOW) {
        size_t count = live - base < WINDOW ? live - base : WINDOW;
        shuffle(order, count, &random);
        for (size_t i = 0; i < count; i++) {
            struct pl_gc_cell *cell = &chunk->cells[base + order[i]];
            fill(cell, chunk, live, &random);
            if (last)
                last->fields[0] = (uintptr_t)cell;
            else
                heap->root = cell;
            last = cell;
        }
    }
    chunk->fresh = live;
    heap->used_words = live * PL_GC_CELL_WORDS;
}

int pl_gc_heap_open(struct pl_gc_heap *heap, uint64_t live)
{
    size_t cells = live / sizeof(struct pl_gc_cell);
    heap->stack_room = cells;
    heap->stack = map(cells * sizeof *heap->stack);
    if (!heap->stack || !add_chunk(heap, pl_gc_first_heap_words(live / 8) * 8)) {
        pl_gc_heap_close(heap);
        return -ENOMEM;
    }
    fill_with_live(heap, cells);
    return 0;
}

void pl_gc_heap_close(struct pl_gc_heap *heap)
{
    for (size_t i = 0; i < heap->chunk_count; i++)
        munmap(heap->chunks[i].cells, heap->chunks[i].count * sizeof(struct pl_gc_cell));
    if (heap->stack)
        munmap(heap->stack, heap->stack_room * sizeof *heap->stack);
    heap->chunk_count = 0;
    heap->stack = NULL;
}

uint64_t pl_gc_heap_bytes(const struct pl_gc_heap *heap)
{
    return heap->words * 8;
}
