/* Any other allocator that a user brings as a shared library. */
#include "allocators/backend.h"

/* ld.so(8): LD_PRELOAD is a list that spaces and colons separate, without an escape. */
static const struct pl_option options[] = {
    {.name = "path",
     .help = "the shared library to preload: last in the spec, no space and no ':' in it",
     .type = PL_OPTION_PATH,
     .required = true},
};

const struct pl_backend pl_backend_preload = {
    .name = "preload",
    .summary = "any allocator that replaces malloc, by the path of its shared library",
    .options = options,
    .option_count = PL_ARRAY_COUNT(options),
    .preloaded = true,
    PL_MALLOC_HEAP,
};
