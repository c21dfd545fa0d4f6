/* oneTBB's scalable allocator 2021, preloaded through its proxy. Tunables: oneTBB developer
 * reference, "scalable_allocation_mode", and the names in libtbbmalloc.so.2. */
#include "allocators/backend.h"

static const struct pl_option options[] = {
    {.name = "huge_pages",
     .help = "ask for huge pages",
     .type = PL_OPTION_BOOL,
     .initial = "off",
     .tunable = "TBB_MALLOC_USE_HUGE_PAGES"},
    {.name = "huge_size_threshold",
     .help = "blocks from this size on are kept rather than given back when they are freed",
     .type = PL_OPTION_SIZE,
     .min = 8 << 20, /* src/tbbmalloc/large_objects.h, defaultMaxHugeSize and maxLargeSize */
     .max = INT64_C(1) << 40,
     .tunable = "TBB_MALLOC_SET_HUGE_SIZE_THRESHOLD"},
};

static const char *const libraries[] = {"libtbbmalloc_proxy.so.2", NULL};
static const struct pl_tuning tuning = {NULL, '=', ' ', "1", "0"};

const struct pl_backend pl_backend_tbbmalloc = {
    .name = "tbbmalloc",
    .summary = "oneTBB's scalable allocator",
    .options = options,
    .option_count = PL_ARRAY_COUNT(options),
    .preloaded = true,
    .libraries = libraries,
    .missing = "libtbbmalloc_proxy.so.2 is not installed; apt install libtbbmalloc2",
    .symbol = "__TBB_malloc_proxy",
    .tuning = &tuning,
    PL_MALLOC_HEAP,
};
