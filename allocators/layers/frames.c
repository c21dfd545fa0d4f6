/* How frames go out and come back: the one that has waited longest first, as through a channel of
 * Go. The next link is called without the mutex, so that threads wait for no allocation. */
#include "allocators/layers/frames.h"

#include <string.h>
#include <time.h>

static void wait_for_frame(struct pl_frames *pool)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(pool->settings.wait_ms / 1000);
    until.tv_nsec += (long)(pool->settings.wait_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pool->waiting++;
    while (!pool->free.first && pthread_cond_timedwait(&pool->returned, &pool->mutex, &until) == 0)
        ;
    pool->waiting--;
}

/* A kept frame, or NULL. `stale` is set to pixels that are to be thrown away. */
static struct pl_block *take(struct pl_frames *pool, void **stale)
{
    pthread_mutex_lock(&pool->mutex);
    if (pool->settings.on_empty == PL_WAIT && !pool->free.first)
        wait_for_frame(pool);
    struct pl_block *frame = pl_block_list_pop(&pool->free);
    if (frame) {
        pool->kept--;
        frame->holder = &pool->link;
        *stale = pool->settings.guide ? pl_blocks_detach(&pool->blocks, frame) : NULL;
    }
    pthread_mutex_unlock(&pool->mutex);
    pl_pool_count(frame ? &pool->blocks.counters->hits : &pool->blocks.counters->misses);
    return frame;
}

/* Under the mutex. */
static void keep(struct pl_frames *pool, struct pl_block *frame)
{
    pl_block_list_append(&pool->free, frame);
    pool->kept++;
    if (pool->waiting)
        pthread_cond_signal(&pool->returned);
}

/* Gets pixels for a frame that has none. */
static bool fill(struct pl_frames *pool, struct pl_block *frame)
{
    void *pixels = pl_acquire(pool->link.inner, pool->object);
    if (!pixels)
        return false;
    pthread_mutex_lock(&pool->mutex);
    bool done = pl_blocks_attach(&pool->blocks, frame, pixels, pool->object);
    pthread_mutex_unlock(&pool->mutex);
    if (done)
        return true;
    pl_release(pool->link.inner, pixels, pool->object);
    pl_pool_count(&pool->blocks.counters->failures);
    return false;
}

/* A frame without pixels. */
static struct pl_block *make(struct pl_frames *pool)
{
    void *shell = pool->settings.shells ? pl_acquire(pool->link.inner, PL_SHELL_BYTES) : NULL;
    if (pool->settings.shells && !shell)
        return NULL;
    pthread_mutex_lock(&pool->mutex);
    struct pl_block *frame = pl_blocks_new(&pool->blocks, pool->link.inner);
    if (frame && shell)
        pl_blocks_attach_shell(&pool->blocks, frame, memset(shell, 0, PL_SHELL_BYTES),
                               PL_SHELL_BYTES);
    pthread_mutex_unlock(&pool->mutex);
    if (frame)
        return frame;
    pl_release(pool->link.inner, shell, PL_SHELL_BYTES);
    pl_pool_count(&pool->blocks.counters->failures);
    return NULL;
}

/* Drops a frame without pixels. */
static void drop(struct pl_frames *pool, struct pl_block *frame)
{
    pthread_mutex_lock(&pool->mutex);
    void *shell = pl_blocks_detach_shell(&pool->blocks, frame);
    pl_blocks_delete(&pool->blocks, frame);
    pthread_mutex_unlock(&pool->mutex);
    pl_release(pool->link.inner, shell, PL_SHELL_BYTES);
}

/* Gives the pixels back, then keeps or drops the rest: a limit below has room for the next one's
 * pixels before there is a frame to put them into. */
static void retire(struct pl_frames *pool, struct pl_block *frame)
{
    pthread_mutex_lock(&pool->mutex);
    void *pixels = pl_blocks_detach(&pool->blocks, frame);
    pthread_mutex_unlock(&pool->mutex);
    pl_release(pool->link.inner, pixels, pool->object);
    if (frame->shell)
        memset(frame->shell, 0, PL_SHELL_BYTES);
    pthread_mutex_lock(&pool->mutex);
    bool kept = pool->settings.shells && pool->kept < pool->settings.frames;
    if (kept)
        keep(pool, frame);
    pthread_mutex_unlock(&pool->mutex);
    if (!kept)
        drop(pool, frame);
}

static void *fall_back(struct pl_frames *pool)
{
    if (pool->settings.on_empty != PL_FALL_BACK) {
        pl_pool_count(&pool->blocks.counters->refusals);
        return NULL;
    }
    struct pl_block *frame = make(pool);
    if (!frame)
        return NULL;
    frame->holder = &pool->link;
    if (!fill(pool, frame)) {
        drop(pool, frame);
        return NULL;
    }
    pl_pool_count(&pool->blocks.counters->fallbacks);
    return frame->memory;
}

/* The frame stays the pool's when there are no pixels for it. */
static void *refill(struct pl_frames *pool, struct pl_block *frame, void *stale)
{
    pl_release(pool->link.inner, stale, pool->object);
    if (fill(pool, frame))
        return frame->memory;
    pthread_mutex_lock(&pool->mutex);
    keep(pool, frame);
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

static void *acquire(struct pl_allocator *self, size_t size)
{
    struct pl_frames *pool = (struct pl_frames *)self;
    void *stale = NULL;
    if (__builtin_expect(size > pool->object, 0)) {
        pl_pool_count(&pool->blocks.counters->oversize);
        return NULL;
    }
    struct pl_block *frame = take(pool, &stale);
    if (!frame)
        return fall_back(pool);
    return frame->memory ? frame->memory : refill(pool, frame, stale);
}

static void release(struct pl_allocator *self, void *block, size_t size)
{
    struct pl_frames *pool = (struct pl_frames *)self;
    (void)size;
    if (!block)
        return;
    pthread_mutex_lock(&pool->mutex);
    struct pl_block *frame = pl_blocks_find_held(&pool->blocks, block, self);
    bool whole = frame && !pool->settings.shells && pool->kept < pool->settings.frames;
    if (frame)
        frame->holder = NULL;
    if (whole)
        keep(pool, frame);
    pthread_mutex_unlock(&pool->mutex);
    if (!frame)
        pl_pool_count(&pool->blocks.counters->corruptions);
    else if (!whole)
        retire(pool, frame);
}

static size_t footprint(const struct pl_allocator *self, size_t size)
{
    const struct pl_frames *pool = (const struct pl_frames *)self;
    const struct pl_allocator *inner = self->inner;
    (void)size;
    return inner->footprint(inner, pool->object) +
           (pool->settings.shells ? inner->footprint(inner, PL_SHELL_BYTES) : 0);
}

static void open_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

void pl_frames_open(struct pl_frames *pool, const struct pl_frames_settings *settings,
                    size_t object, struct pl_allocator *inner, struct pl_pool_counters *counters)
{
    pool->link = (struct pl_allocator){
        .acquire = acquire, .release = release, .footprint = footprint, .inner = inner};
    pthread_mutex_init(&pool->mutex, NULL);
    open_condition(&pool->returned);
    pool->settings = *settings;
    pool->object = object;
    pool->blocks.counters = counters;
}

bool pl_frames_stock(struct pl_frames *pool)
{
    while (pool->kept < pool->settings.frames) {
        struct pl_block *frame = make(pool);
        if (!frame)
            return false;
        if (!pool->settings.shells && !fill(pool, frame)) {
            drop(pool, frame);
            return false;
        }
        keep(pool, frame);
    }
    return true;
}

void pl_frames_close(struct pl_frames *pool)
{
    pl_blocks_close(&pool->blocks);
    pthread_cond_destroy(&pool->returned);
    pthread_mutex_destroy(&pool->mutex);
}
