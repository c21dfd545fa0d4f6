/* A stack of blocks, each behind its size (spare.h). */
#include "harness/interpose/spare.h"

_Alignas(64) char pl_spare_memory[PL_SPARE_BYTES];

static size_t used; /* bytes from the beginning */

void *pl_spare_take(size_t size, size_t alignment)
{
    const size_t least = alignment < 16 ? 16 : alignment;
    size_t from = __atomic_load_n(&used, __ATOMIC_RELAXED), begin;
    if (size > PL_SPARE_BYTES || least > PL_SPARE_BYTES)
        return NULL;
    do {
        begin = (from + sizeof size + least - 1) & ~(least - 1);
        if (begin + size > PL_SPARE_BYTES)
            return NULL;
    } while (!__atomic_compare_exchange_n(&used, &from, begin + size, true, __ATOMIC_RELAXED,
                                          __ATOMIC_RELAXED));
    __builtin_memcpy(&pl_spare_memory[begin - sizeof size], &size, sizeof size);
    return &pl_spare_memory[begin];
}

size_t pl_spare_usable(const void *block)
{
    size_t size;
    __builtin_memcpy(&size, (const char *)block - sizeof size, sizeof size);
    return size;
}
