/* Preloaded into the controller by ci/faults: the k-th allocation from main on gives NULL, as the
 * layer `fault` has it for a stack. Nothing that the controller starts inherits it.
 *   PLIMSOLL_FAULT_AT=K         0: none, to count them
 *   PLIMSOLL_FAULT_COUNT=FILE   takes how many there were, when the program exits */
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static atomic_ulong made;
static unsigned long fails_at;
static char count_path[4096];

static int fails(void)
{
    if (atomic_fetch_add(&made, 1) + 1 != fails_at)
        return 0;
    errno = ENOMEM;
    return 1;
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
