/* mimalloc 2 and 3, preloaded. Tunables: its readme, "Environment Options", src/options.c, and what
 * MIMALLOC_VERBOSE=1 prints (2.0.9, 3.0.1, 3.6.0). From 2.1 on it purges where 2.0 decommitted, by
 * other delays and under other names; the old names of delays are read no more. */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "allocators/backend.h"
#include "allocators/heaps/trimming.h"

#define PURGES "2.1"         /* the first that does */
#define COMMITS_LAZILY "3.2" /* 3.0.1 reads eager_commit, 3.4.3 no more */

static const struct pl_option options[] = {
    {.name = "allow_decommit",
     .help = "give unused memory back to the system",
     .type = PL_OPTION_BOOL,
     .default_text = "on",
     .tunable = "MIMALLOC_ALLOW_DECOMMIT",
     .before = PURGES,
     .instead = "purge_decommits, or purge_delay_ms=-1 for never,"},
    {.name = "decommit_delay_ms",
     .help = "how long unused pages stay before they are given back; 1 acts as 25 does, only 0 at "
             "once",
     .type = PL_OPTION_MILLISECONDS,
     .min = 0,
     .max = INT32_MAX,
     .default_text = "25",
     .tunable = "MIMALLOC_DECOMMIT_DELAY",
     .before = PURGES,
     .instead = "purge_delay_ms"},
    {.name = "segment_decommit_delay_ms",
     .help = "how long unused segments stay before they are given back",
     .type = PL_OPTION_MILLISECONDS,
     .min = 0,
     .max = INT32_MAX,
     .default_text = "500",
     .tunable = "MIMALLOC_SEGMENT_DECOMMIT_DELAY",
     .before = PURGES,
     .instead = "arena_purge_mult, which multiplies purge_delay_ms,"},
    {.name = "page_reset",
     .help = "tell the system of a page as soon as it is free",
     .type = PL_OPTION_BOOL,
     .default_text = "off",
     .tunable = "MIMALLOC_PAGE_RESET",
     .before = PURGES,
     .instead = "purge_decommits=off"},
    {.name = "eager_commit",
     .help = "commit whole segments when they are made",
     .type = PL_OPTION_BOOL,
     .default_text = "on",
     .tunable = "MIMALLOC_EAGER_COMMIT",
     .before = COMMITS_LAZILY},
    {.name = "purge_delay_ms",
     .help = "how long unused pages stay before they are given back; -1 for ever",
     .type = PL_OPTION_MILLISECONDS,
     .min = -1,
     .max = INT32_MAX,
     .tunable = "MIMALLOC_PURGE_DELAY",
     .since = PURGES,
     .instead = "decommit_delay_ms"},
    {.name = "purge_decommits",
     .help = "give pages back at once when they are purged, rather than when the system needs them",
     .type = PL_OPTION_BOOL,
     .tunable = "MIMALLOC_PURGE_DECOMMITS",
     .since = PURGES,
     .instead = "allow_decommit"},
    {.name = "arena_purge_mult",
     .help = "how many times the purge delay what arenas hold stays",
     .type = PL_OPTION_COUNT,
     .min = 1,
     .max = 10000,
     .tunable = "MIMALLOC_ARENA_PURGE_MULT",
     .since = PURGES,
     .instead = "segment_decommit_delay_ms"},
    PL_TRIM_OPTIONS("mi_collect(true)"),
};

static const char *const libraries[] = {"libmimalloc.so.3", "libmimalloc.so.2",
                                        "libmimalloc.so.2.0", NULL};
static const struct pl_tuning tuning = {NULL, '=', ' ', "1", "0"};

/* 209 is 2.0.9; from 3.4 on it has two digits more, and 30403 is 3.4.3 (mimalloc.h). */
static void version(const char *library, char *text, size_t capacity)
{
    int (*ask)(void) = NULL;
    void *symbol = dlsym(RTLD_DEFAULT, "mi_version");
    (void)library;
    memcpy(&ask, &symbol, sizeof ask);
    int told = ask ? ask() : 0;
    if (told >= 10000)
        snprintf(text, capacity, "%d.%d.%d", told / 10000, told / 100 % 100, told % 100);
    else if (told)
        snprintf(text, capacity, "%d.%d.%d", told / 100, told / 10 % 10, told % 10);
}

/* Of the calling thread, and of threads that ended. */
static void trim(void)
{
    void (*collect)(bool);
    pl_trim_find("mi_collect", &collect);
    if (collect)
        collect(true);
}

const struct pl_backend pl_backend_mimalloc = {
    .name = "mimalloc",
    .summary = "mimalloc: free lists sharded by page, delayed purging",
    .options = options,
    .option_count = PL_ARRAY_COUNT(options),
    .preloaded = true,
    .libraries = libraries,
    .missing = "libmimalloc.so.3 or .so.2.0 is not installed; ci/setup installs it",
    .symbol = "mi_malloc",
    .tuning = &tuning,
    .version = version,
    .trim = trim,
    PL_MALLOC_HEAP,
};
