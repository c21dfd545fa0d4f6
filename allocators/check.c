/* What can be said of a spec before it is opened: whether it can run here, under this clock, and
 * with these classes and budgets. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "allocators/backend.h"

int pl_stack_available(const struct pl_stack_spec *spec, struct pl_error *error)
{
    for (size_t i = 0; i < spec->depth; i++) {
        const struct pl_layer_spec *layer = &spec->layers[i];
        bool named = layer->backend->heap && layer->text[0]; /* by its path */
        const char *missing = named && layer->backend->libraries && !pl_backend_sanitized()
                                  ? NULL
                                  : pl_backend_missing(layer->backend);
        if (missing)
            return pl_error_set(error, -ENOENT, "stack '%.100s': %s: %s", spec->text,
                                layer->backend->name, missing);
        if (named && access(layer->text, R_OK))
            return pl_error_set(error, -ENOENT, "stack '%.100s': %.200s cannot be read", spec->text,
                                layer->text);
    }
    return 0;
}

static const struct pl_layer_spec *heap_of(const struct pl_stack_spec *spec)
{
    return &spec->layers[spec->depth - 1];
}

/* Of the heap's options; 0 where it has none of that name. */
static uint64_t heap_time(const struct pl_stack_spec *spec, const char *name)
{
    const struct pl_layer_spec *heap = heap_of(spec);
    for (size_t i = 0; i < heap->backend->option_count; i++)
        if (strcmp(heap->backend->options[i].name, name) == 0)
            return heap->values[i].number;
    return 0;
}

uint64_t pl_stack_trim_every(const struct pl_stack_spec *spec)
{
    return heap_time(spec, PL_TRIM_EVERY);
}

uint64_t pl_stack_trim_at(const struct pl_stack_spec *spec)
{
    return heap_time(spec, PL_TRIM_AT);
}

void pl_stack_trim(const struct pl_stack_spec *spec)
{
    if (heap_of(spec)->backend->trim)
        heap_of(spec)->backend->trim();
}

void pl_stack_tell(const struct pl_stack_spec *spec, struct pl_heap_told *told)
{
    *told = (struct pl_heap_told){0};
    if (heap_of(spec)->backend->tell)
        heap_of(spec)->backend->tell(told);
}

static bool waits(const struct pl_option *option, const struct pl_option_value *value)
{
    return option->real_time && value->number >= option->real_time;
}

int pl_stack_virtual_time(const struct pl_stack_spec *spec, struct pl_error *error)
{
    for (size_t i = 0; i < spec->depth; i++) {
        const struct pl_backend *backend = spec->layers[i].backend;
        for (size_t k = 0; k < backend->option_count; k++)
            if (waits(&backend->options[k], &spec->layers[i].values[k]))
                return pl_error_set(error, -EINVAL,
                                    "stack '%.100s': %s:%s waits in real time; expected --clock "
                                    "wall, or a stack without it",
                                    spec->text, backend->name, backend->options[k].name);
    }
    return 0;
}

bool pl_stack_needs_budgets(const struct pl_stack_spec *spec)
{
    for (size_t i = 0; i < spec->depth; i++)
        if (spec->layers[i].backend->needs_budgets && !spec->layers[i].values[0].set)
            return true;
    return false;
}

bool pl_stack_is_limited(const struct pl_stack_spec *spec)
{
    for (size_t i = 0; i < spec->depth; i++)
        if (spec->layers[i].backend->limits && spec->layers[i].backend->limits(&spec->layers[i]))
            return true;
    return false;
}

bool pl_stack_one_thread(const struct pl_stack_spec *spec)
{
    for (size_t i = 0; i < spec->depth; i++)
        if (spec->layers[i].backend->one_thread)
            return true;
    return false;
}

bool pl_stack_one_size(const struct pl_stack_spec *spec)
{
    for (size_t i = 0; i < spec->depth; i++)
        if (spec->layers[i].backend->one_size)
            return true;
    return false;
}

bool pl_stack_is_native(const struct pl_stack_spec *spec)
{
    return spec->layers[spec->depth - 1].backend->native;
}

size_t pl_layer_alignment(const struct pl_stack_spec *spec, size_t layer)
{
    while (!spec->layers[layer].backend->alignment)
        layer++;
    return spec->layers[layer].backend->alignment(&spec->layers[layer]);
}

size_t pl_stack_alignment(const struct pl_stack_spec *spec)
{
    return pl_layer_alignment(spec, 0);
}

size_t pl_stack_weight_below(const struct pl_stack_spec *stack, size_t layer, size_t size)
{
    for (size_t i = 0; i < layer; i++)
        if (stack->layers[i].backend->request)
            size = stack->layers[i].backend->request(&stack->layers[i], size);
    for (size_t i = layer + 1; i < stack->depth; i++)
        if (stack->layers[i].backend->weight)
            return stack->layers[i].backend->weight(&stack->layers[i], size);
    return size;
}

/* A layer that asks for blocks of many sizes needs a next link that has them. */
static int check_sizes(const struct pl_stack_spec *spec, size_t layer, struct pl_error *error)
{
    const struct pl_layer_spec *upper = &spec->layers[layer];
    if (!upper->backend->request)
        return 0;
    for (size_t i = layer + 1; i < spec->depth; i++)
        if (spec->layers[i].backend->one_size)
            return pl_error_set(error, -EINVAL,
                                "stack '%.100s': %s asks for blocks of many sizes and %s has one; "
                                "expected %s on another heap",
                                spec->text, upper->backend->name, spec->layers[i].backend->name,
                                upper->backend->name);
    return 0;
}

/* What the lower one holds would be counted as reserved twice. */
static int check_pools(const struct pl_stack_spec *spec, size_t layer, struct pl_error *error)
{
    const struct pl_backend *upper = spec->layers[layer].backend;
    for (size_t i = layer + 1; upper->pool && i < spec->depth; i++)
        if (spec->layers[i].backend->pool)
            return pl_error_set(
                error, -EINVAL,
                "stack '%.100s': the pool %s above the pool %s; expected one of them", spec->text,
                upper->name, spec->layers[i].backend->name);
    return 0;
}

static int check_classes(const struct pl_layer_context *context, struct pl_error *error)
{
    const uint64_t max = UINT64_C(1) << 30;
    size_t of_any = 0;
    for (size_t i = 0; i < context->class_count; i++) {
        const struct pl_class *class = &context->classes[i];
        of_any += class->size == PL_CLASS_ANY;
        if (class->size > max || of_any > 1)
            return pl_error_set(error, -EINVAL,
                                "class '%s': objects of %" PRIu64
                                " B; expected 1B to 1GiB, and one class of any size",
                                class->name, class->size);
        if (class->budget < PL_BUDGET_FREE || class->budget >= (int64_t)context->budget_count)
            return pl_error_set(error, -EINVAL, "class '%s': there is no budget %" PRId32,
                                class->name, class->budget);
    }
    return 0;
}

int pl_stack_check(const struct pl_stack_spec *spec, const struct pl_class *classes,
                   size_t class_count, const struct pl_budget *budgets, size_t budget_count,
                   struct pl_error *error)
{
    struct pl_layer_context context = {spec, 0, classes, class_count, budgets, budget_count};
    int rc = check_classes(&context, error);
    for (size_t i = 0; i < spec->depth && !rc; i++) {
        context.layer = i;
        rc = check_sizes(spec, i, error);
        if (!rc)
            rc = check_pools(spec, i, error);
        if (!rc && spec->layers[i].backend->check)
            rc = spec->layers[i].backend->check(&context, error);
    }
    return rc;
}
