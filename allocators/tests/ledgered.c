#include "allocators/tests/ledgered.h"
#include "allocators/base/mapping.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

extern const struct pl_backend pl_backend_ledger;

static void *inner_acquire(struct pl_allocator *self, size_t size)
{
    struct ledgered *l = (struct ledgered *)self;
    l->inner_acquired++;
    l->inner_acquired_size = size;
    return l->next;
}

static void inner_release(struct pl_allocator *self, void *block, size_t size)
{
    struct ledgered *l = (struct ledgered *)self;
    (void)block;
    l->inner_released++;
    l->inner_released_size = size;
}

static size_t inner_footprint(const struct pl_allocator *self, size_t size)
{
    (void)self;
    return size + 7;
}

void ledgered_open(struct ledgered *l)
{
    static const struct pl_class class = {"block", 100, -1};
    struct pl_stack_spec spec;
    struct pl_error error;
    memset(l, 0, sizeof *l);
    assert_int_equal(pl_stack_parse("ledger/glibc", &spec, &error), 0);
    struct pl_layer_context context = {&spec, 0, &class, 1, NULL, 0};
    l->inner = (struct pl_allocator){
        .acquire = inner_acquire, .release = inner_release, .footprint = inner_footprint};
    l->link = &l->inner;
    l->bytes = pl_backend_ledger.state_bytes(&context);
    l->state = pl_mapping_new(l->bytes);
    assert_non_null(l->state);
    assert_int_equal(pl_backend_ledger.open(l->state, &context, &l->link, &error), 0);
    l->ledger = pl_backend_ledger.ledger(l->state);
    pl_backend_ledger.clock(l->state, &l->now_ns);
    assert_int_equal(l->link->footprint(l->link, 5), 12);
}

void ledgered_close(struct ledgered *l)
{
    pl_backend_ledger.close(l->state);
    pl_mapping_delete(l->state, l->bytes);
}

void *ledgered_take(struct ledgered *l, uintptr_t address, size_t size, struct pl_site *site)
{
    l->next = (void *)address;
    pl_site_set(site);
    void *block = pl_acquire(l->link, size);
    if (block)
        assert_int_equal(l->inner_acquired_size, size);
    return block;
}

struct looking {
    uintptr_t address;
    size_t size, found;
};

static void look(void *context, const struct pl_ledger_block *block)
{
    struct looking *looking = context;
    looking->found += (uintptr_t)block->block == looking->address && block->size == looking->size;
}

size_t ledgered_find(const struct ledgered *l, uintptr_t address, size_t size)
{
    struct looking looking = {address, size, 0};
    pl_ledger_walk(l->ledger, look, &looking);
    return looking.found;
}
