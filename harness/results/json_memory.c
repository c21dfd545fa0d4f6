/* The allocator that jansson is given (json_memory.h). */
#include "harness/results/json_memory.h"

#include <stdlib.h>

#include <jansson.h>

#include "harness/base/spare_memory.h"

static void *allocate(size_t size)
{
    void *block = malloc(size);
    if (!block)
        pl_memory_refused();
    return block;
}

void pl_json_memory_guard(void)
{
    json_set_alloc_funcs(allocate, free);
}
