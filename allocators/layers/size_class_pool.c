/* A pool of buffers of some sizes, ascii-chat's BufferPool with ffgo's rule of what it takes back.
 * One pool serves all memory classes, as in ascii-chat: a request draws on the smallest size that
 * holds it, whoever makes it. Its buffers are made when it is opened; a request that fits none, or
 * finds its size empty, goes to the next link for just what it asks for, and is a miss.
 *
 * What comes back and is the pool's own is kept while its size has room. What had gone around the
 * pool is kept, with check=on, when its capacity is from the size to twice the size (ffgo), and
 * freed otherwise; with check=off it is taken back whatever it is: a small one is then found too
 * small one day and thrown away, a miss, and a large one sits where small ones are asked for. With
 * order=lifo all free buffers are one list, and the last one that came back and is large enough
 * goes out: a small request may well take a large buffer.
 *
 * Limits above count what a request draws on, the capacity of its size, also when it misses: what
 * it will be can't be known beforehand. Below, the buffers of a size are taken through the first
 * memory class whose objects draw on it, of those that none does through the first one.
 *
 * Buffers are blocks of the next link, each on its own: an instrument sees those, free ones too. */
#include <errno.h>
#include <inttypes.h>

#include "allocators/backend.h"
#include "allocators/layers/buffer_pool.h"

enum { CLASSES, CHECK, ORDER };

static const struct pl_option options[] = {
    [CLASSES] = {.name = "classes",
                 .help = "sizes of buffers and how many are kept of each; ascii-chat's by default",
                 .type = PL_OPTION_CLASSES,
                 .default_text = "1KiBx128+64KiBx32+256KiBx16"},
    [CHECK] = {.name = "check",
               .help = "take back only what has a capacity from a size to twice that size",
               .type = PL_OPTION_BOOL,
               .default_text = "on"},
    [ORDER] = {.name = "order",
               .help = "one list of all free buffers, the last one first, or one of each size",
               .type = PL_OPTION_CHOICE,
               .choices = "lifo|class",
               .default_text = "class"},
};

struct buffer_link {
    struct pl_allocator link;
    struct pl_buffers *pool;
};

struct buffer_layer {
    struct pl_pool_counters counters;
    struct pl_buffers pool;
    struct buffer_link links[];
};

static void *acquire(struct pl_allocator *self, size_t size)
{
    return pl_buffers_acquire(((struct buffer_link *)self)->pool, self, size);
}

static void release(struct pl_allocator *self, void *block, size_t size)
{
    (void)size;
    pl_buffers_release(((struct buffer_link *)self)->pool, self, block);
}

static size_t footprint(const struct pl_allocator *self, size_t size)
{
    const struct pl_buffers *pool = ((const struct buffer_link *)self)->pool;
    return self->inner->footprint(self->inner, pl_buffers_capacity(&pool->sizes, size));
}

/* The list was read when the spec was. */
static size_t weight(const struct pl_layer_spec *spec, size_t size)
{
    struct pl_size_classes sizes = {.count = 0};
    pl_size_classes_parse(spec->text, &sizes);
    return pl_buffers_capacity(&sizes, size);
}

static size_t state_bytes(const struct pl_layer_context *context)
{
    return sizeof(struct buffer_layer) + context->class_count * sizeof(struct buffer_link);
}

static void open_pool(struct buffer_layer *layer, const struct pl_layer_spec *spec)
{
    pl_size_classes_parse(spec->text, &layer->pool.sizes);
    layer->pool.checks = spec->values[CHECK].number;
    layer->pool.one_list = spec->values[ORDER].number == 0;
    layer->pool.blocks.counters = &layer->counters;
    pthread_mutex_init(&layer->pool.mutex, NULL);
}

static void close_pool(void *state)
{
    struct buffer_layer *layer = state;
    pl_blocks_close(&layer->pool.blocks);
    pthread_mutex_destroy(&layer->pool.mutex);
}

/* The first memory class that draws on a size, or 0. */
static size_t first_user(const struct pl_layer_context *context,
                         const struct pl_size_classes *sizes, size_t class)
{
    for (size_t i = 0; i < context->class_count; i++)
        if (pl_size_classes_find(sizes, context->classes[i].size) == class)
            return i;
    return 0;
}

/* The largest ones first: in one list, the smallest are then in front. */
static int stock(struct buffer_layer *layer, const struct pl_layer_context *context,
                 struct pl_allocator **links, struct pl_error *error)
{
    const struct pl_size_classes *sizes = &layer->pool.sizes;
    for (size_t i = sizes->count; i-- > 0 && context->class_count;) {
        const struct pl_size_class *class = &sizes->classes[i];
        struct pl_allocator *inner = links[first_user(context, sizes, i)];
        size_t made = pl_buffers_stock(&layer->pool, i, inner);
        if (made < class->count)
            return pl_error_set(error, -ENOMEM,
                                "stack '%.100s': size_class_pool: memory for %zu of %" PRIu64
                                " buffers of %" PRIu64
                                " B alone; expected fewer, or a limit below that holds them",
                                context->stack->text, made, class->count, class->size);
    }
    return 0;
}

static int open_links(void *state, const struct pl_layer_context *context,
                      struct pl_allocator **links, struct pl_error *error)
{
    struct buffer_layer *layer = state;
    open_pool(layer, &context->stack->layers[context->layer]);
    int rc = stock(layer, context, links, error);
    if (rc) {
        close_pool(layer);
        return rc;
    }
    for (size_t i = 0; i < context->class_count; i++) {
        layer->links[i].link = (struct pl_allocator){
            .acquire = acquire, .release = release, .footprint = footprint, .inner = links[i]};
        layer->links[i].pool = &layer->pool;
        links[i] = &layer->links[i].link;
    }
    return 0;
}

static void add_stats(const void *state, struct pl_stack_stats *stats)
{
    pl_pool_add_stats(&((const struct buffer_layer *)state)->counters, stats);
}

const struct pl_backend pl_backend_size_class_pool = {
    .name = "size_class_pool",
    .summary = "ascii-chat's pool: buffers of some sizes made beforehand, what misses goes around",
    .options = options,
    .option_count = PL_ARRAY_COUNT(options),
    .pool = true,
    .weight = weight,
    .state_bytes = state_bytes,
    .open = open_links,
    .stats = add_stats,
    .close = close_pool,
    .not_foreign =
        "a pool is called where a program acquires its buffers, not for all of its malloc",
};
