/* Versions of heaps, cell by cell (heap_change.h). */
#include "harness/compare/heap_change.h"

#include <stdio.h>
#include <string.h>

static const char *version_of(const json_t *heap)
{
    const char *version = json_string_value(json_object_get(heap, "version"));
    return version ? version : "unknown";
}

/* The C library's heap has no file that was preloaded. */
static bool is_other_file(const json_t *x, const json_t *y)
{
    const json_t *a = json_object_get(x, "hash"), *b = json_object_get(y, "hash");
    return (a || b) && !json_equal(a, b);
}

bool pl_heap_change_find(const json_t *base, const json_t *new, struct pl_heap_change *change)
{
    const json_t *x = json_object_get(base, "heap"), *y = json_object_get(new, "heap");
    const char *name = json_string_value(json_object_get(y, "name"));
    *change = (struct pl_heap_change){0};
    if (!name || !json_equal(json_object_get(x, "name"), json_object_get(y, "name")))
        return false;
    if (strcmp(version_of(x), version_of(y)) != 0 || is_other_file(x, y))
        *change = (struct pl_heap_change){name, version_of(x), version_of(y)};
    return true;
}

void pl_heap_change_text(const struct pl_heap_change *c, char *text, size_t capacity)
{
    if (strcmp(c->base, c->new) == 0)
        snprintf(text, capacity,
                 "%.40s %.60s -> another file of that version: a change of the heap", c->heap,
                 c->base);
    else
        snprintf(text, capacity, "%.40s %.60s -> %.60s: a change of the heap", c->heap, c->base,
                 c->new);
}
