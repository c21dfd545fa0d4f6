/* What a pool has of the next link, block by block: by this it knows its own blocks again, finds
 * those that are released twice or were never its, and gives back exactly what it took.
 *
 * A pool's blocks have no headers: an acquire asks the next link for as much as the modelled pool
 * would. The books lie in shared mappings, outside RssAnon and outside the heap that is measured.
 * Nothing here takes a lock: the pool's own mutex is held in every call but of the counters. */
#ifndef PL_ALLOCATORS_LAYERS_POOL_BLOCKS_H
#define PL_ALLOCATORS_LAYERS_POOL_BLOCKS_H

#include <stdatomic.h>

#include "allocators/allocator.h"
#include "allocators/base/book.h"

/** One place for a block: a frame, or a buffer. */
struct pl_block {
    struct pl_block *next;       /* in the list that it is in */
    struct pl_allocator *inner;  /* what its memory was taken from */
    struct pl_allocator *holder; /* the link that handed its memory out; NULL for none */
    void *memory;                /* NULL for none */
    size_t size;                 /* of the memory, as it was asked for */
    void *shell;                 /* of a frame, from the same link; NULL for none */
    size_t shell_size;
    size_t home; /* where the pool keeps it */
};

/** Blocks in a row. */
struct pl_block_list {
    struct pl_block *first, *last;
};

void pl_block_list_append(struct pl_block_list *list, struct pl_block *block);

/** The first one, taken out; NULL when there is none. */
struct pl_block *pl_block_list_pop(struct pl_block_list *list);

/** What the pools of all classes count together. */
struct pl_pool_counters {
    _Atomic uint64_t reserved, reserved_peak, hits, misses, fallbacks, refusals, failures, oversize,
        corruptions;
};

static inline void pl_pool_count(_Atomic uint64_t *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

/** Adds them to what the stack holds. */
void pl_pool_add_stats(const struct pl_pool_counters *counters, struct pl_stack_stats *stats);

struct pl_block_chunk;

/** Zeroed but for `counters`, it is empty. */
struct pl_blocks {
    struct pl_book book;           /* a block for each memory */
    struct pl_block_chunk *chunks; /* the newest first: blocks never move */
    struct pl_block *unused;
    struct pl_pool_counters *counters;
};

/** A block without memory, in no list. @return NULL when there is no memory for it */
struct pl_block *pl_blocks_new(struct pl_blocks *blocks, struct pl_allocator *inner);

/** Takes back a block that has neither memory nor a shell and is in no list. */
void pl_blocks_delete(struct pl_blocks *blocks, struct pl_block *block);

/** Says that the block has this memory of its inner link; it has none before.
 *  @return false when there is no memory to write it down */
bool pl_blocks_attach(struct pl_blocks *blocks, struct pl_block *block, void *memory, size_t size);

/** Takes the memory out of the books. @return it, for the inner link; NULL when there was none */
void *pl_blocks_detach(struct pl_blocks *blocks, struct pl_block *block);

/** As pl_blocks_attach and pl_blocks_detach, of the shell. */
void pl_blocks_attach_shell(struct pl_blocks *blocks, struct pl_block *block, void *shell,
                            size_t size);
void *pl_blocks_detach_shell(struct pl_blocks *blocks, struct pl_block *block);

/** The block that has this memory, if `holder` has it handed out; NULL for any other address. */
struct pl_block *pl_blocks_find_held(const struct pl_blocks *blocks, const void *memory,
                                     const struct pl_allocator *holder);

/** Gives everything back, what is handed out too. */
void pl_blocks_close(struct pl_blocks *blocks);

#endif
