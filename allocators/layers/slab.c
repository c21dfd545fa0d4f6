/* roc-toolkit 0.4.0's SlabPool as a layer, by its law: slots with guards, slabs that double, freed
 * slots first, poison, one mutex, slabs given back only at the end. Each part of the law that costs
 * something can be switched off, to see what it costs. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "allocators/backend.h"
#include "allocators/layers/around.h"
#include "allocators/layers/slab_pool.h"

enum { POISON_ACQUIRED = 0x7a, POISON_RELEASED = 0x7d, CANARY = 0x7b };
/* Of slabs; leaves room for sums. */
#define UNLIMITED (INT64_C(1) << 61)

enum { GROW, MAX_SLAB, RECLAIM, POISON, GUARDS, BACKING, ANNOUNCE };

static const struct pl_option options[] = {
    [GROW] = {.name = "grow",
              .help = "slots of each new slab: twice the last one's, or always so many",
              .type = PL_OPTION_GROWTH,
              .min = 1,
              .max = INT64_C(1) << 32,
              .default_text = "double"},
    [MAX_SLAB] = {.name = "max_slab",
                  .help = "the largest slab, its header included",
                  .type = PL_OPTION_SIZE,
                  .min = PL_SLAB_HEADER,
                  .max = UNLIMITED},
    [RECLAIM] = {.name = "reclaim",
                 .help = "give slabs back at the end only, or when they are empty (all but one)",
                 .type = PL_OPTION_CHOICE,
                 .choices = "never|empty",
                 .default_text = "never"},
    [POISON] = {.name = "poison",
                .help = "fill slabs when made and objects when acquired and released",
                .type = PL_OPTION_BOOL,
                .default_text = "on"},
    [GUARDS] = {.name = "guards",
                .help = "owner and canaries around each object, checked at release",
                .type = PL_OPTION_BOOL,
                .default_text = "on"},
    [BACKING] = {.name = "backing",
                 .help = "slabs from the next link, or mapped one by one",
                 .type = PL_OPTION_CHOICE,
                 .choices = "malloc|mmap",
                 .default_text = "malloc"},
    [ANNOUNCE] = {.name = "announce",
                  .help = "tell an instrument that looks on of each object",
                  .type = PL_OPTION_BOOL,
                  .default_text = "on"},
};

struct slab_layer {
    struct pl_slab_counters counters;
    struct pl_around around; /* of the class of any size */
    _Atomic uint64_t fallbacks;
    size_t class_count;
    struct pl_slab_pool pools[];
};

static void fill(unsigned char *object, int byte, const struct pl_slab_pool *pool)
{
    if (pool->settings.poison)
        memset(object, byte, pool->object);
}

static size_t lead(const struct pl_slab_pool *pool)
{
    return pool->settings.guards ? PL_SLAB_LEAD : 0;
}

static void write_guards(const struct pl_slab_pool *pool, struct pl_slot *slot, uintptr_t owner)
{
    unsigned char *bytes = (unsigned char *)slot;
    if (!pool->settings.guards)
        return;
    memcpy(bytes, &owner, sizeof owner);
    memset(bytes + PL_SLAB_LEAD - PL_SLAB_CANARY, CANARY, PL_SLAB_CANARY);
    memset(bytes + PL_SLAB_LEAD + pool->object, CANARY, PL_SLAB_CANARY);
}

static bool canary_holds(const unsigned char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word == UINT64_C(0x0101010101010101) * CANARY;
}

/* A slot that is free has no canary in front: what is released twice is found by that. */
static bool guards_hold(const struct pl_slab_pool *pool, unsigned char *slot, uintptr_t *owner)
{
    if (!pool->settings.guards)
        return true;
    memcpy(owner, slot, sizeof *owner);
    if (!canary_holds(slot + PL_SLAB_LEAD - PL_SLAB_CANARY) || !pl_slab_pool_owns(pool, *owner) ||
        !canary_holds(slot + PL_SLAB_LEAD + pool->object))
        return false;
    memset(slot + PL_SLAB_LEAD - PL_SLAB_CANARY, POISON_RELEASED, PL_SLAB_CANARY);
    return true;
}

static void count(_Atomic uint64_t *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

static void *acquire(struct pl_allocator *self, size_t size)
{
    struct pl_slab_pool *pool = (struct pl_slab_pool *)self;
    uintptr_t owner;
    if (__builtin_expect(size > pool->object, 0)) {
        count(&pool->counters->oversize);
        return NULL;
    }
    pthread_mutex_lock(&pool->mutex);
    struct pl_slot *slot = pl_slab_pool_take(pool, &owner);
    pthread_mutex_unlock(&pool->mutex);
    if (!slot)
        return NULL;
    unsigned char *object = (unsigned char *)slot + lead(pool);
    if (__builtin_expect(pool->instruments.attached, 0))
        pl_instruments_open(&pool->instruments, object, pool->object);
    write_guards(pool, slot, owner);
    fill(object, POISON_ACQUIRED, pool);
    if (__builtin_expect(pool->instruments.attached, 0))
        pl_instruments_acquired(&pool->instruments, object, size);
    return object;
}

static void release(struct pl_allocator *self, void *block, size_t size)
{
    struct pl_slab_pool *pool = (struct pl_slab_pool *)self;
    uintptr_t owner = 0;
    (void)size;
    if (!block)
        return;
    unsigned char *slot = (unsigned char *)block - lead(pool);
    if (__builtin_expect(!guards_hold(pool, slot, &owner), 0)) {
        count(&pool->counters->corruptions);
        return;
    }
    if (__builtin_expect(pool->instruments.attached, 0))
        pl_instruments_open(&pool->instruments, block, pool->object);
    fill(block, POISON_RELEASED, pool);
    if (__builtin_expect(pool->instruments.attached, 0))
        pl_instruments_released(&pool->instruments, block,
                                pool->settings.guards ? 0 : sizeof(struct pl_slot));
    pthread_mutex_lock(&pool->mutex);
    pl_slab_pool_put(pool, (struct pl_slot *)(void *)slot, owner);
    pthread_mutex_unlock(&pool->mutex);
}

static size_t footprint(const struct pl_allocator *self, size_t size)
{
    (void)size;
    return ((const struct pl_slab_pool *)self)->slot;
}

static size_t alignment(const struct pl_layer_spec *spec)
{
    return spec->values[GUARDS].number ? 8 : _Alignof(max_align_t);
}

static size_t weight(const struct pl_layer_spec *spec, size_t size)
{
    return pl_slot_size(spec->values[GUARDS].number, size);
}

static size_t request(const struct pl_layer_spec *spec, size_t size)
{
    return weight(spec, size) + PL_SLAB_HEADER;
}

static uint64_t max_slab(const struct pl_option_value *values)
{
    return values[MAX_SLAB].set ? values[MAX_SLAB].number : UNLIMITED;
}

static int check_options(const struct pl_layer_context *context, struct pl_error *error)
{
    const struct pl_layer_spec *spec = &context->stack->layers[context->layer];
    if (spec->values[RECLAIM].number && !spec->values[GUARDS].number)
        return pl_error_set(
            error, -EINVAL,
            "stack '%.100s': slab:reclaim=empty needs the guards of slots; expected guards=on",
            context->stack->text);
    const struct pl_backend *next = spec[1].backend;
    if (spec->values[BACKING].number && (!next->heap || next->one_size))
        return pl_error_set(error, -EINVAL,
                            "stack '%.100s': slab:backing=mmap takes nothing from %s; expected a "
                            "heap right below, or backing=malloc",
                            context->stack->text, next->name);
    return 0;
}

static int check(const struct pl_layer_context *context, struct pl_error *error)
{
    const struct pl_layer_spec *spec = &context->stack->layers[context->layer];
    uint64_t max = max_slab(spec->values);
    int rc = check_options(context, error);
    for (size_t i = 0; i < context->class_count && !rc; i++) {
        size_t least = request(spec, context->classes[i].size);
        if (max < least)
            rc = pl_error_set(error, -EINVAL,
                              "stack '%.100s': slab:max_slab of %" PRIu64
                              " B holds no %s; expected %zu B or more",
                              context->stack->text, max, context->classes[i].name, least);
    }
    return rc;
}

static size_t state_bytes(const struct pl_layer_context *context)
{
    return sizeof(struct slab_layer) + context->class_count * sizeof(struct pl_slab_pool);
}

static struct pl_allocator *open_pool(struct slab_layer *layer, size_t index,
                                      const struct pl_slab_settings *settings, size_t object,
                                      struct pl_allocator *inner)
{
    struct pl_slab_pool *pool = &layer->pools[index];
    if (object == PL_CLASS_ANY)
        return pl_around_open(&layer->around, inner, &layer->fallbacks);
    pl_slab_pool_open(pool, settings, object, inner, &layer->counters);
    pool->link.acquire = acquire;
    pool->link.release = release;
    pool->link.footprint = footprint;
    return &pool->link;
}

static int open_pools(void *state, const struct pl_layer_context *context,
                      struct pl_allocator **links, struct pl_error *error)
{
    struct slab_layer *layer = state;
    const struct pl_option_value *values = context->stack->layers[context->layer].values;
    const struct pl_slab_settings settings = {
        .guards = values[GUARDS].number,
        .poison = values[POISON].number,
        .mapped = values[BACKING].number,
        .reclaim = values[RECLAIM].number,
        .announced = values[ANNOUNCE].number,
        .fixed = values[GROW].number,
        .slab_bytes = max_slab(values),
    };
    (void)error;
    layer->class_count = context->class_count;
    for (size_t i = 0; i < context->class_count; i++)
        links[i] = open_pool(layer, i, &settings, context->classes[i].size, links[i]);
    return 0;
}

static uint64_t load(const _Atomic uint64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

static void add_stats(const void *state, struct pl_stack_stats *stats)
{
    const struct pl_slab_counters *counters = &((const struct slab_layer *)state)->counters;
    stats->pooled = true;
    stats->reserved_bytes += load(&counters->reserved);
    stats->reserved_bytes_peak += load(&counters->reserved_peak);
    stats->slabs += load(&counters->slabs);
    stats->heap_failures += load(&counters->map_failures);
    stats->oversize += load(&counters->oversize);
    stats->corruptions += load(&counters->corruptions);
    stats->fallback_allocations += load(&((const struct slab_layer *)state)->fallbacks);
}

/* Every slot of a slab that is held, to the instruments. */
static void report_slab(const struct pl_slab_pool *pool, const struct pl_slab *slab)
{
    for (unsigned char *slot = slab->slots; slot != slab->fresh; slot += pool->slot)
        if (!pool->settings.guards || canary_holds(slot + PL_SLAB_LEAD - PL_SLAB_CANARY))
            pl_instruments_released(&pool->instruments, slot + lead(pool), 0);
}

/* Instruments must not keep objects of memory that is gone. Without guards nothing tells a free
 * slot from a held one: then the free ones are handed out first. */
static void report_held(const struct pl_slab_pool *pool)
{
    if (!pool->settings.guards)
        for (struct pl_slot *slot = pool->free, *next; slot; slot = next) {
            next = slot->next;
            pl_instruments_acquired(&pool->instruments, slot, pool->object);
        }
    for (const struct pl_slab *slab = pool->full; slab; slab = slab->next)
        report_slab(pool, slab);
    for (const struct pl_slab *slab = pool->partial; slab; slab = slab->next)
        report_slab(pool, slab);
}

static void close_pools(void *state)
{
    struct slab_layer *layer = state;
    for (size_t i = 0; i < layer->class_count; i++) {
        if (layer->pools[i].instruments.attached)
            report_held(&layer->pools[i]);
        pl_slab_pool_close(&layer->pools[i]);
    }
}

const struct pl_backend pl_backend_slab = {
    .name = "slab",
    .summary = "roc-toolkit's slab pool: guarded slots, slabs that double and are kept",
    .options = options,
    .option_count = PL_ARRAY_COUNT(options),
    .shorthand_tail = "glibc",
    .one_size = true,
    .pool = true,
    .alignment = alignment,
    .weight = weight,
    .request = request,
    .check = check,
    .state_bytes = state_bytes,
    .open = open_pools,
    .stats = add_stats,
    .close = close_pools,
    .not_foreign =
        "its slots have the sizes of a scenario's memory classes, which such a program has not",
};
