/* A pool of buffers of some sizes: see size_class_pool.c. */
#ifndef PL_ALLOCATORS_LAYERS_BUFFER_POOL_H
#define PL_ALLOCATORS_LAYERS_BUFFER_POOL_H

#include <pthread.h>

#include "allocators/base/size_classes.h"
#include "allocators/layers/pool_blocks.h"

struct pl_buffers {
    pthread_mutex_t mutex;
    struct pl_size_classes sizes;
    bool checks;   /* what comes back must have the capacity of a class */
    bool one_list; /* of all free buffers, the first one, instead of one of each class */
    struct pl_block *free[PL_SIZE_CLASSES_MAX]; /* the last one first */
    size_t kept[PL_SIZE_CLASSES_MAX];           /* free ones that have their home there */
    struct pl_blocks blocks;
};

/** Hands out a buffer to a link, or memory of its inner link. */
void *pl_buffers_acquire(struct pl_buffers *pool, struct pl_allocator *link, size_t size);

void pl_buffers_release(struct pl_buffers *pool, struct pl_allocator *link, void *memory);

/** Makes the buffers of a class. @return how many could be had */
size_t pl_buffers_stock(struct pl_buffers *pool, size_t class, struct pl_allocator *inner);

/** Bytes of what a request of `size` draws on: its class's, or its own where it has none. */
size_t pl_buffers_capacity(const struct pl_size_classes *sizes, size_t size);

#endif
