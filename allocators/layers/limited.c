/* A limit on what the classes of a budget hold together: roc-toolkit's LimitedPool over its
 * MemoryLimiter (pull request 826). What a block weighs is what the links below say, so that the
 * limit counts slots above a slab and whole slabs below one. */
#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>

#include "allocators/backend.h"
#include "allocators/foreign.h"

enum { OPTION_MAX };

static const struct pl_option options[] = {
    [OPTION_MAX] = {.name = "max",
                    .help = "the maximum of every budget; without it the scenario's",
                    .type = PL_OPTION_SIZE,
                    .min = 1,
                    .max = INT64_C(1) << 50},
};

/* A budget's counter; 0 counts without limiting. */
struct counter {
    _Atomic uint64_t used;
    uint64_t max;
};

struct limited_link {
    struct pl_allocator link;
    struct counter *counter;
    size_t object;
    size_t weight; /* of a block of `object` bytes, by far the most frequent one */
    struct limited_layer *layer;
};

struct limited_layer {
    _Atomic uint64_t refusals, corruptions;
    struct counter *counters; /* after the links; the last one is for classes without a budget */
    struct limited_link links[];
};

static size_t weigh(const struct limited_link *link, size_t size)
{
    return __builtin_expect(size == link->object, 1)
               ? link->weight
               : link->link.inner->footprint(link->link.inner, size);
}

/* Adds unless the sum would pass the maximum; equality passes. */
static bool take(struct counter *counter, uint64_t bytes)
{
    uint64_t sum, used = atomic_load_explicit(&counter->used, memory_order_relaxed);
    do {
        if (__builtin_add_overflow(used, bytes, &sum) || (counter->max && sum > counter->max))
            return false;
    } while (!atomic_compare_exchange_weak_explicit(&counter->used, &used, sum,
                                                    memory_order_relaxed, memory_order_relaxed));
    return true;
}

/* False, and nothing taken off, when more would come back than was taken. */
static bool give_back(struct counter *counter, uint64_t bytes)
{
    uint64_t used = atomic_load_explicit(&counter->used, memory_order_relaxed);
    do {
        if (bytes > used)
            return false;
    } while (!atomic_compare_exchange_weak_explicit(&counter->used, &used, used - bytes,
                                                    memory_order_relaxed, memory_order_relaxed));
    return true;
}

static void count(_Atomic uint64_t *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

static bool take_or_count(struct limited_link *link, size_t bytes)
{
    bool taken = take(link->counter, bytes);
    if (!taken)
        count(&link->layer->refusals);
    return taken;
}

static void give_or_count(struct limited_link *link, size_t bytes)
{
    if (!give_back(link->counter, bytes))
        count(&link->layer->corruptions);
}

static void *acquire(struct pl_allocator *self, size_t size)
{
    struct limited_link *link = (struct limited_link *)self;
    size_t bytes = weigh(link, size);
    if (!take_or_count(link, bytes))
        return NULL;
    void *block = pl_acquire(self->inner, size);
    if (!block)
        give_back(link->counter, bytes);
    return block;
}

static void release(struct pl_allocator *self, void *block, size_t size)
{
    struct limited_link *link = (struct limited_link *)self;
    if (!block)
        return;
    pl_release(self->inner, block, size);
    give_or_count(link, weigh(link, size));
}

static void *acquire_as(struct pl_allocator *self, const struct pl_request *request)
{
    struct limited_link *link = (struct limited_link *)self;
    size_t bytes = pl_footprint_as(self->inner, request);
    if (!take_or_count(link, bytes))
        return NULL;
    void *block = pl_acquire_as(self->inner, request);
    if (!block)
        give_back(link->counter, bytes);
    return block;
}

static void release_as(struct pl_allocator *self, void *block, const struct pl_request *request)
{
    struct limited_link *link = (struct limited_link *)self;
    if (!block)
        return;
    pl_release_as(self->inner, block, request);
    give_or_count(link, pl_footprint_as(self->inner, request));
}

/* What a block grows by is taken beforehand, what it shrinks by is given back when it has. What a
 * link below holds twice while it copies is no block of the program's. */
static void *resize(struct pl_allocator *self, void *block, const struct pl_request *old,
                    size_t size)
{
    struct limited_link *link = (struct limited_link *)self;
    size_t before = pl_footprint_as(self->inner, old), after = weigh(link, size);
    if (after > before && !take_or_count(link, after - before))
        return NULL;
    void *resized = pl_resize(self->inner, block, old, size);
    if (resized && before > after)
        give_or_count(link, before - after);
    if (!resized && after > before)
        give_back(link->counter, after - before);
    return resized;
}

static size_t footprint(const struct pl_allocator *self, size_t size)
{
    return self->inner->footprint(self->inner, size);
}

static bool limits(const struct pl_layer_spec *spec)
{
    (void)spec;
    return true;
}

static const struct pl_option_value *own_max(const struct pl_layer_context *context)
{
    return &context->stack->layers[context->layer].values[OPTION_MAX];
}

static int check_class(const struct pl_layer_context *context, const struct pl_class *class,
                       struct pl_error *error)
{
    const struct pl_option_value *own = own_max(context);
    if (!own->set && class->budget == PL_BUDGET_FREE)
        return 0;
    if (!own->set && class->budget < 0)
        return pl_error_set(error, -EINVAL,
                            "stack '%.100s': class '%s' has no budget; expected one in the "
                            "scenario's limits, or limited:max=SIZE",
                            context->stack->text, class->name);
    uint64_t max = own->set ? own->number : context->budgets[class->budget].max;
    size_t weight = pl_stack_weight_below(context->stack, context->layer, class->size);
    if (max && max < weight)
        return pl_error_set(error, -EINVAL,
                            "stack '%.100s': a limit of %" PRIu64
                            " B is smaller than one %s; expected %zu B or more",
                            context->stack->text, max, class->name, weight);
    return 0;
}

static int check(const struct pl_layer_context *context, struct pl_error *error)
{
    int rc = 0;
    for (size_t i = 0; i < context->class_count && !rc; i++)
        rc = check_class(context, &context->classes[i], error);
    return rc;
}

static size_t state_bytes(const struct pl_layer_context *context)
{
    return sizeof(struct limited_layer) + context->class_count * sizeof(struct limited_link) +
           (context->budget_count + 1) * sizeof(struct counter);
}

static void open_counters(struct limited_layer *layer, const struct pl_layer_context *context)
{
    const struct pl_option_value *own = own_max(context);
    layer->counters = (struct counter *)&layer->links[context->class_count];
    for (size_t i = 0; i < context->budget_count; i++)
        layer->counters[i].max = own->set ? own->number : context->budgets[i].max;
    layer->counters[context->budget_count].max = own->number;
}

static int open_links(void *state, const struct pl_layer_context *context,
                      struct pl_allocator **links, struct pl_error *error)
{
    struct limited_layer *layer = state;
    (void)error;
    open_counters(layer, context);
    for (size_t i = 0; i < context->class_count; i++) {
        const struct pl_class *class = &context->classes[i];
        struct limited_link *link = &layer->links[i];
        size_t budget = class->budget < 0 ? context->budget_count : (size_t) class->budget;
        link->link = (struct pl_allocator){.acquire = acquire,
                                           .release = release,
                                           .footprint = footprint,
                                           .inner = links[i],
                                           .acquire_as = acquire_as,
                                           .release_as = release_as,
                                           .resize = resize};
        link->counter = &layer->counters[budget];
        link->object = class->size;
        link->weight = footprint(&link->link, class->size);
        link->layer = layer;
        links[i] = &link->link;
    }
    return 0;
}

static void add_stats(const void *state, struct pl_stack_stats *stats)
{
    const struct limited_layer *layer = state;
    stats->refusals += atomic_load_explicit(&layer->refusals, memory_order_relaxed);
    stats->corruptions += atomic_load_explicit(&layer->corruptions, memory_order_relaxed);
}

/* There are no classes, and so no budgets of the scenario's: one limit for all of the program. */
static int stand_in_foreign(const struct pl_stack_spec *spec, size_t layer,
                            struct pl_foreign *foreign, struct pl_error *error)
{
    const struct pl_option_value *own = &spec->layers[layer].values[OPTION_MAX];
    if (!own->set)
        return pl_error_set(
            error, -EINVAL,
            "stack '%.100s': a foreign program has no budgets; expected limited:max=SIZE",
            spec->text);
    foreign->limit_bytes = own->number;
    return 0;
}

const struct pl_backend pl_backend_limited = {
    .name = "limited",
    .summary = "roc-toolkit's limit: refuses what would pass a budget shared by classes",
    .options = options,
    .option_count = PL_ARRAY_COUNT(options),
    .shorthand_tail = "slab/glibc",
    .needs_budgets = true,
    .limits = limits,
    .check = check,
    .state_bytes = state_bytes,
    .open = open_links,
    .stats = add_stats,
    .foreign = stand_in_foreign,
};
