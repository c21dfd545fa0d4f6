/* Makes allocations fail on purpose: how tests reach what happens when memory runs out. */
#include <errno.h>
#include <stdatomic.h>

#include "allocators/backend.h"
#include "allocators/foreign.h"

enum { OPTION_NTH, OPTION_EVERY };

static const struct pl_option options[] = {
    [OPTION_NTH] = {.name = "nth",
                    .help = "the acquire that fails, counted from 1 over all classes",
                    .type = PL_OPTION_COUNT,
                    .min = 1,
                    .max = INT64_MAX},
    [OPTION_EVERY] = {.name = "every",
                      .help = "each acquire whose number this divides fails",
                      .type = PL_OPTION_COUNT,
                      .min = 1,
                      .max = INT64_MAX},
};

struct fault_layer {
    uint64_t nth, every; /* 0 for not at all */
    _Atomic uint64_t acquires, failures;
    struct fault_link {
        struct pl_allocator link;
        struct fault_layer *layer;
    } links[];
};

static bool fails(struct fault_layer *layer)
{
    uint64_t number = 1 + atomic_fetch_add_explicit(&layer->acquires, 1, memory_order_relaxed);
    bool failed = number == layer->nth || (layer->every && number % layer->every == 0);
    if (failed)
        atomic_fetch_add_explicit(&layer->failures, 1, memory_order_relaxed);
    return failed;
}

static void *acquire(struct pl_allocator *self, size_t size)
{
    return fails(((struct fault_link *)self)->layer) ? NULL : pl_acquire(self->inner, size);
}

static void release(struct pl_allocator *self, void *block, size_t size)
{
    pl_release(self->inner, block, size);
}

static void *acquire_as(struct pl_allocator *self, const struct pl_request *request)
{
    return fails(((struct fault_link *)self)->layer) ? NULL : pl_acquire_as(self->inner, request);
}

static void release_as(struct pl_allocator *self, void *block, const struct pl_request *request)
{
    pl_release_as(self->inner, block, request);
}

/* A resize is an acquire: realloc fails as malloc does. */
static void *resize(struct pl_allocator *self, void *block, const struct pl_request *old,
                    size_t size)
{
    return fails(((struct fault_link *)self)->layer) ? NULL
                                                     : pl_resize(self->inner, block, old, size);
}

static size_t footprint(const struct pl_allocator *self, size_t size)
{
    return self->inner->footprint(self->inner, size);
}

static int check_options(const struct pl_stack_spec *stack, size_t layer, struct pl_error *error)
{
    const struct pl_option_value *values = stack->layers[layer].values;
    if (values[OPTION_NTH].set || values[OPTION_EVERY].set)
        return 0;
    return pl_error_set(
        error, -EINVAL,
        "stack '%.100s': fault has nothing to fail; expected fault:nth=3 or fault:every=100",
        stack->text);
}

static int check(const struct pl_layer_context *context, struct pl_error *error)
{
    return check_options(context->stack, context->layer, error);
}

/* Its classes are all that the program allocates. */
static int stand_in_foreign(const struct pl_stack_spec *spec, size_t layer,
                            struct pl_foreign *foreign, struct pl_error *error)
{
    const struct pl_option_value *values = spec->layers[layer].values;
    foreign->fault_nth = values[OPTION_NTH].number;
    foreign->fault_every = values[OPTION_EVERY].number;
    foreign->fault_outside = foreign->limit_bytes == 0;
    return check_options(spec, layer, error);
}

static size_t state_bytes(const struct pl_layer_context *context)
{
    return sizeof(struct fault_layer) + context->class_count * sizeof(struct fault_link);
}

static int open_links(void *state, const struct pl_layer_context *context,
                      struct pl_allocator **links, struct pl_error *error)
{
    const struct pl_option_value *values = context->stack->layers[context->layer].values;
    struct fault_layer *layer = state;
    (void)error;
    layer->nth = values[OPTION_NTH].number;
    layer->every = values[OPTION_EVERY].number;
    for (size_t i = 0; i < context->class_count; i++) {
        layer->links[i].link = (struct pl_allocator){.acquire = acquire,
                                                     .release = release,
                                                     .footprint = footprint,
                                                     .inner = links[i],
                                                     .acquire_as = acquire_as,
                                                     .release_as = release_as,
                                                     .resize = resize};
        layer->links[i].layer = layer;
        links[i] = &layer->links[i].link;
    }
    return 0;
}

static void add_stats(const void *state, struct pl_stack_stats *stats)
{
    const struct fault_layer *layer = state;
    stats->heap_failures += atomic_load_explicit(&layer->failures, memory_order_relaxed);
}

const struct pl_backend pl_backend_fault = {
    .name = "fault",
    .summary = "makes the k-th allocation fail",
    .options = options,
    .option_count = PL_ARRAY_COUNT(options),
    .check = check,
    .state_bytes = state_bytes,
    .open = open_links,
    .stats = add_stats,
    .foreign = stand_in_foreign,
};
