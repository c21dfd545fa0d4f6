/* Counts and passes on (around.h). */
#include "allocators/layers/around.h"

#include <stdatomic.h>

static void count(struct pl_allocator *self)
{
    atomic_fetch_add_explicit(((struct pl_around *)self)->fallbacks, 1, memory_order_relaxed);
}

static void *acquire(struct pl_allocator *self, size_t size)
{
    count(self);
    return pl_acquire(self->inner, size);
}

static void release(struct pl_allocator *self, void *block, size_t size)
{
    pl_release(self->inner, block, size);
}

static size_t footprint(const struct pl_allocator *self, size_t size)
{
    return self->inner->footprint(self->inner, size);
}

static void *acquire_as(struct pl_allocator *self, const struct pl_request *request)
{
    count(self);
    return pl_acquire_as(self->inner, request);
}

static void release_as(struct pl_allocator *self, void *block, const struct pl_request *request)
{
    pl_release_as(self->inner, block, request);
}

static void *resize(struct pl_allocator *self, void *block, const struct pl_request *old,
                    size_t size)
{
    count(self);
    return pl_resize(self->inner, block, old, size);
}

struct pl_allocator *pl_around_open(struct pl_around *around, struct pl_allocator *inner,
                                    _Atomic uint64_t *fallbacks)
{
    around->link = (struct pl_allocator){.acquire = acquire,
                                         .release = release,
                                         .footprint = footprint,
                                         .inner = inner,
                                         .acquire_as = acquire_as,
                                         .release_as = release_as,
                                         .resize = resize};
    around->fallbacks = fallbacks;
    return &around->link;
}
