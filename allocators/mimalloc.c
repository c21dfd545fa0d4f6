/* mimalloc 2.0, preloaded. Tunables: its readme, "Environment Options", and what MIMALLOC_VERBOSE=1
 * prints (2.0.9; later versions read the decommit names as old names of their purge options). */
#include "allocators/backend.h"

static const struct pl_option options[] = {
    {.name = "allow_decommit",
     .help = "give unused memory back to the system",
     .type = PL_OPTION_BOOL,
     .initial = "on",
     .tunable = "MIMALLOC_ALLOW_DECOMMIT"},
    {.name = "decommit_delay_ms",
     .help = "how long unused pages stay before they are given back",
     .type = PL_OPTION_MILLISECONDS,
     .min = 0,
     .max = INT32_MAX,
     .initial = "25",
     .tunable = "MIMALLOC_DECOMMIT_DELAY"},
    {.name = "segment_decommit_delay_ms",
     .help = "how long unused segments stay before they are given back",
     .type = PL_OPTION_MILLISECONDS,
     .min = 0,
     .max = INT32_MAX,
     .initial = "500",
     .tunable = "MIMALLOC_SEGMENT_DECOMMIT_DELAY"},
    {.name = "page_reset",
     .help = "tell the system of a page as soon as it is free",
     .type = PL_OPTION_BOOL,
     .initial = "off",
     .tunable = "MIMALLOC_PAGE_RESET"},
    {.name = "eager_commit",
     .help = "commit whole segments when they are made",
     .type = PL_OPTION_BOOL,
     .initial = "on",
     .tunable = "MIMALLOC_EAGER_COMMIT"},
};

static const char *const libraries[] = {"libmimalloc.so.2.0", "libmimalloc.so.2", NULL};
static const struct pl_tuning tuning = {NULL, '=', ' ', "1", "0"};

const struct pl_backend pl_backend_mimalloc = {
    .name = "mimalloc",
    .summary = "mimalloc: free lists sharded by page, delayed decommit",
    .options = options,
    .option_count = PL_ARRAY_COUNT(options),
    .preloaded = true,
    .libraries = libraries,
    .missing = "libmimalloc.so.2.0 is not installed; apt install libmimalloc2.0",
    .symbol = "mi_malloc",
    .tuning = &tuning,
    PL_MALLOC_HEAP,
};
