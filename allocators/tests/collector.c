/* The link below the collector, which counts, and what opens and closes the layer on it. */
#include "allocators/tests/collector.h"
#include "allocators/base/mapping.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { SPACING = 4096 };

static struct collector *of_inner(struct pl_allocator *inner)
{
    return (struct collector *)((char *)inner - offsetof(struct collector, inner));
}

static void *inner_acquire(struct pl_allocator *self, size_t size)
{
    struct collector *c = of_inner(self);
    assert_true(c->acquired < COLLECTOR_BLOCKS);
    c->blocks[c->acquired].size = size;
    return (void *)(SPACING * ++c->acquired);
}

static void inner_release(struct pl_allocator *self, void *block, size_t size)
{
    struct collector *c = of_inner(self);
    size_t number = (uintptr_t)block / SPACING - 1;
    assert_true(number < c->acquired && (uintptr_t)block % SPACING == 0);
    assert_int_equal(c->blocks[number].size, size);
    if (c->blocks[number].held && !c->closing)
        fail_msg("block %zu was freed while it was held", number);
    if (c->blocks[number].freed++)
        fail_msg("block %zu was freed twice", number);
    c->freed++;
}

static size_t inner_footprint(const struct pl_allocator *self, size_t size)
{
    (void)self;
    return size + 1;
}

void collector_open(struct collector *c, const char *options)
{
    static const struct pl_class classes[] = {{"packet", 696, -1}, {"frame", 14112, -1}};
    const struct pl_backend *gc = pl_backend_find("gc");
    char text[PL_STACK_TEXT_MAX];
    struct pl_error error = {""};
    memset(c, 0, sizeof *c);
    snprintf(text, sizeof text, "gc%s%s/glibc", options[0] ? ":" : "", options);
    if (pl_stack_parse(text, &c->spec, &error) ||
        pl_stack_check(&c->spec, classes, 2, NULL, 0, &error))
        fail_msg("%s", error.text);
    struct pl_layer_context context = {&c->spec, 0, classes, 2, NULL, 0};
    c->inner = (struct pl_allocator){
        .acquire = inner_acquire, .release = inner_release, .footprint = inner_footprint};
    c->links[0] = c->links[1] = &c->inner;
    c->bytes = gc->state_bytes(&context);
    c->gc = pl_mapping_new(c->bytes);
    if (!c->gc || gc->open(c->gc, &context, c->links, &error))
        fail_msg("%s", error.text);
}

void collector_close(struct collector *c)
{
    c->closing = true;
    pl_backend_find("gc")->close(c->gc);
    pl_mapping_delete(c->gc, c->bytes);
    for (size_t i = 0; i < c->acquired; i++)
        if (c->blocks[i].freed != 1)
            fail_msg("block %zu was freed %u times", i, c->blocks[i].freed);
}

size_t collector_acquire(struct collector *c, size_t size)
{
    void *block = pl_acquire(c->links[c->acquired % 2], size);
    size_t number = (uintptr_t)block / SPACING - 1;
    assert_true(number < c->acquired && !c->blocks[number].held && !c->blocks[number].freed);
    assert_int_equal(c->blocks[number].size, size);
    c->blocks[number].held = true;
    return number;
}

void collector_release(struct collector *c, size_t block)
{
    c->blocks[block].held = false;
    pl_release(c->links[block % 2], (void *)(SPACING * (block + 1)), c->blocks[block].size);
}

struct pl_stack_stats collector_stats(const struct collector *c)
{
    struct pl_stack_stats stats = {0};
    pl_backend_find("gc")->stats(c->gc, &stats);
    return stats;
}
