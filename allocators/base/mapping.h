/* Memory for the stacks' own state, outside every heap and outside RssAnon. */
#ifndef PL_ALLOCATORS_BASE_MAPPING_H
#define PL_ALLOCATORS_BASE_MAPPING_H

#include <stddef.h>

/** Zeroed memory, to be given back with the same number of bytes; or NULL. */
void *pl_mapping_new(size_t bytes);
void pl_mapping_delete(void *mapping, size_t bytes);

#endif
