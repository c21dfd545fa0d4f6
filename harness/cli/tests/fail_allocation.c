/* Preloaded into the controller by ci/faults: the k-th allocation from main on gives NULL, as the
 * layer `fault` has it for a stack. Nothing that the controller starts inherits it.
 * What libfyaml allocates for itself is neither failed nor counted: 0.7.12 ends by SIGSEGV then,
 * before anything is written, which is not ours to mend. PLIMSOLL_FAULT_AT=K         0: none, to
 * count them PLIMSOLL_FAULT_COUNT=FILE   takes how many there were, when the program exits */
#include <errno.h>
#include <execinfo.h>
#include <link.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static atomic_ulong made;
static unsigned long fails_at;
static char count_path[4096];

/* Where the library that is spared lies; 0 where it is not loaded. */
static uintptr_t spared_begin, spared_end;

static int find_spared(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size;
    (void)context;
    if (!strstr(info->dlpi_name, "/libfyaml.so"))
        return 0;
    spared_begin = info->dlpi_addr;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_LOAD)
            spared_end = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz;
    return 1;
}

static bool is_spared(void)
{
    void *frames[32];
    static atomic_bool looking; /* unwinding may allocate, the first time */
    if (!spared_end || atomic_exchange(&looking, true))
        return false;
    int count = backtrace(frames, sizeof frames / sizeof *frames);
    atomic_store(&looking, false);
    for (int i = 0; i < count; i++)
        if ((uintptr_t)frames[i] >= spared_begin && (uintptr_t)frames[i] < spared_end)
            return true;
    return false;
}

static bool fails(void)
{
    if (is_spared() || atomic_fetch_add(&made, 1) + 1 != fails_at)
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    return fails() ? NULL : __libc_realloc(block, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    void *got = fails() ? NULL : __libc_memalign(alignment, size);
    if (got)
        *block = got;
    return got ? 0 : ENOMEM;
}

__attribute__((constructor)) static void begin(void)
{
    const char *at = getenv("PLIMSOLL_FAULT_AT"), *path = getenv("PLIMSOLL_FAULT_COUNT");
    fails_at = at ? strtoul(at, NULL, 10) : 0;
    snprintf(count_path, sizeof count_path, "%s", path ? path : "");
    unsetenv("LD_PRELOAD");
    unsetenv("PLIMSOLL_FAULT_AT");
    unsetenv("PLIMSOLL_FAULT_COUNT");
    void *frame;
    backtrace(&frame, 1);
    dl_iterate_phdr(find_spared, NULL);
    atomic_store(&made, 0);
}

__attribute__((destructor)) static void end(void)
{
    unsigned long count = atomic_load(&made);
    FILE *file = count_path[0] ? fopen(count_path, "w") : NULL;
    if (!file)
        return;
    fprintf(file, "%lu\n", count);
    fclose(file);
}
