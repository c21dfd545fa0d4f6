/* tcmalloc's own names (gperftools/tcmalloc.h), loaded with tcmalloc alone: each is another name of
 * a standard one. The calls are jumps, so that the caller stays the caller. */
#include <malloc.h>
#include <stdlib.h>

#define EXPORT __attribute__((visibility("default")))

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
    return malloc(size);
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
    return memalign(alignment, size);
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

/* What follows the block, a size, an alignment or nothrow, free has no use for. */
#define RELEASE(name)             \
    EXPORT void name(void *block) \
    {                             \
        free(block);              \
    }

RELEASE(tc_free)
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
