/* A bump arena over memory that somebody else mapped: where a cell keeps the harness's own state,
 * outside the heap that is measured. */
#ifndef PL_BASE_ARENA_H
#define PL_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

#define PL_ARENA_ALIGN 64 /* a cache line */

struct pl_arena {
    uint8_t *base; /* aligned to PL_ARENA_ALIGN, zeroed */
    size_t used;
    size_t capacity;
};

/** Bytes that pl_arena_take will use up for `size`. */
static inline size_t pl_arena_cost(size_t size)
{
    return (size + PL_ARENA_ALIGN - 1) & ~(size_t)(PL_ARENA_ALIGN - 1);
}

/** @return `size` zeroed bytes, or NULL when the arena is used up */
static inline void *pl_arena_take(struct pl_arena *arena, size_t size)
{
    size_t cost = pl_arena_cost(size);
    if (cost > arena->capacity - arena->used)
        return NULL;
    void *taken = arena->base + arena->used;
    arena->used += cost;
    return taken;
}

#endif
