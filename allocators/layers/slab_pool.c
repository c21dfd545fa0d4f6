/* Which slot is handed out next: a freed one, the last one first, else the next fresh one, else one
 * of a new slab. That is roc-toolkit's one free list (freed slots to its front, fresh ones to its
 * back, a new slab only when it is empty) without the walk that would link the fresh ones. */
#include "allocators/layers/slab_pool.h"

#include <string.h>

size_t pl_slot_size(bool guards, size_t size)
{
    size_t align = guards ? 8 : _Alignof(max_align_t);
    size_t bytes = guards ? PL_SLAB_LEAD + size + PL_SLAB_CANARY : size;
    return (bytes + align - 1) / align * align;
}

static size_t count_limit(const struct pl_slab_settings *settings, size_t slot)
{
    size_t fits = (settings->slab_bytes - PL_SLAB_HEADER) / slot;
    return settings->fixed && settings->fixed < fits ? settings->fixed : fits;
}

void pl_slab_pool_open(struct pl_slab_pool *pool, const struct pl_slab_settings *settings,
                       size_t object, struct pl_allocator *inner, struct pl_slab_counters *counters)
{
    pool->link.inner = inner;
    pthread_mutex_init(&pool->mutex, NULL);
    pool->settings = *settings;
    /* A malloc'd slab without guards has its first object at its own address: to an instrument they
     * would be one block. It then sees slabs. */
    if (settings->announced && (settings->guards || settings->mapped))
        pl_instruments_find(&pool->instruments);
    pool->object = object;
    pool->slot = pl_slot_size(settings->guards, object);
    pool->max_count = count_limit(settings, pool->slot);
    pool->next_count = settings->fixed ? pool->max_count : 1;
    pool->counters = counters;
}

static void push_slab(struct pl_slab **list, struct pl_slab *slab)
{
    slab->next = *list;
    slab->prev = NULL;
    if (*list)
        (*list)->prev = slab;
    *list = slab;
}

static void unlink_slab(struct pl_slab **list, struct pl_slab *slab)
{
    if (slab->next)
        slab->next->prev = slab->prev;
    if (slab->prev)
        slab->prev->next = slab->next;
    else
        *list = slab->next;
}

static void drop_list(struct pl_slab_pool *pool, struct pl_slab *slab)
{
    while (slab) {
        struct pl_slab *next = slab->next;
        pl_slab_drop(pool, slab);
        slab = next;
    }
}

void pl_slab_pool_close(struct pl_slab_pool *pool)
{
    drop_list(pool, pool->full);
    drop_list(pool, pool->partial);
    if (pool->spare)
        pl_slab_drop(pool, pool->spare);
    pthread_mutex_destroy(&pool->mutex);
}

static struct pl_slot *pop_slot(struct pl_slot **list)
{
    struct pl_slot *slot = *list;
    *list = slot->next;
    return slot;
}

static void push_slot(struct pl_slot **list, struct pl_slot *slot)
{
    slot->next = *list;
    *list = slot;
}

static bool has_fresh(const struct pl_slab *slab)
{
    return slab && slab->fresh != (const unsigned char *)slab;
}

static struct pl_slot *take_fresh(const struct pl_slab_pool *pool, struct pl_slab *slab)
{
    struct pl_slot *slot = (struct pl_slot *)slab->fresh;
    slab->fresh += pool->slot;
    return slot;
}

static struct pl_slot *take_kept(struct pl_slab_pool *pool)
{
    if (pool->free)
        return pop_slot(&pool->free);
    if (!has_fresh(pool->newest)) {
        struct pl_slab *slab = pl_slab_grow(pool);
        if (!slab)
            return NULL;
        push_slab(&pool->full, slab);
        pool->newest = slab;
    }
    return take_fresh(pool, pool->newest);
}

/* A slab to take a slot from when slabs are given back: one in use before the empty one. */
static struct pl_slab *usable_slab(struct pl_slab_pool *pool)
{
    if (pool->partial)
        return pool->partial;
    struct pl_slab *slab = pool->spare ? pool->spare : pl_slab_grow(pool);
    pool->spare = NULL;
    if (slab)
        push_slab(&pool->partial, slab);
    return slab;
}

static struct pl_slot *take_reclaimable(struct pl_slab_pool *pool, struct pl_slab **from)
{
    struct pl_slab *slab = usable_slab(pool);
    if (!slab)
        return NULL;
    struct pl_slot *slot = slab->free ? pop_slot(&slab->free) : take_fresh(pool, slab);
    if (++slab->used == slab->count) {
        unlink_slab(&pool->partial, slab);
        push_slab(&pool->full, slab);
    }
    *from = slab;
    return slot;
}

/* One empty slab is kept, the smaller of two: a pool that comes and goes around the edge of a slab
 * would else make and give back that slab with every block. */
static void retire(struct pl_slab_pool *pool, struct pl_slab *slab)
{
    unlink_slab(&pool->partial, slab);
    struct pl_slab *other = pool->spare;
    bool keep = !other || slab->count < other->count;
    if (keep)
        pool->spare = slab;
    if (!keep)
        pl_slab_drop(pool, slab);
    else if (other)
        pl_slab_drop(pool, other);
}

static void put_reclaimable(struct pl_slab_pool *pool, struct pl_slab *slab, struct pl_slot *slot)
{
    if (slab->used == slab->count) {
        unlink_slab(&pool->full, slab);
        push_slab(&pool->partial, slab);
    }
    push_slot(&slab->free, slot);
    if (--slab->used == 0)
        retire(pool, slab);
}

/* The word that turns slabs into owner words and back. Any other pool's differs in its high bits,
 * and so do stray bytes: decoded, they make no address. (2^64 / golden ratio: Knuth, The Art of
 * Computer Programming 3, 6.4.) */
static uintptr_t owner_key(const struct pl_slab_pool *pool)
{
    return (uintptr_t)pool * (uintptr_t)0x9e3779b97f4a7c15u;
}

bool pl_slab_pool_owns(const struct pl_slab_pool *pool, uintptr_t owner)
{
    if (!pool->settings.reclaim)
        return owner == (uintptr_t)pool;
    uintptr_t slab = owner ^ owner_key(pool);
    return slab % _Alignof(struct pl_slab) == 0 && (uint64_t)slab >> 48 == 0;
}

struct pl_slot *pl_slab_pool_take(struct pl_slab_pool *pool, uintptr_t *owner)
{
    struct pl_slab *slab = NULL;
    *owner = (uintptr_t)pool;
    if (!pool->settings.reclaim)
        return take_kept(pool);
    struct pl_slot *slot = take_reclaimable(pool, &slab);
    *owner = (uintptr_t)slab ^ owner_key(pool);
    return slot;
}

void pl_slab_pool_put(struct pl_slab_pool *pool, struct pl_slot *slot, uintptr_t owner)
{
    if (pool->settings.reclaim)
        put_reclaimable(pool, (struct pl_slab *)(owner ^ owner_key(pool)), slot);
    else
        push_slot(&pool->free, slot);
}
