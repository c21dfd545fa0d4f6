/* The books of what a pool has, by themselves: which block an address is, and what is reserved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "allocators/backend.h"
#include "allocators/layers/pool_blocks.h"

enum { MANY = 5000 };

static struct pl_pool_counters counters;
static struct pl_allocator inner, link, other;

/* Addresses without memory: nothing here looks behind them. */
static void *address(size_t i)
{
    return (void *)(16 * (i + 1));
}

static size_t given_back;

static void count_given_back(struct pl_allocator *self, void *memory, size_t size)
{
    (void)self;
    if (!memory)
        return;
    assert_int_equal(size, 100);
    given_back++;
}

static struct pl_block *hold(struct pl_blocks *blocks, size_t i)
{
    struct pl_block *block = pl_blocks_new(blocks, &inner);
    assert_non_null(block);
    assert_ptr_equal(block->inner, &inner);
    assert_true(pl_blocks_attach(blocks, block, address(i), 100));
    block->holder = &link;
    return block;
}

static void knows_blocks_by_address_and_holder(void **state)
{
    struct pl_blocks blocks = {.counters = &counters};
    (void)state;
    struct pl_block *block = hold(&blocks, 7);
    assert_ptr_equal(pl_blocks_find_held(&blocks, address(7), &link), block);
    assert_null(pl_blocks_find_held(&blocks, address(7), &other));
    assert_null(pl_blocks_find_held(&blocks, address(8), &link));
    assert_ptr_equal(pl_blocks_detach(&blocks, block), address(7));
    assert_null(pl_blocks_find_held(&blocks, address(7), &link));
    assert_null(pl_blocks_detach(&blocks, block));
    assert_null(pl_blocks_detach_shell(&blocks, block));
    pl_blocks_delete(&blocks, block);
    assert_ptr_equal(hold(&blocks, 8), block); /* used again, and yet no other address's */
    assert_null(pl_blocks_find_held(&blocks, address(7), &link));
    assert_ptr_equal(pl_blocks_detach(&blocks, block), address(8));
    pl_blocks_close(&blocks);
}

static void holds_many(void **state)
{
    static struct pl_block *held[MANY];
    struct pl_blocks blocks = {.counters = &counters};
    (void)state;
    inner.release = count_given_back;
    for (size_t i = 0; i < MANY; i++)
        held[i] = hold(&blocks, i);
    assert_int_equal(counters.reserved, 100 * MANY);
    for (size_t i = 0; i < MANY; i++)
        assert_ptr_equal(pl_blocks_find_held(&blocks, address(i), &link), held[i]);
    for (size_t i = 0; i < MANY; i += 2)
        pl_blocks_detach(&blocks, held[i]);
    assert_int_equal(counters.reserved, 100 * MANY / 2);
    assert_int_equal(counters.reserved_peak, 100 * MANY);
    assert_int_equal(blocks.book.count, MANY / 2);
    pl_blocks_close(&blocks);
    assert_int_equal(given_back, MANY / 2);
    assert_int_equal(counters.reserved, 0);
}

static void lists_in_a_row(void **state)
{
    struct pl_block_list list = {NULL, NULL};
    struct pl_block blocks[3];
    (void)state;
    assert_null(pl_block_list_pop(&list));
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < 3; i++)
            pl_block_list_append(&list, &blocks[i]);
        for (size_t i = 0; i < 3; i++)
            assert_ptr_equal(pl_block_list_pop(&list), &blocks[i]);
        assert_null(pl_block_list_pop(&list));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_blocks_by_address_and_holder),
        cmocka_unit_test(holds_many),
        cmocka_unit_test(lists_in_a_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
