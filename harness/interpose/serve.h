/* Serving a call through the layers: what is asked before the heap, and what is counted after it.
 * Where no layer stands, callers go to the heap themselves. */
#ifndef PL_INTERPOSE_SERVE_H
#define PL_INTERPOSE_SERVE_H

#include <stdbool.h>
#include <stddef.h>

#include "allocators/foreign.h"
#include "harness/interpose/hooked.h"

enum pl_serve_layer {
    PL_SERVE_LIMIT = 1,
    PL_SERVE_FAULT = 2,
    PL_SERVE_TRIM = 4,
    PL_SERVE_LEDGER = 8,
    PL_SERVE_RECORD = 16 /* it stands alone */
};

/** The layers that stand, or-ed; 0 for none: a call needs nothing but to be passed on. */
extern unsigned pl_serve_layers;

/** Sets the layers up, as the process attaches. */
void pl_serve_open(const struct pl_foreign *settings, bool is_recorded);

/** Each as the function of its name, through the layers. They set errno where that does.
 *  @param caller the return address, for the call site of a fault, and of a ledger */
void *pl_serve_malloc(size_t size, const void *caller);
void *pl_serve_calloc(size_t count, size_t size, const void *caller);
void *pl_serve_realloc(void *block, size_t size, const void *caller);
int pl_serve_posix_memalign(void **block, size_t alignment, size_t size, const void *caller);
/** Of memalign and aligned_alloc, which is `serve`. */
void *pl_serve_aligned(void *(*serve)(size_t alignment, size_t size), size_t alignment, size_t size,
                       const void *caller);
/** Of valloc and pvalloc. */
void *pl_serve_pages(void *(*serve)(size_t size), size_t size, const void *caller);
void pl_serve_free(void *block);
size_t pl_serve_usable_size(void *block);
int pl_serve_trim(size_t pad);

/** Likewise for calls of a heap's own names. */
void *pl_serve_hooked(const struct pl_hooked *hooked, const void *caller);
void *pl_serve_hooked_resize(const struct pl_hooked *hooked, const void *caller);
void pl_serve_hooked_free(const struct pl_hooked *hooked);

#endif
