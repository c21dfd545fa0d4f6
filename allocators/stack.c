/* Opens a checked spec: the links of every class, from the heap outwards. */
#include <errno.h>
#include <stdatomic.h>

#include "allocators/backend.h"
#include "allocators/base/mapping.h"
#include "allocators/ledger/statement.h"

struct layer {
    const struct pl_backend *backend;
    void *state;
    size_t bytes;
};

struct pl_stack {
    size_t bytes; /* of this mapping */
    size_t depth;
    struct layer layers[PL_STACK_DEPTH_MAX]; /* outermost first */
    size_t class_count;
    struct pl_link_fallbacks fallbacks;
    struct pl_allocator *links[]; /* the outermost link of each class */
};

/* What each new link needs for requests that it has no call for. */
static void complete_links(struct pl_stack *stack, const struct pl_layer_context *context)
{
    for (size_t i = 0; i < stack->class_count; i++) {
        stack->links[i]->alignment = pl_layer_alignment(context->stack, context->layer);
        stack->links[i]->fallbacks = &stack->fallbacks;
    }
}

static int open_layer(struct pl_stack *stack, const struct pl_layer_context *context,
                      struct pl_error *error)
{
    struct layer *layer = &stack->layers[context->layer];
    layer->backend = context->stack->layers[context->layer].backend;
    layer->bytes = layer->backend->state_bytes(context);
    layer->state = pl_mapping_new(layer->bytes);
    if (!layer->state)
        return pl_error_set(error, -ENOMEM, "stack '%.100s': no memory for %s",
                            context->stack->text, layer->backend->name);
    int rc = layer->backend->open(layer->state, context, stack->links, error);
    if (rc) {
        pl_mapping_delete(layer->state, layer->bytes);
        layer->state = NULL;
    } else {
        complete_links(stack, context);
    }
    return rc;
}

static int open_layers(struct pl_stack *stack, struct pl_layer_context *context,
                       struct pl_error *error)
{
    int rc = 0;
    for (size_t i = stack->depth; i-- > 0 && !rc;) {
        context->layer = i;
        rc = open_layer(stack, context, error);
    }
    return rc;
}

int pl_stack_open(const struct pl_stack_spec *spec, const struct pl_class *classes,
                  size_t class_count, const struct pl_budget *budgets, size_t budget_count,
                  struct pl_stack **stack, struct pl_error *error)
{
    struct pl_layer_context context = {spec, 0, classes, class_count, budgets, budget_count};
    int rc = pl_stack_check(spec, classes, class_count, budgets, budget_count, error);
    if (rc)
        return rc;
    size_t bytes = sizeof **stack + class_count * sizeof(struct pl_allocator *);
    struct pl_stack *opened = pl_mapping_new(bytes);
    if (!opened)
        return pl_error_set(error, -ENOMEM, "stack '%.100s': no memory", spec->text);
    opened->bytes = bytes;
    opened->depth = spec->depth;
    opened->class_count = class_count;
    rc = open_layers(opened, &context, error);
    if (rc)
        pl_stack_close(opened);
    else
        *stack = opened;
    return rc;
}

struct pl_allocator *pl_stack_class(struct pl_stack *stack, size_t index)
{
    return stack->links[index];
}

static uint64_t load(const _Atomic uint64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

void pl_stack_stats(const struct pl_stack *stack, struct pl_stack_stats *stats)
{
    *stats = (struct pl_stack_stats){0};
    stats->alignment_fallbacks = load(&stack->fallbacks.alignments);
    stats->zeroing_fallbacks = load(&stack->fallbacks.zeroings);
    stats->resize_fallbacks = load(&stack->fallbacks.resizes);
    for (size_t i = 0; i < stack->depth; i++)
        if (stack->layers[i].backend->stats)
            stack->layers[i].backend->stats(stack->layers[i].state, stats);
}

struct pl_ledger *pl_stack_ledger(const struct pl_stack *stack)
{
    for (size_t i = 0; i < stack->depth; i++)
        if (stack->layers[i].backend->ledger)
            return stack->layers[i].backend->ledger(stack->layers[i].state);
    return NULL;
}

void pl_stack_clock(struct pl_stack *stack, const int64_t *now_ns)
{
    for (size_t i = 0; i < stack->depth; i++)
        if (stack->layers[i].backend->clock)
            stack->layers[i].backend->clock(stack->layers[i].state, now_ns);
}

/* Outermost first: what a layer gives back goes to the links below it. */
void pl_stack_close(struct pl_stack *stack)
{
    if (!stack)
        return;
    for (size_t i = 0; i < stack->depth; i++) {
        struct layer *layer = &stack->layers[i];
        if (layer->state && layer->backend->close)
            layer->backend->close(layer->state);
    }
    for (size_t i = 0; i < stack->depth; i++)
        pl_mapping_delete(stack->layers[i].state, stack->layers[i].bytes);
    pl_mapping_delete(stack, stack->bytes);
}
