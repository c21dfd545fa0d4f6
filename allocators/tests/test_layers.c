/* The limit, the fault and the floor: what each refuses, counts and passes through. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "allocators/tests/opened.h"

enum { MANY = 4096 };

static void *held[MANY];

/* How many objects of one class a stack hands out before it says no. */
static size_t fill(struct pl_allocator *link, size_t size)
{
    size_t count = 0;
    while (count < MANY && (held[count] = pl_acquire(link, size)))
        count++;
    return count;
}

static size_t capacity(const char *text, size_t size, uint64_t budget_max)
{
    const struct pl_class class = {"packet", size, 0};
    const struct pl_budget budget = {"packets", budget_max};
    struct pl_stack *stack = open_stack(text, &class, 1, &budget, 1);
    size_t count = fill(pl_stack_class(stack, 0), size);
    for (size_t i = 0; i < count; i++)
        pl_release(pl_stack_class(stack, 0), held[i], size);
    assert_int_equal(stats_of(stack).corruptions, 0);
    pl_stack_close(stack);
    return count;
}

static void equality_passes(void **state)
{
    (void)state;
    assert_int_equal(capacity("limited/glibc", 696, 10 * 696), 10);
    assert_int_equal(capacity("limited/glibc", 696, 10 * 696 - 1), 9);
    assert_int_equal(capacity("limited/glibc", 696, 11 * 696 - 1), 10);
    assert_int_equal(capacity("limited/null", 696, 100 * 704), 100);
}

static void weighs_by_its_place(void **state)
{
    (void)state;
    /* Above a slab: live slots. */
    assert_int_equal(capacity("limited", 696, 100 * 720), 100);
    assert_int_equal(capacity("limited/slab:guards=off/glibc", 696, 100 * 704), 100);
    assert_int_equal(capacity("limited/fault:nth=1000/slab/glibc", 696, 100 * 720), 100);
    /* Below one: whole slabs of 1, 2 and 4 slots, exactly; one byte short, of 1, 2, 2 and 1. */
    assert_int_equal(capacity("slab/limited/glibc", 696, 7 * 720 + 3 * 56), 7);
    assert_int_equal(capacity("slab/limited/glibc", 696, 7 * 720 + 3 * 56 - 1), 6);
}

static void own_maximum_goes_first(void **state)
{
    (void)state;
    assert_int_equal(capacity("limited:max=7200B", 696, 720), 10);
    assert_int_equal(capacity("limited:max=1MiB/limited/slab/glibc", 696, 7200), 10);
}

static void zero_counts_without_limiting(void **state)
{
    (void)state;
    assert_int_equal(capacity("limited/glibc", 696, 0), MANY);
}

static void counts_refusals_and_takes_back(void **state)
{
    const struct pl_class class = {"packet", 696, 0};
    const struct pl_budget budget = {"packets", 3 * 720};
    struct pl_stack *stack = open_stack("limited", &class, 1, &budget, 1);
    struct pl_allocator *link = pl_stack_class(stack, 0);
    (void)state;
    assert_int_equal(fill(link, 696), 3);
    assert_int_equal(stats_of(stack).refusals, 1);
    assert_int_equal(stats_of(stack).heap_failures, 0);
    pl_release(link, held[1], 696);
    assert_non_null(held[1] = pl_acquire(link, 100)); /* a slot, however little is asked for */
    assert_null(pl_acquire(link, 100));
    assert_int_equal(stats_of(stack).refusals, 2);
    pl_release(link, held[1], 100);
    pl_release(link, NULL, 696);
    assert_int_equal(stats_of(stack).corruptions, 0);
    assert_int_equal(fill(link, 696), 1);
    pl_stack_close(stack);
}

static void classes_share_budgets(void **state)
{
    const struct pl_class classes[] = {
        {"packet", 696, 0}, {"buffer", 2072, 0}, {"frame", 4120, 1}, {"other", 4120, 1}};
    const struct pl_budget budgets[] = {{"packets", 720 + 2096}, {"frames", 4144}};
    struct pl_stack *stack = open_stack("limited", classes, 4, budgets, 2);
    (void)state;
    assert_non_null(pl_acquire(pl_stack_class(stack, 0), 696));
    assert_non_null(pl_acquire(pl_stack_class(stack, 1), 2072));
    assert_null(pl_acquire(pl_stack_class(stack, 0), 696));
    void *frame = pl_acquire(pl_stack_class(stack, 3), 4120);
    assert_non_null(frame);
    assert_null(pl_acquire(pl_stack_class(stack, 2), 4120));
    pl_release(pl_stack_class(stack, 3), frame, 4120);
    assert_non_null(pl_acquire(pl_stack_class(stack, 2), 4120));
    pl_stack_close(stack);
}

static void own_maximum_is_each_budgets(void **state)
{
    const struct pl_class classes[] = {
        {"a", 100, 0}, {"b", 100, 1}, {"c", 100, -1}, {"d", 100, -1}};
    const struct pl_budget budgets[] = {{"x", 1}, {"y", 1}};
    struct pl_stack *stack = open_stack("limited:max=200B/glibc", classes, 4, budgets, 2);
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        held[2 * i] = pl_acquire(pl_stack_class(stack, i), 100);
        held[2 * i + 1] = pl_acquire(pl_stack_class(stack, i), 100);
        assert_non_null(held[2 * i + 1]);
        assert_null(pl_acquire(pl_stack_class(stack, i), 100));
    }
    assert_null(pl_acquire(pl_stack_class(stack, 3), 100)); /* shares with c */
    for (size_t i = 0; i < 6; i++)
        pl_release(pl_stack_class(stack, i / 2), held[i], 100);
    pl_stack_close(stack);
}

static void two_limits_count_apart(void **state)
{
    const struct pl_class class = {"packet", 696, 0};
    const struct pl_budget budget = {"packets", 1 << 20};
    struct pl_stack *stack =
        open_stack("limited:max=5KiB/slab/limited:max=3KiB/glibc", &class, 1, &budget, 1);
    struct pl_allocator *link = pl_stack_class(stack, 0);
    (void)state;
    assert_int_equal(fill(link, 696), 4); /* 1 + 2 + 1 slots: 3 slabs of 3072 B */
    assert_true(stats_of(stack).refusals >= 1);
    for (size_t i = 0; i < 4; i++)
        pl_release(link, held[i], 696);
    assert_int_equal(fill(link, 696), 4);
    assert_int_equal(stats_of(stack).corruptions, 0);
    pl_stack_close(stack);
}

static void finds_over_release(void **state)
{
    const struct pl_class class = {"packet", 1000, 0};
    const struct pl_budget budget = {"packets", 2000};
    struct pl_stack *stack = open_stack("limited/glibc", &class, 1, &budget, 1);
    struct pl_allocator *link = pl_stack_class(stack, 0);
    (void)state;
    void *block = pl_acquire(link, 100);
    pl_release(link, block, 101);
    assert_int_equal(stats_of(stack).corruptions, 1);
    assert_null(pl_acquire(link, 1901)); /* nothing was taken off */
    pl_stack_close(stack);
}

/* What the inner links refuse is not held against the budget. */
static void inner_failure_costs_no_budget(void **state)
{
    const struct pl_class class = {"packet", 696, 0};
    const struct pl_budget budget = {"packets", 2 * 696};
    struct pl_stack *stack = open_stack("limited/fault:nth=1/glibc", &class, 1, &budget, 1);
    struct pl_allocator *link = pl_stack_class(stack, 0);
    (void)state;
    assert_null(pl_acquire(link, 696));
    assert_int_equal(fill(link, 696), 2);
    assert_int_equal(stats_of(stack).heap_failures, 1);
    assert_int_equal(stats_of(stack).refusals, 1);
    for (size_t i = 0; i < 2; i++)
        pl_release(link, held[i], 696);
    pl_stack_close(stack);
}

static void faults_by_number(void **state)
{
    const struct pl_class classes[] = {{"a", 32, -1}, {"b", 64, -1}};
    struct pl_stack *stack = open_stack("fault:nth=2,every=5/glibc", classes, 2, NULL, 0);
    (void)state;
    for (size_t number = 1; number <= 20; number++) {
        struct pl_allocator *link = pl_stack_class(stack, number % 2);
        void *block = pl_acquire(link, 32);
        assert_int_equal(!block, number == 2 || number % 5 == 0);
        pl_release(link, block, 32);
    }
    assert_int_equal(stats_of(stack).heap_failures, 5);
    assert_false(stats_of(stack).pooled);
    assert_int_equal(stats_of(stack).reserved_bytes, 0);
    pl_stack_close(stack);
}

static void null_hands_out_its_pool(void **state)
{
    const struct pl_class classes[] = {{"a", 1000, -1}, {"b", 1, -1}};
    struct pl_stack *stack = open_stack("null:size=64KiB", classes, 2, NULL, 0);
    struct pl_allocator *link = pl_stack_class(stack, 0);
    (void)state;
    assert_int_equal(stats_of(stack).reserved_bytes, 2 * 65536);
    assert_int_equal(stats_of(stack).reserved_bytes_peak, 2 * 65536);
    assert_int_equal(fill(link, 1000), 65536 / 1008);
    assert_int_equal(stats_of(stack).heap_failures, 1);
    assert_null(pl_acquire(link, 1001));
    assert_int_equal(stats_of(stack).oversize, 1);
    pl_release(link, held[7], 1000);
    pl_release(link, held[3], 1000);
    assert_ptr_equal(pl_acquire(link, 1000), held[3]); /* the last one first: its memory is warm */
    assert_ptr_equal(pl_acquire(link, 1000), held[7]);
    assert_int_equal(fill(pl_stack_class(stack, 1), 1), 65536 / 16);
    pl_stack_close(stack);
}

/* Sized by what is asked of it: as much again each time, the first blocks still the warmest. */
static void null_grows_with_the_need(void **state)
{
    enum { BLOCK = 1 << 20 };
    const struct pl_class classes[] = {{"small", BLOCK, -1}, {"large", 9 << 20, -1}};
    struct pl_stack *stack = open_stack("null", classes, 2, NULL, 0);
    struct pl_allocator *link = pl_stack_class(stack, 0);
    (void)state;
    assert_int_equal(stats_of(stack).reserved_bytes, (8 + 9) * BLOCK);
    for (size_t i = 0; i < 17; i++)
        assert_non_null(held[i] = pl_acquire(link, BLOCK));
    assert_int_equal(stats_of(stack).reserved_bytes_peak, (32 + 9) * BLOCK);
    for (size_t i = 0; i < 17; i++)
        for (size_t k = 0; k < i; k++)
            assert_true((uint8_t *)held[i] >= (uint8_t *)held[k] + BLOCK ||
                        (uint8_t *)held[k] >= (uint8_t *)held[i] + BLOCK);
    pl_release(link, held[3], BLOCK);
    assert_ptr_equal(pl_acquire(link, BLOCK), held[3]);
    assert_int_equal(stats_of(stack).heap_failures, 0);
    pl_stack_close(stack);
}

static void wrong_heap_is_refused(void **state)
{
    static const char *const heaps[] = {"jemalloc", "mimalloc",
                                        "tcmalloc", "tbbmalloc",
                                        "scudo",    "slab/preload:path=/nowhere/libmine.so"};
    const struct pl_class class = {"packet", 696, -1};
    (void)state;
    for (size_t i = 0; i < sizeof heaps / sizeof *heaps; i++) {
        struct pl_stack_spec spec;
        struct pl_stack *stack = NULL;
        struct pl_error error;
        assert_int_equal(pl_stack_parse(heaps[i], &spec, &error), 0);
        assert_int_equal(pl_stack_open(&spec, &class, 1, NULL, 0, &stack, &error), -ENOSYS);
        assert_null(stack);
        assert_non_null(strstr(error.text, "does not serve this process"));
    }
}

/* RLIMIT_DATA counts private mappings and leaves the stacks' shared state alone. */
static void allow_private_memory(bool allowed)
{
    struct rlimit limit;
    getrlimit(RLIMIT_DATA, &limit);
    limit.rlim_cur = allowed ? limit.rlim_max : 1;
    assert_int_equal(setrlimit(RLIMIT_DATA, &limit), 0);
}

static void failed_pool_is_an_error(void **state)
{
    const struct pl_class class = {"packet", 696, -1};
    struct pl_stack_spec spec;
    struct pl_stack *stack = NULL;
    struct pl_error error = {""};
    (void)state;
    skip_if_sanitized();
    assert_int_equal(pl_stack_parse("fault:nth=1/null", &spec, &error), 0);
    allow_private_memory(false);
    int rc = pl_stack_open(&spec, &class, 1, NULL, 0, &stack, &error);
    allow_private_memory(true);
    assert_int_equal(rc, -ENOMEM);
    assert_null(stack);
    assert_string_equal(error.text,
                        "stack 'fault:nth=1/null': null: no memory for its pool of packet");
    pl_stack_close(NULL);
}

static void failed_heap_is_counted(void **state)
{
    static const char *const stacks[] = {"glibc", "slab", "slab:backing=mmap"};
    const struct pl_class class = {"frame", 64 << 20, -1};
    (void)state;
    skip_if_sanitized();
    for (size_t i = 0; i < sizeof stacks / sizeof *stacks; i++) {
        struct pl_stack *stack = open_stack(stacks[i], &class, 1, NULL, 0);
        allow_private_memory(false);
        void *block = pl_acquire(pl_stack_class(stack, 0), 64 << 20);
        allow_private_memory(true);
        assert_null(block);
        assert_int_equal(stats_of(stack).heap_failures, 1);
        assert_int_equal(stats_of(stack).reserved_bytes, 0);
        pl_stack_close(stack);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equality_passes),
        cmocka_unit_test(weighs_by_its_place),
        cmocka_unit_test(own_maximum_goes_first),
        cmocka_unit_test(zero_counts_without_limiting),
        cmocka_unit_test(counts_refusals_and_takes_back),
        cmocka_unit_test(classes_share_budgets),
        cmocka_unit_test(own_maximum_is_each_budgets),
        cmocka_unit_test(two_limits_count_apart),
        cmocka_unit_test(finds_over_release),
        cmocka_unit_test(inner_failure_costs_no_budget),
        cmocka_unit_test(faults_by_number),
        cmocka_unit_test(null_hands_out_its_pool),
        cmocka_unit_test(null_grows_with_the_need),
        cmocka_unit_test(wrong_heap_is_refused),
        cmocka_unit_test(failed_pool_is_an_error),
        cmocka_unit_test(failed_heap_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
