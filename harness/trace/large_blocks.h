/* Live blocks that are large enough for their pages to be looked at, by their slots. One thread. */
#ifndef PL_TRACE_LARGE_BLOCKS_H
#define PL_TRACE_LARGE_BLOCKS_H

#include <stdint.h>

struct pl_large_block {
    uint64_t address, size;
    uint64_t touched; /* pages, as told last; PL_TRACE_UNTOLD: nothing was told */
    uint32_t slot;
};

/** Starts as {0}. */
struct pl_large_blocks {
    struct pl_large_block *list;
    uint32_t *place_of; /* by slot: its place in the list + 1; 0: it is small */
    uint32_t count, capacity, slot_capacity;
};

/** A block came. Small ones are left out, and yet have to come. @return 0 or -ENOMEM */
int pl_large_blocks_add(struct pl_large_blocks *blocks, uint32_t slot, uint64_t address,
                        uint64_t size);

/** A block of a slot that came before went. */
void pl_large_blocks_remove(struct pl_large_blocks *blocks, uint32_t slot);

/** @return the size of a block that came; 0 of a small one */
uint64_t pl_large_blocks_size(const struct pl_large_blocks *blocks, uint32_t slot);

void pl_large_blocks_free(struct pl_large_blocks *blocks);

#endif
