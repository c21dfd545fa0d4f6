/* One class's pool of the slab layer: slots, slabs, and where the free ones are.
 *
 * Layout of a slot with guards (roc-toolkit 0.4.0, SlabPool): 8 B owner, 8 B canary, the object,
 * 8 B canary, rounded up to 8. Without guards: the object, rounded up to max_align_t. While a slot
 * is free, its first 8 B link it to the next free one.
 * Layout of a slab: n slots, then 56 B of header (at the end, so that slots begin as aligned as the
 * block does). */
#ifndef PL_ALLOCATORS_LAYERS_SLAB_POOL_H
#define PL_ALLOCATORS_LAYERS_SLAB_POOL_H

#include <pthread.h>
#include <stdatomic.h>

#include "allocators/allocator.h"
#include "allocators/base/instruments.h"

struct pl_slot {
    struct pl_slot *next;
};

struct pl_slab {
    struct pl_slab *next, *prev; /* in the list that holds it */
    unsigned char *slots;        /* the first one; where the block begins */
    unsigned char *fresh;        /* the first slot never handed out; at the header: none */
    struct pl_slot *free;        /* its freed slots, when slabs are given back */
    size_t used;                 /* slots handed out, when slabs are given back */
    size_t count;
};

_Static_assert(sizeof(void *) != 8 || sizeof(struct pl_slab) == 56, "roc's slab header is 56 B");

/** What the pools of all classes count together. */
struct pl_slab_counters {
    _Atomic uint64_t reserved, reserved_peak, slabs, map_failures, oversize, corruptions;
};

struct pl_slab_settings {
    bool guards, poison, mapped, reclaim, announced;
    size_t fixed;      /* slots of each slab; 0 for doubling */
    size_t slab_bytes; /* the largest slab */
};

struct pl_slab_pool {
    struct pl_allocator link;
    pthread_mutex_t mutex;
    struct pl_slab_settings settings;
    struct pl_instruments instruments;
    size_t object, slot;
    struct pl_slot *free;    /* freed slots, the last one first; unless slabs are given back */
    struct pl_slab *newest;  /* the only slab that has fresh slots; unless slabs are given back */
    struct pl_slab *full;    /* slabs that are full; all of them, unless slabs are given back */
    struct pl_slab *partial; /* slabs with slots both free and used */
    struct pl_slab *spare;   /* an empty one that is kept */
    size_t next_count;       /* slots of the next slab */
    size_t max_count;
    size_t total; /* slots, free and used */
    struct pl_slab_counters *counters;
};

enum {
    PL_SLAB_HEADER = sizeof(struct pl_slab),
    PL_SLAB_LEAD = 16, /* owner and canary before the object */
    PL_SLAB_CANARY = 8
};

/** Bytes of a slot for an object of `size` bytes. */
size_t pl_slot_size(bool guards, size_t size);

void pl_slab_pool_open(struct pl_slab_pool *pool, const struct pl_slab_settings *settings,
                       size_t object, struct pl_allocator *inner,
                       struct pl_slab_counters *counters);

/** Gives back every slab, also those with slots handed out. */
void pl_slab_pool_close(struct pl_slab_pool *pool);

/** Takes a free slot, or NULL when no slab can be had. Under the pool's mutex.
 *  @param owner what its owner word must hold while it is handed out */
struct pl_slot *pl_slab_pool_take(struct pl_slab_pool *pool, uintptr_t *owner);

/** Takes a slot back. Under the pool's mutex. */
void pl_slab_pool_put(struct pl_slab_pool *pool, struct pl_slot *slot, uintptr_t owner);

/** Whether an owner word may be of this pool. Reads nothing that it points to. */
bool pl_slab_pool_owns(const struct pl_slab_pool *pool, uintptr_t owner);

/** Makes one more slab, of fewer slots if it is refused; NULL when not even one slot can be had. */
struct pl_slab *pl_slab_grow(struct pl_slab_pool *pool);

/** Gives one slab back that is in no list any more. */
void pl_slab_drop(struct pl_slab_pool *pool, struct pl_slab *slab);

#endif
