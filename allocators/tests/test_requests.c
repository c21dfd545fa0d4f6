/* Aligned, zeroed and resized blocks through layers: what limits, faults and ledgers count of them,
 * and what goes around a pool of one size. */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "allocators/ledger/statement.h"
#include "allocators/tests/opened.h"

static const struct pl_class any = {"any", PL_CLASS_ANY, -1};

static void a_limit_counts_resizes(void **state)
{
    struct pl_stack *stack = open_stack("limited:max=1000B/glibc", &any, 1, NULL, 0);
    struct pl_allocator *link = pl_stack_class(stack, 0);
    (void)state;
    struct pl_request held = {.size = 600, .alignment = 64};
    unsigned char *block = pl_acquire_as(link, &held);
    memset(block, 7, 600);
    assert_null(pl_resize(link, block, &held, 1001));
    assert_int_equal(stats_of(stack).refusals, 1);
    assert_int_equal(block[599], 7);
    block = pl_resize(link, block, &held, 1000);
    assert_non_null(block);
    assert_int_equal(block[599], 7);
    assert_null(pl_acquire(link, 1));
    held = (struct pl_request){.size = 1000};
    block = pl_resize(link, block, &held, 10);
    void *rest = pl_acquire(link, 990);
    assert_non_null(rest);
    pl_release(link, rest, 990);
    pl_release(link, block, 10);
    rest = pl_acquire(link, 1000);
    assert_non_null(rest);
    pl_release(link, rest, 1000);
    assert_int_equal(stats_of(stack).corruptions, 0);
    assert_int_equal(stats_of(stack).resize_fallbacks, 0);
    pl_stack_close(stack);
}

/* Above a slab it counts slots, two of which a resize holds for a moment. */
static void a_limit_above_a_pool_counts_slots(void **state)
{
    const struct pl_class class = {"packet", 696, -1};
    struct pl_stack *stack = open_stack("limited:max=720B/slab/glibc", &class, 1, NULL, 0);
    struct pl_allocator *link = pl_stack_class(stack, 0);
    const struct pl_request held = {.size = 600, .alignment = 64};
    (void)state;
    void *block = pl_acquire_as(link, &held);
    assert_non_null(block);
    assert_null(pl_acquire_as(link, &held));
    block = pl_resize(link, block, &held, 696);
    assert_non_null(block);
    pl_release(link, block, 696);
    struct pl_stack_stats stats = stats_of(stack);
    assert_int_equal(stats.refusals, 1);
    assert_int_equal(stats.alignment_fallbacks, 1);
    assert_int_equal(stats.resize_fallbacks, 1);
    assert_int_equal(stats.corruptions, 0);
    pl_stack_close(stack);
}

static void a_fault_counts_each_call(void **state)
{
    struct pl_stack *stack = open_stack("fault:nth=3/glibc", &any, 1, NULL, 0);
    struct pl_allocator *link = pl_stack_class(stack, 0);
    const struct pl_request zeroed = {.size = 100, .zeroed = true}, plain = {.size = 100};
    (void)state;
    unsigned char *block = pl_acquire_as(link, &zeroed), *other = pl_acquire(link, 100);
    block[0] = 9;
    assert_null(pl_resize(link, block, &plain, 200));
    assert_int_equal(block[0], 9);
    block = pl_resize(link, block, &plain, 200);
    assert_int_equal(block[0], 9);
    assert_int_equal(stats_of(stack).heap_failures, 1);
    pl_release(link, block, 200);
    pl_release(link, other, 100);
    pl_stack_close(stack);
}

static void a_ledger_follows_a_block(void **state)
{
    struct pl_stack *stack = open_stack("ledger/limited:max=5KiB/glibc", &any, 1, NULL, 0);
    struct pl_allocator *link = pl_stack_class(stack, 0);
    struct pl_ledger *ledger = pl_stack_ledger(stack);
    struct pl_request held = {.size = 64, .alignment = 64};
    struct pl_ledger_count count;
    (void)state;
    void *block = pl_acquire_as(link, &held);
    assert_null(pl_resize(link, block, &held, 6000));
    pl_ledger_totals(ledger, &count);
    assert_int_equal(pl_ledger_current(&count), 64);
    assert_int_equal(count.refused, 1);
    assert_int_equal(pl_ledger_survey(ledger, 0)->bytes, 64);
    block = pl_resize(link, block, &held, 5000);
    held = (struct pl_request){.size = 5000};
    pl_ledger_totals(ledger, &count);
    assert_int_equal(pl_ledger_live_blocks(&count), 1);
    assert_int_equal(pl_ledger_current(&count), 5000);
    assert_int_equal(count.peak_bytes, 5000);
    assert_int_equal(pl_ledger_survey(ledger, 0)->bytes, 5000);
    pl_release_as(link, block, &held);
    assert_true(pl_ledger_check(ledger));
    assert_int_equal(pl_ledger_corruptions(ledger), 0);
    pl_stack_close(stack);
}

static void any_size_goes_around_pools(void **state)
{
    static const char *const stacks[] = {"slab/glibc", "frame_pool/glibc",
                                         "limited:max=1MiB/slab/glibc"};
    const struct pl_class classes[] = {{"packet", 696, -1}, {"any", PL_CLASS_ANY, -1}};
    const struct pl_request zeroed = {.size = 5000, .zeroed = true, .alignment = 4096};
    (void)state;
    for (size_t i = 0; i < sizeof stacks / sizeof *stacks; i++) {
        struct pl_stack *stack = open_stack(stacks[i], classes, 2, NULL, 0);
        struct pl_allocator *link = pl_stack_class(stack, 1);
        void *block = pl_acquire_as(link, &zeroed);
        assert_non_null(block);
        block = pl_resize(link, block, &zeroed, 100000);
        pl_release(link, block, 100000);
        pl_release(pl_stack_class(stack, 0), pl_acquire(pl_stack_class(stack, 0), 696), 696);
        struct pl_stack_stats stats = stats_of(stack);
        assert_int_equal(stats.fallback_allocations, 2);
        assert_int_equal(stats.alignment_fallbacks + stats.resize_fallbacks, 0);
        pl_stack_close(stack);
    }
}

static void null_has_no_block_of_any_size(void **state)
{
    struct pl_stack *stack = open_stack("null", &any, 1, NULL, 0);
    (void)state;
    assert_null(pl_acquire(pl_stack_class(stack, 0), 8));
    assert_int_equal(stats_of(stack).oversize, 1);
    pl_stack_close(stack);
}

static void one_class_of_any_size_at_most(void **state)
{
    const struct pl_class two[] = {any, any};
    struct pl_stack_spec spec;
    struct pl_error error;
    (void)state;
    assert_int_equal(pl_stack_parse("glibc", &spec, &error), 0);
    assert_int_equal(pl_stack_check(&spec, two, 1, NULL, 0, &error), 0);
    assert_true(pl_stack_check(&spec, two, 2, NULL, 0, &error) < 0);
}

/* Bytes that glibc's heap grows by for many blocks of such a request. */
static size_t growth(const struct pl_request *request)
{
    enum { MANY = 20000 };
    static void *held[MANY];
    struct pl_stack *stack = open_stack("glibc", &any, 1, NULL, 0);
    struct pl_allocator *link = pl_stack_class(stack, 0);
    malloc_trim(0);
    size_t before = mallinfo2().arena;
    for (size_t i = 0; i < MANY; i++)
        assert_non_null(held[i] = pl_acquire_as(link, request));
    size_t after = mallinfo2().arena;
    for (size_t i = 0; i < MANY; i++)
        pl_release_as(link, held[i], request);
    pl_stack_close(stack);
    return after - before;
}

/* It is the heap's own way that serves them: what that costs shows. */
static void alignment_costs_glibc_double(void **state)
{
    const struct pl_request plain = {.size = 64}, aligned = {.size = 64, .alignment = 64};
    (void)state;
    skip_if_sanitized();
    size_t of_plain = growth(&plain), of_aligned = growth(&aligned);
    assert_true(of_plain > 0);
    assert_true(2 * of_aligned > 3 * of_plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_limit_counts_resizes),
        cmocka_unit_test(a_limit_above_a_pool_counts_slots),
        cmocka_unit_test(a_fault_counts_each_call),
        cmocka_unit_test(a_ledger_follows_a_block),
        cmocka_unit_test(any_size_goes_around_pools),
        cmocka_unit_test(null_has_no_block_of_any_size),
        cmocka_unit_test(one_class_of_any_size_at_most),
        cmocka_unit_test(alignment_costs_glibc_double),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
