/* Scudo (LLVM's standalone hardened allocator), preloaded. Tunables: llvm.org/docs/ScudoHardened-
 * Allocator, "Options", and compiler-rt/lib/scudo/standalone/flags.inc. */
#include <stdio.h>
#include <string.h>

#include "allocators/backend.h"
#include "allocators/heaps/trimming.h"

static const struct pl_option options[] = {
    {.name = "release_to_os_interval_ms",
     .help = "how often at most unused memory is given back; -1 for never. 0 costs more than a "
             "hundred times the CPU of 1",
     .type = PL_OPTION_MILLISECONDS,
     .min = -1,
     .max = INT32_MAX,
     .tunable = "release_to_os_interval_ms"},
    {.name = "quarantine",
     .help = "freed blocks held back before they are used again",
     .type = PL_OPTION_SIZE,
     .min = 0,
     .max = INT64_C(1) << 36,
     .default_text = "0",
     .tunable = "quarantine_size_kb",
     .unit = 1 << 10},
    {.name = "thread_quarantine",
     .help = "as quarantine, for each thread",
     .type = PL_OPTION_SIZE,
     .min = 0,
     .max = INT64_C(1) << 36,
     .default_text = "0",
     .tunable = "thread_local_quarantine_size_kb",
     .unit = 1 << 10},
    {.name = "quarantine_max_chunk",
     .help = "the largest block that is quarantined",
     .type = PL_OPTION_SIZE,
     .min = 0,
     .max = INT32_MAX,
     .default_text = "0",
     .tunable = "quarantine_max_chunk_size"},
    {.name = "zero_contents",
     .help = "zero every block when it is handed out",
     .type = PL_OPTION_BOOL,
     .default_text = "off",
     .tunable = "zero_contents"},
    {.name = "gwp_asan",
     .help = "put one block in 5000 between guard pages",
     .type = PL_OPTION_BOOL,
     .default_text = "on",
     .tunable = "GWP_ASAN_Enabled"},
    PL_TRIM_OPTIONS("mallopt(M_PURGE)"),
};

/* PL_MACHINE comes from CMake: LLVM installs the libraries of several machines side by side. */
#define LIBRARY "lib/linux/libclang_rt.scudo_standalone-" PL_MACHINE ".so"
static const char *const libraries[] = {"/usr/lib/llvm-*/lib/clang/*/" LIBRARY,
                                        "/usr/lib*/clang/*/" LIBRARY, NULL};
static const struct pl_tuning tuning = {"SCUDO_OPTIONS", '=', ':', "true", "false"};

/* It has none of its own: LLVM's is that of the folder where LLVM installs it, .../clang/19/lib/.
 */
static void version(const char *library, char *text, size_t capacity)
{
    static const char above[] = "/clang/";
    const char *at = strstr(library, above), *end = at ? strstr(at, "/lib/") : NULL;
    at += at ? sizeof above - 1 : 0;
    if (end && strspn(at, "0123456789.") == (size_t)(end - at))
        snprintf(text, capacity, "%.*s", (int)(end - at), at);
}

/* compiler-rt/lib/scudo/standalone/include/scudo/interface.h. */
#define M_PURGE (-101)

static void trim(void)
{
    int (*option)(int, int);
    pl_trim_find("mallopt", &option);
    if (option)
        option(M_PURGE, 0);
}

const struct pl_backend pl_backend_scudo = {
    .name = "scudo",
    .summary = "Scudo: LLVM's hardened allocator; aborts when memory runs out",
    .options = options,
    .option_count = PL_ARRAY_COUNT(options),
    .preloaded = true,
    .libraries = libraries,
    .missing =
        "libclang_rt.scudo_standalone-" PL_MACHINE ".so is not installed; ci/setup installs it",
    .symbol = "__scudo_print_stats",
    .tuning = &tuning,
    .version = version,
    .trim = trim,
    PL_MALLOC_HEAP,
};
