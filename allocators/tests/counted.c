#include "allocators/tests/counted.h"
#include "allocators/base/mapping.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct counted *of_inner(struct pl_allocator *inner)
{
    return (struct counted *)((char *)inner - offsetof(struct counted, inner));
}

static void *inner_acquire(struct pl_allocator *self, size_t size)
{
    struct counted *c = of_inner(self);
    if (c->out == c->room)
        return NULL;
    struct counted_block *block = &c->blocks[c->out++];
    *block = (struct counted_block){malloc(size ? size : 1), size};
    c->acquired++;
    c->out_bytes += size;
    return block->memory;
}

static void inner_release(struct pl_allocator *self, void *memory, size_t size)
{
    struct counted *c = of_inner(self);
    size_t i = 0;
    if (!memory)
        return;
    while (i < c->out && c->blocks[i].memory != memory)
        i++;
    if (i == c->out)
        fail_msg("a block of %zu B was given back that was not taken", size);
    assert_int_equal(c->blocks[i].size, size);
    c->blocks[i] = c->blocks[--c->out];
    c->released++;
    c->out_bytes -= size;
    free(memory);
}

static size_t inner_footprint(const struct pl_allocator *self, size_t size)
{
    (void)self;
    return size + 1;
}

void counted_open(struct counted *c, const char *text, const struct pl_class *classes,
                  size_t class_count)
{
    struct pl_error error = {""};
    memset(c, 0, sizeof *c);
    c->room = COUNTED_BLOCKS;
    if (pl_stack_parse(text, &c->spec, &error) ||
        pl_stack_check(&c->spec, classes, class_count, NULL, 0, &error))
        fail_msg("%s", error.text);
    const struct pl_backend *layer = c->spec.layers[0].backend;
    struct pl_layer_context context = {&c->spec, 0, classes, class_count, NULL, 0};
    c->inner = (struct pl_allocator){
        .acquire = inner_acquire, .release = inner_release, .footprint = inner_footprint};
    for (size_t i = 0; i < class_count; i++)
        c->links[i] = &c->inner;
    c->bytes = layer->state_bytes(&context);
    c->state = pl_mapping_new(c->bytes);
    if (!c->state || layer->open(c->state, &context, c->links, &error))
        fail_msg("%s", error.text);
}

void counted_close(struct counted *c)
{
    c->spec.layers[0].backend->close(c->state);
    assert_int_equal(counted_stats(c).reserved_bytes, 0);
    pl_mapping_delete(c->state, c->bytes);
    assert_int_equal(c->out, 0);
    assert_int_equal(c->acquired, c->released);
}

struct pl_stack_stats counted_stats(const struct counted *c)
{
    struct pl_stack_stats stats = {0};
    c->spec.layers[0].backend->stats(c->state, &stats);
    return stats;
}

uint64_t counted_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}
