/* See probes.h. Each probe is a function of one number. */
#include "allocators/tests/probes.h"

#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int64_t probe(const char *argument);

/* The address of a function of the preloaded library, as ISO C cannot say it. */
static bool find(const char *name, void *function, size_t size)
{
    void *address = dlsym(RTLD_DEFAULT, name);
    memcpy(function, &address, size);
    return address;
}

static int64_t resident_bytes(void)
{
    long total = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%ld %ld", &total, &resident) != 2)
        return -1;
    fclose(file);
    return resident * sysconf(_SC_PAGESIZE);
}

/* Resident bytes kept of 48 MiB in blocks of `size` bytes after they were freed. */
static int64_t kept_after_free(const char *argument)
{
    static unsigned char *blocks[1 << 17];
    size_t size = strtoul(argument, NULL, 10), count = (48u << 20) / size;
    int64_t before = resident_bytes();
    for (size_t i = 0; i < count; i++)
        memset(blocks[i] = malloc(size), 1, size);
    for (size_t i = 0; i < count; i++)
        free(blocks[i]);
    return resident_bytes() - before;
}

/* The same after another 8 GiB came and went, untouched: tcmalloc gives back by the pages that are
 * freed, the first time after 2^18 of them (page_heap.cc, kDefaultReleaseDelay). */
static int64_t kept_after_churn(const char *argument)
{
    int64_t before = resident_bytes();
    kept_after_free(argument);
    for (size_t i = 0; i < 4096; i++)
        free(malloc(2 << 20));
    return resident_bytes() - before;
}

static int64_t glibc_mapped(const char *argument)
{
    void *block = malloc(strtoul(argument, NULL, 10));
    int64_t count = (int64_t)mallinfo2().hblks;
    free(block);
    return count;
}

static int64_t glibc_top(const char *argument)
{
    (void)argument;
    free(malloc(1000));
    return (int64_t)mallinfo2().arena;
}

/* A freed block in a thread's cache still counts as used. glibc 2.43 makes the cache itself, a
 * block that counts, too, at the first free. */
static int64_t glibc_cached(const char *argument)
{
    size_t size = strtoul(argument, NULL, 10);
    free(malloc(size));
    void *block = malloc(size);
    size_t before = mallinfo2().uordblks;
    free(block);
    return mallinfo2().uordblks == before;
}

static pthread_barrier_t all_allocated;

static void *hold_block(void *argument)
{
    (void)argument;
    void *block = malloc(100);
    pthread_barrier_wait(&all_allocated);
    free(block);
    return NULL;
}

static int64_t count_heaps(void)
{
    char *text = NULL;
    size_t size = 0;
    int64_t count = 0;
    FILE *stream = open_memstream(&text, &size);
    malloc_info(0, stream);
    fclose(stream);
    for (const char *at = text; (at = strstr(at, "<heap nr=")); at++)
        count++;
    free(text);
    return count;
}

static int64_t glibc_arenas(const char *argument)
{
    enum { THREADS = 20 };
    pthread_t threads[THREADS];
    (void)argument;
    pthread_barrier_init(&all_allocated, NULL, THREADS);
    for (size_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, hold_block, NULL);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    return count_heaps();
}

/* jemalloc's opt.* of any integer type: what it doesn't write stays 0. */
static int64_t jemalloc_option(const char *argument)
{
    int (*control)(const char *, void *, size_t *, void *, size_t);
    int64_t value = 0;
    if (!find("mallctl", &control, sizeof control))
        return -1;
    for (size_t size = 8; size >= 1; size /= 2) { /* it wants the exact size */
        size_t given = size;
        value = 0;
        if (!control(argument, &value, &given, NULL, 0))
            return size == 4 ? (int32_t)value : value;
    }
    return -1;
}

/* jemalloc's opt.thp: the index in default, always, never. */
static int64_t jemalloc_thp(const char *argument)
{
    static const char *const names[] = {"default", "always", "never"};
    int64_t address = jemalloc_option(argument);
    const char *value = (const char *)(uintptr_t)address;
    for (int64_t i = 0; i < 3; i++)
        if (!strcmp(value, names[i]))
            return i;
    return -1;
}

/* By the number of the option in mimalloc.h of 2.0.9, enum mi_option_e. */
static int64_t mimalloc_option(const char *argument)
{
    long (*get)(int);
    return find("mi_option_get", &get, sizeof get) ? get(atoi(argument)) : -1;
}

static int64_t tcmalloc_property(const char *argument)
{
    int (*get)(const char *, size_t *);
    size_t value = 0;
    if (!find("MallocExtension_GetNumericProperty", &get, sizeof get) || !get(argument, &value))
        return -1;
    return (int64_t)value;
}

/* Prints Scudo's own figures, in which the caller looks for the text it expects. */
static int64_t scudo_figures(const char *argument)
{
    void (*print)(void);
    (void)argument;
    if (!find("__scudo_print_stats", &print, sizeof print))
        return -1;
    print();
    return 0;
}

/* Whether a freed block is the next one handed out. */
static int64_t reuses_at_once(const char *argument)
{
    (void)argument;
    void *first = malloc(700);
    uintptr_t address = (uintptr_t)first;
    free(first);
    void *second = malloc(700);
    bool same = (uintptr_t)second == address;
    free(second);
    return same;
}

/* Whether a block used again comes zeroed. */
static int64_t is_zeroed(const char *argument)
{
    enum { COUNT = 1000, SIZE = 256 };
    static unsigned char *blocks[COUNT];
    (void)argument;
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < COUNT; i++)
            if (!(blocks[i] = malloc(SIZE)) || (round && blocks[i][SIZE - 1]))
                return 0;
        for (size_t i = 0; i < COUNT; i++) {
            *(volatile unsigned char *)&blocks[i][SIZE - 1] = 1; /* not to be optimised away */
            free(blocks[i]);
        }
    }
    return 1;
}

/* Mappings after many small blocks: guarded ones are mapped each on its own. */
static int64_t mappings(const char *argument)
{
    static void *blocks[100000];
    char line[1024];
    int64_t count = 0;
    (void)argument;
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        blocks[i] = malloc(32);
    FILE *file = fopen("/proc/self/maps", "r");
    while (file && fgets(line, sizeof line, file))
        count++;
    return count;
}

static const struct {
    const char *name;
    probe *run;
} probes[] = {
    {"kept_after_free", kept_after_free},
    {"kept_after_churn", kept_after_churn},
    {"glibc_mapped", glibc_mapped},
    {"glibc_top", glibc_top},
    {"glibc_cached", glibc_cached},
    {"glibc_arenas", glibc_arenas},
    {"jemalloc_option", jemalloc_option},
    {"jemalloc_thp", jemalloc_thp},
    {"mimalloc_option", mimalloc_option},
    {"tcmalloc_property", tcmalloc_property},
    {"scudo_figures", scudo_figures},
    {"reuses_at_once", reuses_at_once},
    {"is_zeroed", is_zeroed},
    {"mappings", mappings},
};

int probe_run(const char *name)
{
    size_t length = strcspn(name, " ");
    for (size_t i = 0; i < sizeof probes / sizeof *probes; i++)
        if (strlen(probes[i].name) == length && !strncmp(probes[i].name, name, length)) {
            long long value = probes[i].run(name + length + (name[length] == ' '));
            printf("value %lld\n", value);
            return 0;
        }
    return 1;
}
