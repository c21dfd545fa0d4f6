/* The way around a pool of one size: what a class of any size asks for goes to the next link, and
 * is counted as a fallback. */
#ifndef PL_ALLOCATORS_LAYERS_AROUND_H
#define PL_ALLOCATORS_LAYERS_AROUND_H

#include "allocators/allocator.h"

struct pl_around {
    struct pl_allocator link;
    _Atomic uint64_t *fallbacks;
};

/** @param fallbacks counts acquires and resizes @return the link that stands before `inner` */
struct pl_allocator *pl_around_open(struct pl_around *around, struct pl_allocator *inner,
                                    _Atomic uint64_t *fallbacks);

#endif
