/* Finds the heap behind the library (next.h). */
#include "harness/interpose/next.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <string.h>

#include "harness/interpose/spare.h"

/* The version that glibc gave these names when they first came to this machine: what a library that
 * means to replace glibc's calls its own, if it has versions at all. */
#ifdef __x86_64__
#define FIRST_VERSION "GLIBC_2.2.5"
#else
#define FIRST_VERSION "GLIBC_2.17"
#endif

/* The dynamic loader allocates while it looks for a name, with the very functions looked for.
 * volatile: glibc declares dlsym to be a leaf, so that gcc 12 at -O2 leaves out what is set for
 * those calls alone. */
static _Thread_local volatile bool is_finding __attribute__((tls_model("initial-exec")));

static void *first_malloc(size_t size)
{
    if (is_finding)
        return pl_spare_take(size, sizeof(max_align_t));
    pl_next_find();
    return pl_next.malloc(size);
}

static void *first_calloc(size_t count, size_t size)
{
    size_t bytes;
    if (!is_finding) {
        pl_next_find();
        return pl_next.calloc(count, size);
    }
    return __builtin_mul_overflow(count, size, &bytes) ? NULL
                                                       : pl_spare_take(bytes, sizeof(max_align_t));
}

/* Blocks of the spare memory come no further than the library's own free and realloc, and others
 * there are none yet. */
static void first_free(void *block)
{
    if (is_finding)
        return;
    pl_next_find();
    pl_next.free(block);
}

static void *first_realloc(void *block, size_t size)
{
    if (is_finding)
        return block ? NULL : pl_spare_take(size, sizeof(max_align_t));
    pl_next_find();
    return pl_next.realloc(block, size);
}

static void *first_memalign(size_t alignment, size_t size)
{
    if (is_finding)
        return pl_spare_take(size, alignment);
    pl_next_find();
    return pl_next.memalign(alignment, size);
}

static void *first_aligned_alloc(size_t alignment, size_t size)
{
    if (is_finding)
        return pl_spare_take(size, alignment);
    pl_next_find();
    return pl_next.aligned_alloc(alignment, size);
}

static int first_posix_memalign(void **block, size_t alignment, size_t size)
{
    if (!is_finding) {
        pl_next_find();
        return pl_next.posix_memalign(block, alignment, size);
    }
    void *taken = pl_spare_take(size, alignment);
    if (!taken)
        return ENOMEM;
    *block = taken;
    return 0;
}

static void *first_valloc(size_t size)
{
    if (is_finding)
        return NULL;
    pl_next_find();
    return pl_next.valloc(size);
}

static void *first_pvalloc(size_t size)
{
    if (is_finding)
        return NULL;
    pl_next_find();
    return pl_next.pvalloc(size);
}

static size_t first_usable_size(void *block)
{
    if (is_finding)
        return 0;
    pl_next_find();
    return pl_next.usable_size(block);
}

struct pl_next pl_next = {
    .malloc = first_malloc,
    .free = first_free,
    .calloc = first_calloc,
    .realloc = first_realloc,
    .memalign = first_memalign,
    .aligned_alloc = first_aligned_alloc,
    .posix_memalign = first_posix_memalign,
    .valloc = first_valloc,
    .pvalloc = first_pvalloc,
    .usable_size = first_usable_size,
};

static const struct link_map *object_of(void *address)
{
    Dl_info info;
    void *map = NULL;
    return address && dladdr1(address, &info, &map, RTLD_DL_LINKMAP) ? map : NULL;
}

/* Which of two stands first in the order of search. */
static void *earlier(void *a, void *b)
{
    const struct link_map *first = object_of(a), *second = object_of(b);
    if (!a || !b || first == second)
        return a ? a : b;
    while (first && first != second)
        first = first->l_next;
    return first ? a : b;
}

/* A search without a version goes past names whose version is not their default one, such as those
 * of libc_malloc_debug, which the program is bound to nevertheless. One with a version goes past
 * names that have another. */
static void *find(const char *name, const char *version)
{
    void *any = dlsym(RTLD_NEXT, name);
    return earlier(any, dlvsym(RTLD_NEXT, name, version));
}

static void bind(void *pointer, const char *name, const char *version)
{
    void *found = find(name, version);
    if (found)
        memcpy(pointer, &found, sizeof found);
}

/* Of the heap's own, or none: glibc's malloc_trim can do nothing for another heap. */
static void bind_own(const struct pl_next *heap, void *pointer, const char *name)
{
    void *found = find(name, FIRST_VERSION), *own;
    memcpy(&own, &heap->malloc, sizeof own);
    if (found && object_of(found) == object_of(own))
        memcpy(pointer, &found, sizeof found);
}

static void bind_all(struct pl_next *heap)
{
    bind(&heap->malloc, "malloc", FIRST_VERSION);
    bind(&heap->free, "free", FIRST_VERSION);
    bind(&heap->calloc, "calloc", FIRST_VERSION);
    bind(&heap->realloc, "realloc", FIRST_VERSION);
    bind(&heap->memalign, "memalign", FIRST_VERSION);
    bind(&heap->aligned_alloc, "aligned_alloc", "GLIBC_2.16");
    bind(&heap->posix_memalign, "posix_memalign", FIRST_VERSION);
    bind(&heap->valloc, "valloc", FIRST_VERSION);
    bind(&heap->pvalloc, "pvalloc", FIRST_VERSION);
    bind(&heap->usable_size, "malloc_usable_size", FIRST_VERSION);
    bind_own(heap, &heap->trim, "malloc_trim");
    bind_own(heap, &heap->nallocx, "nallocx");
}

/* Nothing is called before all are found: what the loader says of names that are not there it keeps
 * in memory of ours, and gives back to us. Of that the program hears nothing: the first dlerror
 * takes it, the second frees it. */
void pl_next_find(void)
{
    struct pl_next found = pl_next;
    if (is_finding || pl_next.malloc != first_malloc)
        return;
    is_finding = true;
    bind_all(&found);
    dlerror();
    dlerror();
    pl_next = found;
    is_finding = false;
}

/* Under the same guard as the search for the heap, for the same reasons. */
const char *pl_next_ahead(void)
{
    Dl_info info = {0};
    is_finding = true;
    void *first =
        earlier(dlsym(RTLD_DEFAULT, "malloc"), dlvsym(RTLD_DEFAULT, "malloc", FIRST_VERSION));
    dlerror();
    dlerror();
    is_finding = false;
    if (!first || object_of(first) == object_of(&pl_next) || !dladdr(first, &info))
        return NULL;
    return info.dli_fname;
}

bool pl_next_is_sized(void)
{
    void *heap, *sizer;
    memcpy(&heap, &pl_next.malloc, sizeof heap);
    memcpy(&sizer, &pl_next.usable_size, sizeof sizer);
    return object_of(heap) == object_of(sizer);
}
