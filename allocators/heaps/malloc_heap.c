/* The link of every heap that serves the whole process: plain malloc and free, whichever library
 * stands behind them. It counts nothing but failures: what a class holds is metered above it. */
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "allocators/backend.h"
#include "allocators/base/instruments.h"

/* One link serves all classes: it has nothing of its own to tell them apart. */
struct malloc_heap {
    struct pl_allocator link;
    _Atomic uint64_t failures;
};

static void *note_failure(struct pl_allocator *self)
{
    atomic_fetch_add_explicit(&((struct malloc_heap *)self)->failures, 1, memory_order_relaxed);
    return NULL;
}

static void *heap_acquire(struct pl_allocator *self, size_t size)
{
    void *block = malloc(size);
    return __builtin_expect(!block, 0) && size ? note_failure(self) : block;
}

/* The C library has no call for both. */
static void *acquire_aligned(const struct pl_request *request)
{
    void *block = NULL;
    size_t least = sizeof(void *);
    if (posix_memalign(&block, request->alignment < least ? least : request->alignment,
                       request->size))
        return NULL;
    if (request->zeroed && block)
        memset(block, 0, request->size);
    return block;
}

static void *heap_acquire_as(struct pl_allocator *self, const struct pl_request *request)
{
    void *block = request->alignment ? acquire_aligned(request)
                  : request->zeroed  ? calloc(1, request->size)
                                     : malloc(request->size);
    return !block && request->size ? note_failure(self) : block;
}

static void heap_release_as(struct pl_allocator *self, void *block,
                            const struct pl_request *request)
{
    (void)self;
    (void)request;
    free(block);
}

/* realloc to nothing frees in one library and does not in another. */
static void *heap_resize(struct pl_allocator *self, void *block, const struct pl_request *old,
                         size_t size)
{
    (void)old;
    void *resized = realloc(block, size ? size : 1);
    return resized ? resized : note_failure(self);
}

static void heap_release(struct pl_allocator *self, void *block, size_t size)
{
    (void)self;
    (void)size;
    free(block);
}

static size_t heap_footprint(const struct pl_allocator *self, size_t size)
{
    (void)self;
    return size;
}

size_t pl_malloc_state_bytes(const struct pl_layer_context *context)
{
    (void)context;
    return sizeof(struct malloc_heap);
}

static bool lies_in(void *symbol, const char *path)
{
    Dl_info info;
    struct stat named, found;
    return symbol && dladdr(symbol, &info) && info.dli_fname && stat(path, &named) == 0 &&
           stat(info.dli_fname, &found) == 0 && named.st_dev == found.st_dev &&
           named.st_ino == found.st_ino;
}

/* What this program is bound to. dlsym would go past names whose version is not their default one,
 * as are those of glibc's own libc_malloc_debug, which serves all the same. */
static void *bound_malloc(void)
{
    void *(*call)(size_t) = malloc;
    void *address;
    memcpy(&address, &call, sizeof address);
    return address;
}

/* Whether the process's malloc lies in the library at `path`. heaptrack's stands before it and
 * passes each call on to the next one, which is that of the library preloaded behind it. */
static bool serves(const char *path)
{
    struct pl_instruments instruments;
    if (lies_in(bound_malloc(), path))
        return true;
    pl_instruments_find(&instruments);
    void *library = instruments.heaptrack ? dlopen(path, RTLD_LAZY | RTLD_NOLOAD) : NULL;
    if (!library)
        return false;
    bool found = lies_in(dlsym(library, "malloc"), path);
    dlclose(library);
    return found;
}

/* Measuring one heap under the name of another is the worst that can go wrong here. */
int pl_malloc_check(const struct pl_stack_spec *spec, struct pl_error *error)
{
    const struct pl_layer_spec *heap = &spec->layers[spec->depth - 1];
    const char *symbol = heap->backend->symbol;
    if ((symbol && !dlsym(RTLD_DEFAULT, symbol)) || (heap->text[0] && !serves(heap->text)))
        return pl_error_set(error, -ENOSYS,
                            "stack '%.100s': %s does not serve this process's malloc; expected a "
                            "library that does, started by LD_PRELOAD",
                            spec->text, heap->backend->name);
    return 0;
}

int pl_malloc_open(void *state, const struct pl_layer_context *context, struct pl_allocator **links,
                   struct pl_error *error)
{
    struct malloc_heap *heap = state;
    int rc = pl_malloc_check(context->stack, error);
    if (rc)
        return rc;
    heap->link = (struct pl_allocator){.acquire = heap_acquire,
                                       .release = heap_release,
                                       .footprint = heap_footprint,
                                       .acquire_as = heap_acquire_as,
                                       .release_as = heap_release_as,
                                       .resize = heap_resize};
    for (size_t i = 0; i < context->class_count; i++)
        links[i] = &heap->link;
    return 0;
}

void pl_malloc_stats(const void *state, struct pl_stack_stats *stats)
{
    const struct malloc_heap *heap = state;
    stats->heap_failures += atomic_load_explicit(&heap->failures, memory_order_relaxed);
}

size_t pl_malloc_alignment(const struct pl_layer_spec *spec)
{
    (void)spec;
    return _Alignof(max_align_t);
}
