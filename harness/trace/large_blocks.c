/* A list without order, and where in it each slot's block is (large_blocks.h). */
#include "harness/trace/large_blocks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/trace/trace.h"

static int make_slots(struct pl_large_blocks *b, uint32_t slot)
{
    if (slot < b->slot_capacity)
        return 0;
    const uint32_t capacity = 2 * slot + 64;
    uint32_t *grown = reallocarray(b->place_of, capacity, sizeof *grown);
    if (!grown)
        return -ENOMEM;
    memset(grown + b->slot_capacity, 0, (capacity - b->slot_capacity) * sizeof *grown);
    b->place_of = grown;
    b->slot_capacity = capacity;
    return 0;
}

int pl_large_blocks_add(struct pl_large_blocks *b, uint32_t slot, uint64_t address, uint64_t size)
{
    int rc = make_slots(b, slot);
    if (rc || size < PL_TRACE_TOLD_FROM)
        return rc;
    if (b->count == b->capacity) {
        const uint32_t capacity = 2 * b->capacity + 64;
        struct pl_large_block *grown = reallocarray(b->list, capacity, sizeof *grown);
        if (!grown)
            return -ENOMEM;
        b->list = grown;
        b->capacity = capacity;
    }
    b->list[b->count++] = (struct pl_large_block){address, size, PL_TRACE_UNTOLD, slot};
    b->place_of[slot] = b->count;
    return 0;
}

void pl_large_blocks_remove(struct pl_large_blocks *b, uint32_t slot)
{
    const uint32_t place = b->place_of[slot];
    if (!place)
        return;
    b->list[place - 1] = b->list[--b->count];
    b->place_of[b->list[place - 1].slot] = place;
    b->place_of[slot] = 0;
}

uint64_t pl_large_blocks_size(const struct pl_large_blocks *b, uint32_t slot)
{
    const uint32_t place = b->place_of[slot];
    return place ? b->list[place - 1].size : 0;
}

void pl_large_blocks_free(struct pl_large_blocks *b)
{
    free(b->list);
    free(b->place_of);
    *b = (struct pl_large_blocks){0};
}
