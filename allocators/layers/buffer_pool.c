/* Which buffer goes out, and whether one that comes back is kept. The next link is called without
 * the mutex, so that threads wait for no allocation. */
#include "allocators/layers/buffer_pool.h"

static const size_t NO_HOME = SIZE_MAX;

/* The last one that came back and is large enough: a walk, as of any one list of many sizes. */
static struct pl_block *take_fitting(struct pl_block **list, size_t size)
{
    while (*list && (*list)->size < size)
        list = &(*list)->next;
    struct pl_block *block = *list;
    if (block)
        *list = block->next;
    return block;
}

/* A free buffer, maybe one that is too small; NULL for none. Under the mutex. */
static struct pl_block *take(struct pl_buffers *pool, struct pl_allocator *link, size_t class,
                             size_t size)
{
    if (class == pool->sizes.count)
        return NULL;
    struct pl_block *block =
        pool->one_list ? take_fitting(&pool->free[0], size) : take_fitting(&pool->free[class], 0);
    if (!block)
        return NULL;
    pool->kept[block->home]--;
    block->holder = block->size < size ? NULL : link;
    return block;
}

/* Under the mutex. */
static void keep(struct pl_buffers *pool, struct pl_block *block)
{
    struct pl_block **list = &pool->free[pool->one_list ? 0 : block->home];
    block->next = *list;
    *list = block;
    pool->kept[block->home]++;
}

/* ffgo's rule: from the size to twice the size. */
static size_t class_of_capacity(const struct pl_size_classes *sizes, size_t capacity)
{
    size_t i = sizes->count;
    while (i > 0 && sizes->classes[i - 1].size > capacity)
        i--;
    return i > 0 && capacity <= 2 * sizes->classes[i - 1].size ? i - 1 : NO_HOME;
}

/* Where a buffer goes when it comes back. Unchecked, to the class that the request drew on, the
 * last one when it is too large for all. */
static size_t home_of(const struct pl_buffers *pool, size_t class, size_t capacity)
{
    if (pool->checks)
        return class_of_capacity(&pool->sizes, capacity);
    return class < pool->sizes.count ? class : pool->sizes.count - 1;
}

static void drop(struct pl_buffers *pool, struct pl_block *block)
{
    struct pl_allocator *inner = block->inner;
    size_t size = block->size;
    pthread_mutex_lock(&pool->mutex);
    void *memory = pl_blocks_detach(&pool->blocks, block);
    pl_blocks_delete(&pool->blocks, block);
    pthread_mutex_unlock(&pool->mutex);
    pl_release(inner, memory, size);
}

/* Writes fresh memory down. Under the mutex. */
static struct pl_block *enter(struct pl_buffers *pool, struct pl_allocator *inner, void *memory,
                              size_t size)
{
    struct pl_block *block = pl_blocks_new(&pool->blocks, inner);
    if (!block || pl_blocks_attach(&pool->blocks, block, memory, size))
        return block;
    pl_blocks_delete(&pool->blocks, block);
    return NULL;
}

/* A buffer afresh, for `holder`, or for the pool itself when that is NULL. */
static struct pl_block *make(struct pl_buffers *pool, struct pl_allocator *inner,
                             struct pl_allocator *holder, size_t class, size_t size)
{
    void *memory = pl_acquire(inner, size);
    if (!memory)
        return NULL;
    pthread_mutex_lock(&pool->mutex);
    struct pl_block *block = enter(pool, inner, memory, size);
    if (block) {
        block->holder = holder;
        block->home = home_of(pool, class, size);
    }
    pthread_mutex_unlock(&pool->mutex);
    if (block)
        return block;
    pl_release(inner, memory, size);
    pl_pool_count(&pool->blocks.counters->failures);
    return NULL;
}

static void *fall_back(struct pl_buffers *pool, struct pl_allocator *link, size_t class,
                       size_t size)
{
    struct pl_block *block = make(pool, link->inner, link, class, size);
    pl_pool_count(&pool->blocks.counters->misses);
    if (!block)
        return NULL;
    pl_pool_count(&pool->blocks.counters->fallbacks);
    return block->memory;
}

void *pl_buffers_acquire(struct pl_buffers *pool, struct pl_allocator *link, size_t size)
{
    size_t class = pl_size_classes_find(&pool->sizes, size);
    pthread_mutex_lock(&pool->mutex);
    struct pl_block *block = take(pool, link, class, size);
    pthread_mutex_unlock(&pool->mutex);
    if (block && block->holder) {
        pl_pool_count(&pool->blocks.counters->hits);
        return block->memory;
    }
    if (block)
        drop(pool, block);
    return fall_back(pool, link, class, size);
}

void pl_buffers_release(struct pl_buffers *pool, struct pl_allocator *link, void *memory)
{
    bool kept = false;
    if (!memory)
        return;
    pthread_mutex_lock(&pool->mutex);
    struct pl_block *block = pl_blocks_find_held(&pool->blocks, memory, link);
    if (block) {
        size_t home = block->home;
        block->holder = NULL;
        kept = home != NO_HOME && pool->kept[home] < pool->sizes.classes[home].count;
        if (kept)
            keep(pool, block);
    }
    pthread_mutex_unlock(&pool->mutex);
    if (!block)
        pl_pool_count(&pool->blocks.counters->corruptions);
    else if (!kept)
        drop(pool, block);
}

size_t pl_buffers_stock(struct pl_buffers *pool, size_t class, struct pl_allocator *inner)
{
    const struct pl_size_class *wanted = &pool->sizes.classes[class];
    while (pool->kept[class] < wanted->count) {
        struct pl_block *block = make(pool, inner, NULL, class, wanted->size);
        if (!block)
            break;
        keep(pool, block);
    }
    return pool->kept[class];
}

size_t pl_buffers_capacity(const struct pl_size_classes *sizes, size_t size)
{
    size_t class = pl_size_classes_find(sizes, size);
    return class < sizes->count ? sizes->classes[class].size : size;
}
