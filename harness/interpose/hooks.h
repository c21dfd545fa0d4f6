/* What the library offers to those beside it that know a heap's own names for malloc and free. They
 * are libraries of their own, loaded with that heap alone: programs ask whether a name such as
 * mallocx is there to learn which heap they have. */
#ifndef PL_INTERPOSE_HOOKS_H
#define PL_INTERPOSE_HOOKS_H

#include "harness/interpose/hooked.h"

struct pl_hooks {
    /** Serves a call that allocates `size` bytes, through the layers. */
    void *(*allocate)(const struct pl_hooked *hooked, const void *caller);
    /** One that makes `block` `size` bytes large, here or elsewhere. */
    void *(*resize)(const struct pl_hooked *hooked, const void *caller);
    /** One that frees `block`; what it returns is looked at by nobody. */
    void (*release)(const struct pl_hooked *hooked);
    /** Tells of memory that was mapped, or is about to be unmapped, by whoever called. */
    void (*mapped)(const void *address, size_t size, const void *caller);
    void (*unmapped)(const void *address, size_t size, const void *caller);
    /** Tells that the loader is done, and that no library has begun yet. */
    void (*loaded)(void);
};

extern __attribute__((visibility("default"))) const struct pl_hooks plimsoll_interpose_hooks;

#endif
