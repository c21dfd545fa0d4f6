/* Memory of the library's own, for what the dynamic loader asks for while the heap is looked for.
 * A few kB at the very beginning, never given back. */
#ifndef PL_INTERPOSE_SPARE_H
#define PL_INTERPOSE_SPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PL_SPARE_BYTES = 64 * 1024 };
extern char pl_spare_memory[PL_SPARE_BYTES];

/** @param alignment a power of two @return zeroed memory, or NULL */
void *pl_spare_take(size_t size, size_t alignment);

/** Whether a block is one of these. */
static inline bool pl_spare_has(const void *block)
{
    return (uintptr_t)block - (uintptr_t)pl_spare_memory < sizeof pl_spare_memory;
}

/** Bytes that a block may be written to. */
size_t pl_spare_usable(const void *block);

#endif
