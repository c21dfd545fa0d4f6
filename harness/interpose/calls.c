/* The allocation API of the C library, as the program calls it. */
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

#include "harness/interpose/next.h"
#include "harness/interpose/own_slot.h"
#include "harness/interpose/serve.h"
#include "harness/interpose/spare.h"

#define EXPORT __attribute__((visibility("default")))
#define CALLER __builtin_return_address(0)

EXPORT void *malloc(size_t size)
{
    pl_count_call();
    if (PL_LIKELY(!pl_serve_layers))
        return pl_next.malloc(size);
    return pl_serve_malloc(size, CALLER);
}

EXPORT void free(void *block)
{
    pl_count_call();
    if (PL_UNLIKELY(pl_spare_has(block)))
        return;
    if (PL_LIKELY(!pl_serve_layers))
        pl_next.free(block);
    else
        pl_serve_free(block);
}

/* glibc had it until 2.26; programs from then still ask for it, with arguments that it ignored. */

EXPORT void cfree(void *block)
{
    free(block);
}

EXPORT void *calloc(size_t count, size_t size)
{
    pl_count_call();
    if (PL_LIKELY(!pl_serve_layers))
        return pl_next.calloc(count, size);
    return pl_serve_calloc(count, size, CALLER);
}

EXPORT void *realloc(void *block, size_t size)
{
    pl_count_call();
    if (PL_LIKELY(!pl_serve_layers && !pl_spare_has(block)))
        return pl_next.realloc(block, size);
    return pl_serve_realloc(block, size, CALLER);
}

/* The C library's own would come back by realloc, and be counted twice. */
EXPORT void *reallocarray(void *block, size_t count, size_t size)
{
    size_t bytes;
    pl_count_call();
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    if (PL_LIKELY(!pl_serve_layers && !pl_spare_has(block)))
        return pl_next.realloc(block, bytes);
    return pl_serve_realloc(block, bytes, CALLER);
}

EXPORT void *memalign(size_t alignment, size_t size)
{
    pl_count_call();
    if (PL_LIKELY(!pl_serve_layers))
        return pl_next.memalign(alignment, size);
    return pl_serve_aligned(pl_next.memalign, alignment, size, CALLER);
}

EXPORT void *aligned_alloc(size_t alignment, size_t size)
{
    pl_count_call();
    if (PL_LIKELY(!pl_serve_layers))
        return pl_next.aligned_alloc(alignment, size);
    return pl_serve_aligned(pl_next.aligned_alloc, alignment, size, CALLER);
}

EXPORT int posix_memalign(void **block, size_t alignment, size_t size)
{
    pl_count_call();
    if (PL_LIKELY(!pl_serve_layers))
        return pl_next.posix_memalign(block, alignment, size);
    return pl_serve_posix_memalign(block, alignment, size, CALLER);
}

EXPORT void *valloc(size_t size)
{
    pl_count_call();
    if (PL_LIKELY(!pl_serve_layers))
        return pl_next.valloc(size);
    return pl_serve_pages(pl_next.valloc, size, CALLER);
}

EXPORT void *pvalloc(size_t size)
{
    pl_count_call();
    if (PL_LIKELY(!pl_serve_layers))
        return pl_next.pvalloc(size);
    return pl_serve_pages(pl_next.pvalloc, size, CALLER);
}

EXPORT size_t malloc_usable_size(void *block)
{
    if (PL_UNLIKELY(pl_spare_has(block)))
        return pl_spare_usable(block);
    return pl_serve_layers ? pl_serve_usable_size(block) : pl_next.usable_size(block);
}

EXPORT int malloc_trim(size_t pad)
{
    if (pl_serve_layers)
        return pl_serve_trim(pad);
    return pl_next.trim ? pl_next.trim(pad) : 0;
}
