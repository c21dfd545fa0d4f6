/* tcmalloc of gperftools 2.10 to 2.18 (the minimal library), preloaded. Tunables: gperftools,
 * docs/tcmalloc.html, "Modifying Runtime Behavior". */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "allocators/backend.h"
#include "allocators/heaps/trimming.h"

static const struct pl_option options[] = {
    {.name = "release_rate",
     .help = "how eagerly unused memory is given back; 0 for never. Even 1000 gives nothing back "
             "of the first bursts; aggressive_decommit does",
     .type = PL_OPTION_COUNT,
     .min = 0,
     .max = 1000,
     .default_text = "1",
     .tunable = "TCMALLOC_RELEASE_RATE"},
    {.name = "aggressive_decommit",
     .help = "give every free span back at once",
     .type = PL_OPTION_BOOL,
     .default_text = "off",
     .tunable = "TCMALLOC_AGGRESSIVE_DECOMMIT"},
    {.name = "thread_cache",
     .help = "all threads' caches together",
     .type = PL_OPTION_SIZE,
     .min = 512 << 10, /* thread_cache.h, kMinThreadCacheSize */
     .max = 1 << 30,   /* thread_cache.cc, set_overall_thread_cache_size */
     .default_text = "32MiB",
     .tunable = "TCMALLOC_MAX_TOTAL_THREAD_CACHE_BYTES"},
    {.name = "heap_limit",
     .help = "what the heap may take from the system; 0 for no limit",
     .type = PL_OPTION_SIZE,
     .min = 0,
     .max = INT64_C(1) << 40,
     .default_text = "0",
     .tunable = "TCMALLOC_HEAP_LIMIT_MB",
     .unit = 1 << 20},
    PL_TRIM_OPTIONS("releases its free memory"),
};

static const char *const libraries[] = {"libtcmalloc_minimal.so.4", NULL};
static const struct pl_tuning tuning = {NULL, '=', ' ', "1", "0"};

static void version(const char *library, char *text, size_t capacity)
{
    const char *(*ask)(int *, int *, const char **) = NULL;
    void *symbol = dlsym(RTLD_DEFAULT, "tc_version");
    const char *patch = NULL;
    int major = 0, minor = 0;
    (void)library;
    memcpy(&ask, &symbol, sizeof ask);
    if (!ask)
        return;
    ask(&major, &minor, &patch);
    snprintf(text, capacity, "%d.%d%.16s", major, minor, patch ? patch : "");
}

/* docs/tcmalloc.html, "Improving Application Memory Usage". What threads' caches hold stays. */
static void trim(void)
{
    void (*release)(void);
    pl_trim_find("MallocExtension_ReleaseFreeMemory", &release);
    if (release)
        release();
}

/* malloc_extension.h: "generic.heap_size" has in it what was given back to the kernel, which the
 * other one counts. It has no arenas. */
static void tell(struct pl_heap_told *told)
{
    int (*property)(const char *, size_t *);
    size_t heap = 0, unmapped = 0;
    pl_trim_find("MallocExtension_GetNumericProperty", &property);
    if (property && property("generic.heap_size", &heap) &&
        property("tcmalloc.pageheap_unmapped_bytes", &unmapped))
        told->held_bytes = heap - unmapped;
}

const struct pl_backend pl_backend_tcmalloc = {
    .name = "tcmalloc",
    .summary = "tcmalloc (gperftools, minimal): thread caches over spans",
    .options = options,
    .option_count = PL_ARRAY_COUNT(options),
    .preloaded = true,
    .libraries = libraries,
    .missing = "libtcmalloc_minimal.so.4 is not installed; ci/setup installs it",
    .symbol = "MallocExtension_GetNumericProperty",
    .tuning = &tuning,
    .version = version,
    .trim = trim,
    .tell = tell,
    .names = "libplimsoll-interpose-tcmalloc.so",
    PL_MALLOC_HEAP,
};
