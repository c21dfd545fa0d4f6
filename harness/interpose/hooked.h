/* A call that a program made by a heap's own name (hooks.h). */
#ifndef PL_INTERPOSE_HOOKED_H
#define PL_INTERPOSE_HOOKED_H

#include <stddef.h>

/** A call of the heap, with whatever it takes. */
struct pl_hooked {
    void *(*call)(const struct pl_hooked *self); /* the block, NULL for none */
    void *block;                                 /* what is resized or freed */
    size_t size;
    int flags;
};

#endif
