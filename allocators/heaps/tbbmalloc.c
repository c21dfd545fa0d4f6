/* oneTBB's scalable allocator 2021 to 2023, preloaded through its proxy. Tunables: oneTBB developer
 * reference, "scalable_allocation_mode", and the names in libtbbmalloc.so.2. */
#include <dlfcn.h>

#include "allocators/backend.h"
#include "allocators/heaps/trimming.h"

static const struct pl_option options[] = {
    {.name = "huge_pages",
     .help = "ask for huge pages",
     .type = PL_OPTION_BOOL,
     .default_text = "off",
     .tunable = "TBB_MALLOC_USE_HUGE_PAGES"},
    {.name = "huge_size_threshold",
     .help = "blocks from this size on are kept rather than given back when they are freed; four "
             "of 12.4 MB stayed at any value",
     .type = PL_OPTION_SIZE,
     .min = 8 << 20, /* src/tbbmalloc/large_objects.h, defaultMaxHugeSize and maxLargeSize */
     .max = INT64_C(1) << 40,
     .tunable = "TBB_MALLOC_SET_HUGE_SIZE_THRESHOLD"},
    PL_TRIM_OPTIONS("cleans all of its buffers"),
};

static const char *const libraries[] = {"libtbbmalloc_proxy.so.2", NULL};
static const struct pl_tuning tuning = {NULL, '=', ' ', "1", "0"};

/* It has no function that tells: what TBB_VERSION=1 prints stands in its library. */
static void version(const char *library, char *text, size_t capacity)
{
    Dl_info info;
    void *symbol = dlsym(RTLD_DEFAULT, "scalable_malloc");
    (void)library;
    if (symbol && dladdr(symbol, &info) && info.dli_fname)
        pl_library_tells(info.dli_fname, "TBBmalloc: VERSION", text, capacity);
}

/* scalable_allocator.h: TBBMALLOC_CLEAN_ALL_BUFFERS is the first command. */
static void trim(void)
{
    int (*command)(int, void *);
    pl_trim_find("scalable_allocation_command", &command);
    if (command)
        command(0, NULL);
}

const struct pl_backend pl_backend_tbbmalloc = {
    .name = "tbbmalloc",
    .summary = "oneTBB's scalable allocator",
    .options = options,
    .option_count = PL_ARRAY_COUNT(options),
    .preloaded = true,
    .libraries = libraries,
    .companion = "libtbbmalloc.so.2",
    .missing = "libtbbmalloc_proxy.so.2 is not installed; ci/setup installs it",
    .symbol = "__TBB_malloc_proxy",
    .tuning = &tuning,
    .version = version,
    .trim = trim,
    PL_MALLOC_HEAP,
};
