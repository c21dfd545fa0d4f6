/* Where slabs come from, how large they are, and where they go. */
#include <sys/mman.h>
#include <unistd.h>

#include "allocators/layers/slab_pool.h"

#include <string.h>

enum { POISON_FRESH = 0x7a };

static size_t slab_bytes(const struct pl_slab_pool *pool, size_t count)
{
    return count * pool->slot + PL_SLAB_HEADER;
}

/* What is taken for `bytes`: whole pages when they are mapped. */
static size_t taken_bytes(const struct pl_slab_pool *pool, size_t bytes)
{
    size_t page = pool->settings.mapped ? (size_t)sysconf(_SC_PAGESIZE) : 1;
    return (bytes + page - 1) / page * page;
}

static void account(struct pl_slab_counters *counters, uint64_t bytes)
{
    uint64_t sum =
        atomic_fetch_add_explicit(&counters->reserved, bytes, memory_order_relaxed) + bytes;
    uint64_t peak = atomic_load_explicit(&counters->reserved_peak, memory_order_relaxed);
    while (sum > peak &&
           !atomic_compare_exchange_weak_explicit(&counters->reserved_peak, &peak, sum,
                                                  memory_order_relaxed, memory_order_relaxed))
        ;
    atomic_fetch_add_explicit(&counters->slabs, 1, memory_order_relaxed);
}

static void *map(struct pl_slab_pool *pool, size_t bytes)
{
    void *block = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block != MAP_FAILED)
        return block;
    atomic_fetch_add_explicit(&pool->counters->map_failures, 1, memory_order_relaxed);
    return NULL;
}

static struct pl_slab *make(struct pl_slab_pool *pool, size_t count)
{
    size_t bytes = slab_bytes(pool, count);
    unsigned char *block =
        pool->settings.mapped ? map(pool, bytes) : pl_acquire(pool->link.inner, bytes);
    if (!block)
        return NULL;
    if (pool->settings.poison)
        memset(block, POISON_FRESH, bytes);
    struct pl_slab *slab = (struct pl_slab *)(block + count * pool->slot);
    *slab = (struct pl_slab){.slots = block, .fresh = block, .count = count};
    account(pool->counters, taken_bytes(pool, bytes));
    pool->total += count;
    return slab;
}

/* What fits is where the next try begins: at a limit that is one refusal an acquire, not ten. */
struct pl_slab *pl_slab_grow(struct pl_slab_pool *pool)
{
    size_t count = pool->next_count;
    struct pl_slab *slab = make(pool, count);
    while (!slab && count > 1) {
        count /= 2;
        slab = make(pool, count);
    }
    if (!slab)
        pool->next_count = 1;
    else
        pool->next_count = count > pool->max_count / 2 ? pool->max_count : 2 * count;
    return slab;
}

/* The next slab is then no larger than what is left and one: doubling would otherwise go on for as
 * long as slabs come and go. */
void pl_slab_drop(struct pl_slab_pool *pool, struct pl_slab *slab)
{
    size_t bytes = slab_bytes(pool, slab->count);
    pool->total -= slab->count;
    if (!pool->settings.fixed && pool->next_count > pool->total + 1)
        pool->next_count = pool->total + 1;
    atomic_fetch_sub_explicit(&pool->counters->reserved, taken_bytes(pool, bytes),
                              memory_order_relaxed);
    atomic_fetch_sub_explicit(&pool->counters->slabs, 1, memory_order_relaxed);
    if (pool->settings.mapped)
        munmap(slab->slots, bytes);
    else
        pl_release(pool->link.inner, slab->slots, bytes);
}
