/* The same stack with an option more, as text: what an instrument needs to see into a pool. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "allocators/backend.h"

/* Whether an option "key=value" is set in a layer already. */
static bool is_set(const struct pl_layer_spec *layer, const char *option)
{
    size_t length = strcspn(option, "=");
    for (size_t i = 0; i < layer->backend->option_count; i++) {
        const char *name = layer->backend->options[i].name;
        if (strncmp(name, option, length) == 0 && name[length] == '\0')
            return layer->values[i].set;
    }
    return false;
}

static bool has_options(const struct pl_layer_spec *layer)
{
    for (size_t i = 0; i < layer->backend->option_count; i++)
        if (layer->values[i].set)
            return true;
    return false;
}

static bool wants(const struct pl_layer_spec *layer, const char *name, const char *option)
{
    return strcmp(layer->backend->name, name) == 0 && !is_set(layer, option);
}

/* Writes out what a short name stands for, so that each layer has a place in the text. */
static int write_out(struct pl_stack_spec *spec, struct pl_error *error)
{
    char text[PL_STACK_TEXT_MAX];
    if (spec->layers[spec->depth - 1].end)
        return 0;
    int length =
        snprintf(text, sizeof text, "%s/%s", spec->text, spec->layers[0].backend->shorthand_tail);
    if ((size_t)length >= sizeof text)
        return pl_error_set(error, -ENAMETOOLONG, "stack '%.40s...': too long", spec->text);
    return pl_stack_parse(text, spec, error);
}

int pl_stack_set_option(const struct pl_stack_spec *given, const char *name, const char *option,
                        char *text, size_t capacity, struct pl_error *error)
{
    struct pl_stack_spec spec = *given;
    size_t used = 0, from = 0;
    bool any = false;
    for (size_t i = 0; i < spec.depth; i++)
        any |= wants(&spec.layers[i], name, option);
    int rc = any ? write_out(&spec, error) : 0;
    if (rc)
        return rc;
    for (size_t i = 0; any && i < spec.depth; i++) {
        const struct pl_layer_spec *layer = &spec.layers[i];
        if (!wants(layer, name, option))
            continue;
        used += (size_t)snprintf(text + used, capacity - used, "%.*s%c%s", (int)(layer->end - from),
                                 spec.text + from, has_options(layer) ? ',' : ':', option);
        from = layer->end;
        if (used >= capacity)
            break;
    }
    if (used < capacity)
        used += (size_t)snprintf(text + used, capacity - used, "%s", spec.text + from);
    if (used >= capacity)
        return pl_error_set(error, -ENAMETOOLONG, "stack '%.40s...': too long", spec.text);
    return pl_stack_parse(text, &spec, error);
}

int pl_stack_put_outermost(const struct pl_stack_spec *given, const char *name, char *text,
                           size_t capacity, struct pl_error *error)
{
    struct pl_stack_spec spec = *given;
    bool has = pl_stack_has(&spec, name);
    int rc = has ? 0 : write_out(&spec, error);
    if (rc)
        return rc;
    int length = snprintf(text, capacity, "%s%s%s", has ? "" : name, has ? "" : "/", spec.text);
    if ((size_t)length >= capacity)
        return pl_error_set(error, -ENAMETOOLONG, "stack '%.40s...': too long", spec.text);
    return pl_stack_parse(text, &spec, error);
}

bool pl_stack_has(const struct pl_stack_spec *spec, const char *name)
{
    for (size_t i = 0; i < spec->depth; i++)
        if (strcmp(spec->layers[i].backend->name, name) == 0)
            return true;
    return false;
}

void pl_stack_without_path(const struct pl_stack_spec *spec, char *text, size_t capacity)
{
    const struct pl_layer_spec *heap = &spec->layers[spec->depth - 1];
    const char *path = heap->backend->libraries ? strstr(spec->text, heap->text) : NULL;
    if (heap->text[0] && path)
        snprintf(text, capacity, "%.*s%s", (int)(path - spec->text) - 1, spec->text,
                 path + strlen(heap->text));
    else
        snprintf(text, capacity, "%s", spec->text);
}

const char *pl_stack_heap(const struct pl_stack_spec *spec)
{
    return spec->layers[spec->depth - 1].backend->name;
}
