/* Memory for the stacks' own state. Shared, so that it is counted with RssShmem and not with
 * RssAnon, which is what is measured. Nothing is reserved for pages that are not touched: some of
 * it is large and sparse. */
#include <sys/mman.h>

#include "allocators/backend.h"

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
