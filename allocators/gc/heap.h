/* The heap that a modelled collector works on: cells in private anonymous memory, which is the
 * modelled program's and so weighs in its RSS. Marking follows their links and sweeping walks their
 * addresses for real: what a collection costs is measured, not computed.
 *
 * A cell is 64 B: a header and 7 fields, as is OCaml's block for a Bigarray of one dimension. Three
 * kinds are in use: the program's own live data, heap garbage, and one for each block that was
 * handed out. A cell that is black survives the cycle: what was dropped after the cycle had begun,
 * and what was allocated since, is black (snapshot at the start: Yuasa 1990; OCaml 4.14,
 * major_gc.c). */
#ifndef PL_ALLOCATORS_GC_HEAP_H
#define PL_ALLOCATORS_GC_HEAP_H

#include "allocators/allocator.h"

enum { PL_GC_CELL_WORDS = 8, PL_GC_CHUNKS = 1024, PL_GC_WAITING = 256 };

enum pl_gc_kind {
    PL_GC_FREE,    /* in the list of free cells, or never used */
    PL_GC_LIVE,    /* the program's own data: always reachable */
    PL_GC_GARBAGE, /* heap garbage */
    PL_GC_HELD,    /* a block that the program holds */
    PL_GC_DROPPED, /* a block without a reference */
    PL_GC_KEPT     /* free, with a block that will be handed out again */
};

struct pl_gc_cell {
    uint8_t kind;  /* enum pl_gc_kind; this line is the header, one word */
    bool black;    /* survives this cycle */
    bool young;    /* in the minor heap still: no cycle looks at it */
    uint32_t home; /* index of its chunk */
    union {
        uintptr_t fields[PL_GC_CELL_WORDS - 1]; /* links, and numbers, which are odd */
        struct pl_gc_cell *next_free;
        struct {
            struct pl_gc_cell *next, *prev; /* among the held, or the young */
            struct pl_allocator *link;      /* that handed the block out */
            void *block;
            size_t size;
            uint64_t words; /* that the block itself takes of this heap: 0 for C memory */
        } held;
    };
};

_Static_assert(sizeof(void *) != 8 || sizeof(struct pl_gc_cell) == 8u * PL_GC_CELL_WORDS,
               "a cell is 8 words");

struct pl_gc_list {
    struct pl_gc_cell *first, *last;
};

struct pl_gc_chunk {
    struct pl_gc_cell *cells;
    size_t count;
    size_t fresh; /* the first one never used: its memory is untouched */
};

enum pl_gc_phase { PL_GC_IDLE, PL_GC_MARK, PL_GC_SWEEP };

struct pl_gc_heap {
    struct pl_gc_chunk chunks[PL_GC_CHUNKS];
    size_t chunk_count;
    struct pl_gc_cell *free;
    struct pl_gc_list held;  /* not young, newest first */
    struct pl_gc_list young; /* oldest first; dropped ones stay until a minor collection */
    enum pl_gc_phase phase;
    struct pl_gc_cell *root;   /* of the live data */
    struct pl_gc_cell **stack; /* cells to scan: each once a cycle at most */
    size_t depth, stack_room;
    struct pl_gc_cell *waiting[PL_GC_WAITING]; /* links to follow, their cells being fetched */
    uint32_t waiting_first, waiting_last;
    struct pl_gc_cell *cursor;      /* the next held cell to mark */
    size_t sweep_chunk, sweep_cell; /* the chunk, and how many of its cells are still to be swept */
    bool in_run;                    /* what was swept last is free */
    uint64_t words;                 /* of all chunks */
    uint64_t used_words;            /* of cells in use, and of blocks that lie in this heap */
    uint64_t block_words;           /* of blocks that lie in this heap */
    uint64_t marked_words;          /* black since the cycle began */
    uint64_t owed_words; /* of them, dropped unmarked: what caml_darken leaves for marking to do */
    uint64_t cycles;     /* that are over */
    uint64_t cells_marked, cells_swept; /* visited, ever */
    /** Takes back the block of a dead cell. @return whether it keeps it, and the cell with it */
    bool (*finalise)(void *owner, struct pl_gc_cell *cell);
    void *owner;
};

/** Maps the heap and fills it with the program's live data.
 *  @param live bytes of live data, at least one cell
 *  @return 0 or -ENOMEM */
int pl_gc_heap_open(struct pl_gc_heap *heap, uint64_t live);

/** Unmaps it; finalises nothing. */
void pl_gc_heap_close(struct pl_gc_heap *heap);

/** Words of a cell, and of its block if that lies in this heap. */
static inline uint64_t pl_gc_cell_words(const struct pl_gc_cell *cell)
{
    bool block = cell->kind == PL_GC_HELD || cell->kind == PL_GC_DROPPED;
    return PL_GC_CELL_WORDS + (block ? cell->held.words : 0);
}

/** A cell of that kind, or NULL when there is no memory. One for a block has then to enter a list.
 */
struct pl_gc_cell *pl_gc_heap_take(struct pl_gc_heap *heap, enum pl_gc_kind kind);

/** Frees a cell that is in no list, and its words. */
void pl_gc_heap_give(struct pl_gc_heap *heap, struct pl_gc_cell *cell);

/** Makes a kept cell a free one. */
void pl_gc_heap_free(struct pl_gc_heap *heap, struct pl_gc_cell *cell);

/** Says that the cell's block lies in this heap; before the cell enters a list. */
void pl_gc_heap_weigh(struct pl_gc_heap *heap, struct pl_gc_cell *cell, uint64_t words);

/** Puts a new cell among the young ones. */
void pl_gc_heap_enter_young(struct pl_gc_heap *heap, struct pl_gc_cell *cell);

/** Puts a cell among the held ones: a new one, or a young one that a minor collection found held.
 */
void pl_gc_heap_enter_held(struct pl_gc_heap *heap, struct pl_gc_cell *cell);

/** Takes a held or young cell out of its list. */
void pl_gc_heap_leave(struct pl_gc_heap *heap, struct pl_gc_cell *cell);

/** The program drops its last reference: the cell is garbage from now. Dropped while marking, it
 *  survives the cycle. */
void pl_gc_heap_drop(struct pl_gc_heap *heap, struct pl_gc_cell *cell);

/** Starts a cycle: the roots are what the program holds now. No cell may be young. */
void pl_gc_heap_start(struct pl_gc_heap *heap);

/** Marks until `budget` words are done, or all; then sweeping begins. A slice does at most one
 * cell, and its block, more than its budget. @return the words done */
uint64_t pl_gc_heap_mark(struct pl_gc_heap *heap, uint64_t budget);

/** Sweeps until `budget` words are done, or all; then the heap is idle. @return the words done */
uint64_t pl_gc_heap_sweep(struct pl_gc_heap *heap, uint64_t budget);

/** Goes through with a cycle that has begun. */
void pl_gc_heap_finish(struct pl_gc_heap *heap);

/** Takes back the block of a dead cell that is in no list, and the cell. */
void pl_gc_heap_reclaim(struct pl_gc_heap *heap, struct pl_gc_cell *cell);

/** Bytes mapped: chunks and the mark stack as far as they can be used. */
uint64_t pl_gc_heap_bytes(const struct pl_gc_heap *heap);

#endif
