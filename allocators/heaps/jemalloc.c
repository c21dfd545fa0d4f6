/* jemalloc 5, preloaded. Tunables: jemalloc(3), "TUNING"; 5.3.0 and 5.3.1 read the
 * same ones. */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "allocators/backend.h"
#include "allocators/heaps/trimming.h"

/* src/jemalloc.c, malloc_narenas_default: four arenas a CPU. It counts the CPUs that the process
 * may run on, so a pinned process would get 4. */
#define ARENAS_PER_CPU 4

static const struct pl_option options[] = {
    {.name = "narenas",
     .help = "arenas; when not given, 4 for each CPU online",
     .type = PL_OPTION_COUNT,
     .min = 1,
     .max = 4095, /* MALLOCX_ARENA_LIMIT */
     .tunable = "narenas",
     .per_cpu = ARENAS_PER_CPU},
    {.name = "dirty_decay_ms",
     .help = "how long unused pages stay as they are; -1 for ever. Looked at by work that reaches "
             "the arena they lie in: steady small work, or none, gives nothing back",
     .type = PL_OPTION_MILLISECONDS,
     .min = -1,
     .max = INT64_C(1) << 40,
     .default_text = "10000",
     .tunable = "dirty_decay_ms"},
    {.name = "muzzy_decay_ms",
     .help = "how long pages stay lazily purged before they are given back; -1 for ever",
     .type = PL_OPTION_MILLISECONDS,
     .min = -1,
     .max = INT64_C(1) << 40,
     .default_text = "0",
     .tunable = "muzzy_decay_ms"},
    {.name = "tcache",
     .help = "a cache for each thread",
     .type = PL_OPTION_BOOL,
     .default_text = "on",
     .tunable = "tcache"},
    {.name = "tcache_max",
     .help = "the largest block that a thread's cache keeps; the next size class",
     .type = PL_OPTION_SIZE,
     .min = 0,
     .max = 8 << 20, /* TCACHE_MAXCLASS_LIMIT */
     .default_text = "32KiB",
     .tunable = "tcache_max",
     .since = "5.3",
     .capped = "5.3.1", /* measured: 64KiB and 128KiB become 32KiB, without a word */
     .cap = 32 << 10},
    {.name = "oversize_threshold",
     .help = "blocks from this size on go to an arena of their own; 0 for none. What is freed of "
             "about 8 MB and more goes back at once; in 5.3.1 a larger threshold keeps it",
     .type = PL_OPTION_SIZE,
     .min = 0,
     .max = INT64_C(1) << 40,
     .default_text = "8MiB",
     .tunable = "oversize_threshold",
     .since = "5.2"},
    {.name = "retain",
     .help = "keep address space rather than unmap it",
     .type = PL_OPTION_BOOL,
     .default_text = "on",
     .tunable = "retain"},
    {.name = "thp",
     .help = "transparent huge pages: as the system has it, always, never",
     .type = PL_OPTION_CHOICE,
     .choices = "default|always|never",
     .default_text = "default",
     .tunable = "thp"},
    {.name = "background_thread",
     .help = "purge from threads of its own",
     .type = PL_OPTION_BOOL,
     .default_text = "off",
     .tunable = "background_thread",
     .real_time = 1},
    PL_TRIM_OPTIONS("purges all arenas"),
};

static const char *const libraries[] = {"libjemalloc.so.2", NULL};
static const struct pl_tuning tuning = {"MALLOC_CONF", ':', ',', "true", "false"};

static void version(const char *library, char *text, size_t capacity)
{
    int (*control)(const char *, void *, size_t *, void *, size_t) = NULL;
    void *symbol = dlsym(RTLD_DEFAULT, "mallctl");
    const char *told = NULL;
    size_t size = sizeof told;
    (void)library;
    memcpy(&control, &symbol, sizeof control);
    if (control && control("version", &told, &size, NULL, 0) == 0 && told)
        snprintf(text, capacity, "%.*s", (int)strcspn(told, "-"), told); /* "5.3.0-0-g54eaed1d" */
}

/* MALLCTL_ARENAS_ALL is 4096 (jemalloc(3), "arena.<i>.purge"). What threads' caches hold stays. */
static void trim(void)
{
    int (*control)(const char *, void *, size_t *, void *, size_t);
    pl_trim_find("mallctl", &control);
    if (control)
        control("arena.4096.purge", NULL, NULL, NULL, 0);
}

/* jemalloc(3): "arena.<i>.initialized", and "stats.resident" as of the epoch, which has unused
 * dirty pages in it ("stats.mapped" has not). Of arenas.narenas only those that a thread was given
 * are made. */
static void tell(struct pl_heap_told *told)
{
    int (*control)(const char *, void *, size_t *, void *, size_t);
    uint64_t epoch = 1;
    unsigned limit = 0;
    size_t resident = 0;
    pl_trim_find("mallctl", &control);
    if (!control || control("arenas.narenas", &limit, &(size_t){sizeof limit}, NULL, 0))
        return;
    for (unsigned i = 0; i < limit; i++) {
        char name[64];
        bool made = false;
        snprintf(name, sizeof name, "arena.%u.initialized", i);
        control(name, &made, &(size_t){sizeof made}, NULL, 0);
        told->arenas += made;
    }
    control("epoch", NULL, NULL, &epoch, sizeof epoch);
    if (control("stats.resident", &resident, &(size_t){sizeof resident}, NULL, 0) == 0)
        told->held_bytes = resident;
}

const struct pl_backend pl_backend_jemalloc = {
    .name = "jemalloc",
    .summary = "jemalloc: arenas, extents, decay-based purging",
    .options = options,
    .option_count = PL_ARRAY_COUNT(options),
    .preloaded = true,
    .libraries = libraries,
    .missing = "libjemalloc.so.2 is not installed; ci/setup installs it",
    .symbol = "mallctl",
    .tuning = &tuning,
    .version = version,
    .trim = trim,
    .tell = tell,
    .names = "libplimsoll-interpose-jemalloc.so",
    PL_MALLOC_HEAP,
};
