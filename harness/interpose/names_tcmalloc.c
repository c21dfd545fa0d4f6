/* tcmalloc's own names (gperftools/tcmalloc.h), loaded with tcmalloc alone: each is another name of
 * a standard one. The calls are jumps, so that the caller stays the caller.
 *
 * tcmalloc itself calls three of them by name, from within calls that have been counted already:
 * those it gets from itself. Some of them are jumps, too, and seem to come from our library. */
#include <dlfcn.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/interpose/hooks.h"

#define EXPORT __attribute__((visibility("default")))
#define CALLER __builtin_return_address(0)

static struct {
    void *(*malloc)(size_t size);
    void (*free)(void *block);
    void *(*memalign)(size_t alignment, size_t size);
    struct range {
        uintptr_t begin, end;
    } heap, ours; /* where the two objects lie */
} own;

static void *bind(void *pointer, const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    memcpy(pointer, &found, sizeof found);
    return found;
}

static struct range range_of(const void *address)
{
    struct dl_find_object object;
    if (_dl_find_object((void *)(uintptr_t)address, &object))
        return (struct range){0, 0};
    return (struct range){(uintptr_t)object.dlfo_map_start, (uintptr_t)object.dlfo_map_end};
}

static bool lies_in(const struct range *range, const void *address)
{
    return (uintptr_t)address - range->begin < range->end - range->begin;
}

/* With the first call or the constructor, whichever comes first. */
__attribute__((constructor)) static void find(void)
{
    if (own.heap.end || !bind(&own.malloc, "tc_malloc") || !bind(&own.free, "tc_free"))
        return;
    void *found = bind(&own.memalign, "tc_memalign");
    own.ours = range_of(&plimsoll_interpose_hooks);
    own.heap = range_of(found);
}

static bool is_own(const void *caller)
{
    if (__builtin_expect(!own.heap.end, 0))
        find();
    return lies_in(&own.heap, caller) || lies_in(&own.ours, caller);
}

struct nothrow;

void *_Znwm(size_t size);
void *_Znam(size_t size);
void *_ZnwmRKSt9nothrow_t(size_t size, const struct nothrow *nothrow);
void *_ZnamRKSt9nothrow_t(size_t size, const struct nothrow *nothrow);
void *_ZnwmSt11align_val_t(size_t size, size_t alignment);
void *_ZnamSt11align_val_t(size_t size, size_t alignment);
void *_ZnwmSt11align_val_tRKSt9nothrow_t(size_t size, size_t alignment,
                                         const struct nothrow *nothrow);
void *_ZnamSt11align_val_tRKSt9nothrow_t(size_t size, size_t alignment,
                                         const struct nothrow *nothrow);

EXPORT void *tc_malloc(size_t size)
{
    return is_own(CALLER) ? own.malloc(size) : malloc(size);
}

EXPORT void *tc_malloc_skip_new_handler(size_t size)
{
    return malloc(size);
}

EXPORT void *tc_calloc(size_t count, size_t size)
{
    return calloc(count, size);
}

EXPORT void *tc_realloc(void *block, size_t size)
{
    return realloc(block, size);
}

EXPORT void *tc_memalign(size_t alignment, size_t size)
{
    return is_own(CALLER) ? own.memalign(alignment, size) : memalign(alignment, size);
}

EXPORT int tc_posix_memalign(void **block, size_t alignment, size_t size)
{
    return posix_memalign(block, alignment, size);
}

EXPORT void *tc_valloc(size_t size)
{
    return valloc(size);
}

EXPORT void *tc_pvalloc(size_t size)
{
    return pvalloc(size);
}

EXPORT void *tc_new(size_t size)
{
    return _Znwm(size);
}

EXPORT void *tc_newarray(size_t size)
{
    return _Znam(size);
}

EXPORT void *tc_new_nothrow(size_t size, const struct nothrow *nothrow)
{
    return _ZnwmRKSt9nothrow_t(size, nothrow);
}

EXPORT void *tc_newarray_nothrow(size_t size, const struct nothrow *nothrow)
{
    return _ZnamRKSt9nothrow_t(size, nothrow);
}

EXPORT void *tc_new_aligned(size_t size, size_t alignment)
{
    return _ZnwmSt11align_val_t(size, alignment);
}

EXPORT void *tc_newarray_aligned(size_t size, size_t alignment)
{
    return _ZnamSt11align_val_t(size, alignment);
}

EXPORT void *tc_new_aligned_nothrow(size_t size, size_t alignment, const struct nothrow *nothrow)
{
    return _ZnwmSt11align_val_tRKSt9nothrow_t(size, alignment, nothrow);
}

EXPORT void *tc_newarray_aligned_nothrow(size_t size, size_t alignment,
                                         const struct nothrow *nothrow)
{
    return _ZnamSt11align_val_tRKSt9nothrow_t(size, alignment, nothrow);
}

EXPORT void tc_free(void *block)
{
    if (is_own(CALLER))
        own.free(block);
    else
        free(block);
}

/* What follows the block, a size, an alignment or nothrow, free has no use for. */
#define RELEASE(name)             \
    EXPORT void name(void *block) \
    {                             \
        free(block);              \
    }

RELEASE(tc_cfree)
RELEASE(tc_free_sized)
RELEASE(tc_delete)
RELEASE(tc_deletearray)
RELEASE(tc_delete_sized)
RELEASE(tc_deletearray_sized)
RELEASE(tc_delete_nothrow)
RELEASE(tc_deletearray_nothrow)
RELEASE(tc_delete_aligned)
RELEASE(tc_deletearray_aligned)
RELEASE(tc_delete_sized_aligned)
RELEASE(tc_deletearray_sized_aligned)
RELEASE(tc_delete_aligned_nothrow)
RELEASE(tc_deletearray_aligned_nothrow)
