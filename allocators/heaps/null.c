/* The floor: what the harness costs when handing out memory costs next to nothing. A free list for
 * each class, last in first out (its memory stays warm), over memory touched beforehand: as much as
 * is asked for, or else some, and as much again whenever that is in use, so that it fits a scenario
 * once this one holds what it is going to hold. */
#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <sys/mman.h>

#include "allocators/backend.h"

enum { OPTION_SIZE };

static const struct pl_option options[] = {
    [OPTION_SIZE] = {.name = "size",
                     .help =
                         "memory of each class, touched beforehand, and no more; when not given, "
                         "as much as is needed, from 8 MiB on, doubled",
                     .type = PL_OPTION_SIZE,
                     .min = 4096,
                     .max = INT64_C(1) << 40},
};

enum { CHUNKS = 40 }; /* doubled from FIRST on: more than an address space */
#define FIRST ((size_t)8 << 20)

struct free_block {
    struct free_block *next;
};

struct null_class {
    struct pl_allocator link;
    struct free_block *free;
    size_t object; /* the class's size */
    size_t slot;
    _Atomic uint64_t failures, oversize;
    bool grows;
    uint32_t chunk_count;
    struct {
        void *memory;
        size_t bytes;
    } chunks[CHUNKS];
    size_t bytes; /* of all of them */
};

struct null_heap {
    size_t class_count;
    struct null_class classes[];
};

static void *fail(_Atomic uint64_t *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
    return NULL;
}

static void release(struct pl_allocator *self, void *block, size_t size)
{
    struct null_class *class = (struct null_class *)self;
    struct free_block *freed = block;
    (void)size;
    if (!freed)
        return;
    freed->next = class->free;
    class->free = freed;
}

/* Linked backwards, so that blocks first come in the order of their addresses. */
static void link_blocks(struct null_class *class, unsigned char *memory, size_t bytes)
{
    for (size_t i = bytes / class->slot; i-- > 0;)
        release(&class->link, memory + i * class->slot, class->object);
}

static int add_chunk(struct null_class *class, size_t bytes)
{
    if (class->chunk_count == CHUNKS)
        return -ENOMEM;
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED)
        return -ENOMEM;
    /* Else a child of the measured process would cost a fault for each page: the touch was for
     * nothing. */
    madvise(memory, bytes, MADV_DONTFORK);
    class->chunks[class->chunk_count].memory = memory;
    class->chunks[class->chunk_count++].bytes = bytes;
    class->bytes += bytes;
    link_blocks(class, memory, bytes);
    return 0;
}

static void *grow(struct null_class *class)
{
    if (!class->grows || add_chunk(class, class->bytes))
        return fail(&class->failures);
    struct free_block *block = class->free;
    class->free = block->next;
    return block;
}

static void *acquire(struct pl_allocator *self, size_t size)
{
    struct null_class *class = (struct null_class *)self;
    struct free_block *block = class->free;
    if (__builtin_expect(size > class->object, 0))
        return fail(&class->oversize);
    if (__builtin_expect(!block, 0))
        return grow(class);
    class->free = block->next;
    return block;
}

static size_t footprint(const struct pl_allocator *self, size_t size)
{
    (void)size;
    return ((const struct null_class *)self)->slot;
}

static size_t slot_size(size_t size)
{
    const size_t alignment = _Alignof(max_align_t);
    return (size + alignment - 1) / alignment * alignment;
}

static size_t weight(const struct pl_layer_spec *spec, size_t size)
{
    (void)spec;
    return slot_size(size);
}

static int check(const struct pl_layer_context *context, struct pl_error *error)
{
    const struct pl_option_value *size =
        &context->stack->layers[context->layer].values[OPTION_SIZE];
    uint64_t pool = size->set ? size->number : SIZE_MAX;
    for (size_t i = 0; i < context->class_count; i++)
        if (slot_size(context->classes[i].size) > pool)
            return pl_error_set(error, -EINVAL,
                                "stack '%.100s': null: size %" PRIu64
                                " B holds no %s; expected %zu B or more",
                                context->stack->text, pool, context->classes[i].name,
                                slot_size(context->classes[i].size));
    return 0;
}

static size_t state_bytes(const struct pl_layer_context *context)
{
    return sizeof(struct null_heap) + context->class_count * sizeof(struct null_class);
}

static void close_classes(void *state)
{
    struct null_heap *heap = state;
    for (size_t i = 0; i < heap->class_count; i++)
        for (size_t k = 0; k < heap->classes[i].chunk_count; k++)
            munmap(heap->classes[i].chunks[k].memory, heap->classes[i].chunks[k].bytes);
}

static int open_class(struct null_class *class, size_t size, const struct pl_option_value *bytes)
{
    class->link =
        (struct pl_allocator){.acquire = acquire, .release = release, .footprint = footprint};
    class->object = size;
    class->slot = slot_size(size);
    class->grows = !bytes->set && size != PL_CLASS_ANY;
    if (size == PL_CLASS_ANY) /* it has no block of any size: what asks for one is refused */
        return 0;
    if (bytes->set)
        return add_chunk(class, bytes->number);
    return add_chunk(class, class->slot > FIRST ? class->slot : FIRST);
}

static int open_classes(void *state, const struct pl_layer_context *context,
                        struct pl_allocator **links, struct pl_error *error)
{
    struct null_heap *heap = state;
    heap->class_count = context->class_count;
    for (size_t i = 0; i < context->class_count; i++) {
        if (open_class(&heap->classes[i], context->classes[i].size,
                       &context->stack->layers[context->layer].values[OPTION_SIZE])) {
            close_classes(heap);
            return pl_error_set(error, -ENOMEM,
                                "stack '%.100s': null: no memory for its pool of %s",
                                context->stack->text, context->classes[i].name);
        }
        links[i] = &heap->classes[i].link;
    }
    return 0;
}

static void add_stats(const void *state, struct pl_stack_stats *stats)
{
    const struct null_heap *heap = state;
    stats->pooled = true;
    for (size_t i = 0; i < heap->class_count; i++) {
        const struct null_class *class = &heap->classes[i];
        stats->reserved_bytes += class->bytes;
        stats->reserved_bytes_peak += class->bytes;
        stats->heap_failures += atomic_load_explicit(&class->failures, memory_order_relaxed);
        stats->oversize += atomic_load_explicit(&class->oversize, memory_order_relaxed);
    }
}

const struct pl_backend pl_backend_null = {
    .name = "null",
    .summary = "a free list over memory touched beforehand: the floor of the harness's own cost",
    .options = options,
    .option_count = PL_ARRAY_COUNT(options),
    .heap = true,
    .one_thread = true,
    .one_size = true,
    .pool = true,
    .alignment = pl_malloc_alignment,
    .weight = weight,
    .check = check,
    .state_bytes = state_bytes,
    .open = open_classes,
    .stats = add_stats,
    .close = close_classes,
    .not_foreign = "its memory serves the links alone and is never given back",
};
