/* The process's own malloc. Tunables: glibc 2.36 manual, "Memory Allocation Tunables", and
 * elf/dl-tunables.list. */
#include <errno.h>
#include <gnu/libc-version.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "allocators/backend.h"
#include "allocators/foreign.h"
#include "allocators/heaps/trimming.h"

/* malloc/arena.c, NARENAS_FROM_NCORES: 2 arenas a core on 32 bits, 8 on 64. */
#define ARENAS_PER_CPU (sizeof(long) == 4 ? 2 : 8)

static const struct pl_option options[] = {
    {.name = "arena_max",
     .help = "arenas at most; when not given, 8 for each CPU online",
     .type = PL_OPTION_COUNT,
     .min = 1,
     .max = 65536,
     .tunable = "glibc.malloc.arena_max",
     .per_cpu = ARENAS_PER_CPU},
    {.name = "mmap_threshold",
     .help = "blocks from this size on are mapped one by one; the threshold then stays",
     .type = PL_OPTION_SIZE,
     .min = 0,
     .max = INT64_C(1) << 40,
     .tunable = "glibc.malloc.mmap_threshold"},
    {.name = "mmap_max",
     .help = "blocks mapped one by one at most",
     .type = PL_OPTION_COUNT,
     .min = 0,
     .max = INT32_MAX,
     .tunable = "glibc.malloc.mmap_max"},
    {.name = "trim_threshold",
     .help = "free bytes at the top of the heap from which on they are given back",
     .type = PL_OPTION_SIZE,
     .min = 0,
     .max = INT64_C(1) << 40,
     .tunable = "glibc.malloc.trim_threshold"},
    {.name = "top_pad",
     .help = "what the heap grows by beyond the need",
     .type = PL_OPTION_SIZE,
     .min = 0,
     .max = INT64_C(1) << 40,
     .tunable = "glibc.malloc.top_pad"},
    {.name = "tcache_count",
     .help = "blocks of each size that a thread keeps; 0 for none",
     .type = PL_OPTION_COUNT,
     .min = 0,
     .max = UINT16_MAX, /* malloc/malloc.c, MAX_TCACHE_COUNT */
     .tunable = "glibc.malloc.tcache_count"},
    {.name = "tcache_max",
     .help = "blocks of more than 1032 B that a thread keeps, too, up to this size; mapped ones "
             "among them are found by no request: mmap_threshold above it keeps them out",
     .type = PL_OPTION_SIZE,
     .min = 1033,
     .max = (4 << 20) - 24, /* measured of 2.43: more switches nothing on, without a word */
     .tunable = "glibc.malloc.tcache_max",
     .since = "2.42"},
    PL_TRIM_OPTIONS("malloc_trim(0)"),
};

static const struct pl_tuning tuning = {"GLIBC_TUNABLES", '=', ':', "1", "0"};

static void version(const char *library, char *text, size_t capacity)
{
    (void)library;
    snprintf(text, capacity, "%s", gnu_get_libc_version());
}

static void trim(void)
{
    malloc_trim(0);
}

/* A line of malloc_info's, as it comes: it is too much to keep, and memory for it would be the
 * heap's. */
struct reading {
    struct pl_heap_told *told;
    uint64_t mapped_alone; /* blocks that are mapped one by one */
    size_t length;
    char line[128];
};

/* malloc/malloc.c, __malloc_info: what is of one arena stands between <heap> and </heap>, and the
 * totals follow the last of them. Pages that malloc_trim gave back within an arena stay in its
 * size. */
static void read_line(struct reading *r)
{
    uint64_t size;
    if (!strncmp(r->line, "<heap nr=", 9))
        r->told->arenas++;
    else if (sscanf(r->line, "<total type=\"mmap\" count=\"%*u\" size=\"%" SCNu64, &size) == 1)
        r->mapped_alone = size;
    else if (sscanf(r->line, "<system type=\"current\" size=\"%" SCNu64, &size) == 1)
        r->told->held_bytes = r->mapped_alone + size;
}

static ssize_t read_text(void *cookie, const char *text, size_t size)
{
    struct reading *r = cookie;
    for (size_t i = 0; i < size; i++) {
        if (text[i] != '\n' && r->length < sizeof r->line - 1) {
            r->line[r->length++] = text[i];
            continue;
        }
        r->line[r->length] = '\0';
        read_line(r);
        r->length = 0;
    }
    return (ssize_t)size;
}

static void tell(struct pl_heap_told *told)
{
    struct reading reading = {.told = told};
    FILE *stream = fopencookie(&reading, "w", (cookie_io_functions_t){.write = read_text});
    if (!stream)
        return;
    setvbuf(stream, NULL, _IONBF, 0); /* a buffer would come from the heap that is asked */
    malloc_info(0, stream);
    fclose(stream);
}

static int stand_in_foreign(const struct pl_stack_spec *spec, size_t layer,
                            struct pl_foreign *foreign, struct pl_error *error)
{
    (void)layer;
    (void)error;
    foreign->trim_every_ns = pl_stack_trim_every(spec);
    return 0;
}

const struct pl_backend pl_backend_glibc = {
    .name = "glibc",
    .summary = "the C library's malloc",
    .options = options,
    .option_count = PL_ARRAY_COUNT(options),
    .tuning = &tuning,
    .version = version,
    .trim = trim,
    .tell = tell,
    .foreign = stand_in_foreign,
    PL_MALLOC_HEAP,
};
