/* Shared mappings, so that they are counted with RssShmem and not with RssAnon, which is what is
 * measured. Nothing is reserved for pages that are not touched: some are large and sparse. */
#include "allocators/base/mapping.h"

#include <sys/mman.h>

void *pl_mapping_new(size_t bytes)
{
    void *mapping = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return mapping == MAP_FAILED ? NULL : mapping;
}

void pl_mapping_delete(void *mapping, size_t bytes)
{
    if (mapping)
        munmap(mapping, bytes);
}
