/* The books of what a pool has: see pool_blocks.h. */
#include "allocators/layers/pool_blocks.h"

#include "allocators/backend.h"
#include "allocators/base/mapping.h"

enum { CHUNK_BLOCKS = 1023 }; /* with the header, 16 pages */

struct pl_block_chunk {
    struct pl_block_chunk *next;
    size_t used; /* of the blocks: the others' memory is untouched */
    struct pl_block blocks[CHUNK_BLOCKS];
};

void pl_block_list_append(struct pl_block_list *list, struct pl_block *block)
{
    block->next = NULL;
    if (list->last)
        list->last->next = block;
    else
        list->first = block;
    list->last = block;
}

struct pl_block *pl_block_list_pop(struct pl_block_list *list)
{
    struct pl_block *block = list->first;
    if (!block)
        return NULL;
    list->first = block->next;
    if (!list->first)
        list->last = NULL;
    return block;
}

static void reserve(struct pl_pool_counters *counters, uint64_t bytes)
{
    uint64_t sum =
        atomic_fetch_add_explicit(&counters->reserved, bytes, memory_order_relaxed) + bytes;
    uint64_t peak = atomic_load_explicit(&counters->reserved_peak, memory_order_relaxed);
    while (sum > peak &&
           !atomic_compare_exchange_weak_explicit(&counters->reserved_peak, &peak, sum,
                                                  memory_order_relaxed, memory_order_relaxed))
        ;
}

static void unreserve(struct pl_pool_counters *counters, uint64_t bytes)
{
    atomic_fetch_sub_explicit(&counters->reserved, bytes, memory_order_relaxed);
}

static uint64_t load(const _Atomic uint64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

void pl_pool_add_stats(const struct pl_pool_counters *counters, struct pl_stack_stats *stats)
{
    stats->pooled = true;
    stats->counts_hits = true;
    stats->reserved_bytes += load(&counters->reserved);
    stats->reserved_bytes_peak += load(&counters->reserved_peak);
    stats->pool_hits += load(&counters->hits);
    stats->pool_misses += load(&counters->misses);
    stats->fallback_allocations += load(&counters->fallbacks);
    stats->refusals += load(&counters->refusals);
    stats->heap_failures += load(&counters->failures);
    stats->oversize += load(&counters->oversize);
    stats->corruptions += load(&counters->corruptions);
}

static struct pl_block *fresh(struct pl_blocks *blocks)
{
    struct pl_block_chunk *chunk = blocks->chunks;
    if (!chunk || chunk->used == CHUNK_BLOCKS) {
        chunk = pl_mapping_new(sizeof *chunk);
        if (!chunk)
            return NULL;
        chunk->next = blocks->chunks;
        blocks->chunks = chunk;
    }
    return &chunk->blocks[chunk->used++];
}

struct pl_block *pl_blocks_new(struct pl_blocks *blocks, struct pl_allocator *inner)
{
    struct pl_block *block = blocks->unused;
    if (block)
        blocks->unused = block->next;
    else
        block = fresh(blocks);
    if (block)
        *block = (struct pl_block){.inner = inner};
    return block;
}

void pl_blocks_delete(struct pl_blocks *blocks, struct pl_block *block)
{
    block->next = blocks->unused;
    blocks->unused = block;
}

bool pl_blocks_attach(struct pl_blocks *blocks, struct pl_block *block, void *memory, size_t size)
{
    if (!pl_book_put(&blocks->book, memory, block))
        return false;
    block->memory = memory;
    block->size = size;
    reserve(blocks->counters, size);
    return true;
}

void *pl_blocks_detach(struct pl_blocks *blocks, struct pl_block *block)
{
    void *memory = block->memory;
    if (!memory)
        return NULL;
    pl_book_remove(&blocks->book, memory);
    unreserve(blocks->counters, block->size);
    block->memory = NULL;
    return memory;
}

void pl_blocks_attach_shell(struct pl_blocks *blocks, struct pl_block *block, void *shell,
                            size_t size)
{
    block->shell = shell;
    block->shell_size = size;
    reserve(blocks->counters, size);
}

void *pl_blocks_detach_shell(struct pl_blocks *blocks, struct pl_block *block)
{
    void *shell = block->shell;
    if (shell)
        unreserve(blocks->counters, block->shell_size);
    block->shell = NULL;
    return shell;
}

struct pl_block *pl_blocks_find_held(const struct pl_blocks *blocks, const void *memory,
                                     const struct pl_allocator *holder)
{
    struct pl_block *block = pl_book_find(&blocks->book, memory);
    return block && block->holder == holder ? block : NULL;
}

static void give_back(struct pl_blocks *blocks, struct pl_block *block)
{
    void *memory = pl_blocks_detach(blocks, block), *shell = pl_blocks_detach_shell(blocks, block);
    pl_release(block->inner, memory, block->size);
    pl_release(block->inner, shell, block->shell_size);
}

void pl_blocks_close(struct pl_blocks *blocks)
{
    for (struct pl_block_chunk *chunk = blocks->chunks, *next; chunk; chunk = next) {
        for (size_t i = 0; i < chunk->used; i++)
            if (chunk->blocks[i].memory || chunk->blocks[i].shell)
                give_back(blocks, &chunk->blocks[i]);
        next = chunk->next;
        pl_mapping_delete(chunk, sizeof *chunk);
    }
    pl_book_close(&blocks->book);
    blocks->chunks = NULL;
    blocks->unused = NULL;
}
