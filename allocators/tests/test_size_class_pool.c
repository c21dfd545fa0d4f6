/* The pool of buffers: what hits and what misses, what is kept of what comes back, which buffer
 * goes out next, and that all is given back. The numbers are worked out by hand. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "allocators/base/size_classes.h"
#include "allocators/tests/counted.h"
#include "allocators/tests/opened.h"

enum {
    GRID = 1080008,                                         /* ascii-chat: 8 + 800 x 450 x 3 */
    ASCII_CHAT = 128 * 1024 + 32 * 64 * 1024 + 16 * 262144, /* 6,422,528 B */
    WITH_ITS_OWN = ASCII_CHAT + 8 * 1310720
};

static struct counted c;

static void check_books(uint64_t hits, uint64_t misses, uint64_t reserved)
{
    struct pl_stack_stats stats = counted_stats(&c);
    assert_true(stats.pooled && stats.counts_hits);
    assert_int_equal(stats.pool_hits, hits);
    assert_int_equal(stats.pool_misses, misses);
    assert_int_equal(stats.fallback_allocations, misses);
    assert_int_equal(stats.reserved_bytes, reserved);
    assert_int_equal(stats.reserved_bytes, c.out_bytes);
}

static void open_pool(const char *options)
{
    static const struct pl_class class = {"packet", 1000, -1};
    char text[200];
    snprintf(text, sizeof text, "size_class_pool%s%s/glibc", *options ? ":" : "", options);
    counted_open(&c, text, &class, 1);
}

static void *take(size_t size)
{
    void *block = pl_acquire(c.links[0], size);
    assert_non_null(block);
    return block;
}

static void give(void *block, size_t size)
{
    pl_release(c.links[0], block, size);
}

static void reads_lists(void **state)
{
    struct pl_size_classes sizes = {.count = 77};
    (void)state;
    assert_true(pl_size_classes_parse("1KiBx128+64KiBx32+256KiBx16+1.25MiBx1", &sizes));
    static const struct pl_size_class expected[] = {
        {1024, 128}, {65536, 32}, {262144, 16}, {1310720, 1}};
    assert_int_equal(sizes.count, 4);
    assert_memory_equal(sizes.classes, expected, sizeof expected);
    static const uint64_t finds[][2] = {{0, 0},       {1, 0},      {1024, 0},   {1025, 1},
                                        {65536, 1},   {65537, 2},  {262144, 2}, {262145, 3},
                                        {1310720, 3}, {1310721, 4}};
    for (size_t i = 0; i < PL_ARRAY_COUNT(finds); i++)
        assert_int_equal(pl_size_classes_find(&sizes, finds[i][0]), finds[i][1]);
    static const char too_many[] = "1Bx1+2Bx1+3Bx1+4Bx1+5Bx1+6Bx1+7Bx1+8Bx1+9Bx1+"
                                   "10Bx1+11Bx1+12Bx1+13Bx1+14Bx1+15Bx1+16Bx1+17Bx1";
    static const char *const bad[] = {"",
                                      "1KiB",
                                      "1KiBx",
                                      "x4",
                                      "1KiBx0",
                                      "0Bx4",
                                      "1024x4",
                                      "1KiBx4+",
                                      "+1KiBx4",
                                      "1KiBx4++2KiBx4",
                                      "2KiBx4+1KiBx4",
                                      "1KiBx4+1024Bx4",
                                      "1KiBx65537",
                                      "1KiBx-1",
                                      "1KiBx1x1",
                                      "1025MiBx1",
                                      "1KiBx99999999999999999999",
                                      too_many};
    for (size_t i = 0; i < PL_ARRAY_COUNT(bad); i++)
        if (pl_size_classes_parse(bad[i], &sizes))
            fail_msg("'%s' was read", bad[i]);
    assert_int_equal(sizes.count, 4);
}

/* The scenario pool-class-miss: 7 frames live, 30 of them pass. */
static void grid_frames_miss_ascii_chats_classes(void **state)
{
    void *held[7];
    (void)state;
    open_pool("");
    assert_int_equal(c.acquired, 128 + 32 + 16);
    check_books(0, 0, ASCII_CHAT);
    for (size_t i = 0; i < 30; i++) {
        if (i >= 7)
            give(held[i % 7], GRID);
        held[i % 7] = take(GRID);
    }
    check_books(0, 30, ASCII_CHAT + 7 * (uint64_t)GRID);
    for (size_t i = 0; i < 7; i++)
        give(held[i], GRID);
    check_books(0, 30, ASCII_CHAT);
    counted_close(&c);
}

static void grid_frames_hit_a_class_of_their_own(void **state)
{
    void *held[7];
    (void)state;
    open_pool("classes=1KiBx128+64KiBx32+256KiBx16+1.25MiBx8");
    check_books(0, 0, WITH_ITS_OWN);
    for (size_t i = 0; i < 30; i++) {
        if (i >= 7)
            give(held[i % 7], GRID);
        held[i % 7] = take(GRID);
    }
    check_books(30, 0, WITH_ITS_OWN);
    assert_int_equal(c.acquired, 128 + 32 + 16 + 8);
    counted_close(&c);
}

static void a_request_draws_on_the_smallest_class_that_holds_it(void **state)
{
    (void)state;
    open_pool("classes=100Bx1+200Bx1+300Bx1");
    take(101);
    check_books(1, 0, 600);
    take(200); /* its class is empty now, the next one is not asked */
    check_books(1, 1, 800);
    take(300);
    take(0);
    check_books(3, 1, 800);
    take(1);
    take(301);
    check_books(3, 3, 1102);
    static const size_t capacities[][2] = {{0, 100},   {1, 100},   {100, 100},
                                           {101, 200}, {300, 300}, {301, 301}};
    for (size_t i = 0; i < PL_ARRAY_COUNT(capacities); i++)
        assert_int_equal(c.links[0]->footprint(c.links[0], capacities[i][0]), capacities[i][1] + 1);
    counted_close(&c);
}

/* Two of 100 B; what else comes back is kept from 100 B to 200 B, while there is room. */
static void the_check_keeps_what_has_the_capacity_of_a_class(void **state)
{
    static const struct {
        size_t size;
        bool kept;
    } rows[] = {{99, false}, {100, true}, {101, true}, {200, true}, {201, false}};
    (void)state;
    for (size_t i = 0; i < PL_ARRAY_COUNT(rows); i++) {
        open_pool("classes=100Bx2");
        void *first = take(100), *second = take(100), *other = take(rows[i].size);
        check_books(2, 1, 200 + rows[i].size);
        give(other, rows[i].size);
        check_books(2, 1, 200 + (rows[i].kept ? rows[i].size : 0));
        give(first, 100);
        give(second, 100); /* no room, if the other one is kept */
        check_books(2, 1, rows[i].kept ? 100 + rows[i].size : 200);
        assert_ptr_equal(take(100), rows[i].kept ? first : second);
        assert_ptr_equal(take(100), rows[i].kept ? other : first);
        counted_close(&c);
    }
}

/* Between two classes' ranges, and where they overlap: the larger class has it. */
static void the_check_finds_the_class_of_a_capacity(void **state)
{
    (void)state;
    open_pool("classes=100Bx1+150Bx1+400Bx1");
    take(1);
    take(101);
    take(400);
    void *overlap = take(150), *between = take(301);
    give(between, 301); /* over 2 x 150 */
    check_books(3, 2, 650 + 150);
    give(overlap, 150);
    check_books(3, 2, 650 + 150);
    take(100); /* not kept there */
    check_books(3, 3, 650 + 250);
    assert_ptr_equal(take(150), overlap);
    counted_close(&c);
}

/* Unchecked, a class takes back what is too small for it and what is far too large. */
static void without_the_check_anything_is_taken_back(void **state)
{
    (void)state;
    open_pool("classes=100Bx1,check=off");
    void *own = take(100), *small = take(60);
    give(small, 60);
    give(own, 100);
    check_books(1, 1, 60);
    own = take(100); /* too small: thrown away, and a fresh one */
    check_books(1, 2, 100);
    void *large = take(5000);
    give(large, 5000);
    give(own, 100);
    check_books(1, 3, 5000);
    assert_ptr_equal(take(1), large);
    check_books(2, 3, 5000);
    counted_close(&c);
    open_pool("classes=100Bx1+200Bx1,check=off");
    take(100);
    take(200);
    large = take(5000);
    give(large, 5000);
    take(100); /* it is the last class's */
    check_books(2, 2, 300 + 5000 + 100);
    assert_ptr_equal(take(200), large);
    counted_close(&c);
}

static void one_list_of_each_class(void **state)
{
    (void)state;
    open_pool("classes=100Bx3+1000Bx1,order=class");
    void *a = take(100), *b = take(100), *d = take(1000);
    give(a, 100);
    give(d, 1000);
    give(b, 100);
    assert_ptr_equal(take(50), b);
    assert_ptr_equal(take(50), a);
    take(50);
    take(50); /* the 1000 B are not for it */
    check_books(6, 1, 1300 + 50);
    assert_ptr_equal(take(500), d);
    counted_close(&c);
}

static void one_list_of_all(void **state)
{
    (void)state;
    open_pool("classes=100Bx2+1000Bx1,order=lifo");
    void *large = take(500); /* the last in the list: past the small ones */
    check_books(1, 0, 1200);
    void *a = take(1), *b = take(1);
    take(500);
    check_books(3, 1, 1700);
    give(a, 1);
    give(large, 500);
    give(b, 1);
    assert_ptr_equal(take(500), large); /* from the middle */
    give(large, 500);
    assert_ptr_equal(take(1), large); /* the last one that came back, however large */
    assert_ptr_equal(take(1), b);
    assert_ptr_equal(take(1), a);
    check_books(7, 1, 1700);
    take(1);
    take(1001); /* fits no class */
    check_books(7, 3, 1700 + 1 + 1001);
    give(large, 1);
    check_books(7, 3, 1700 + 1 + 1001); /* to its own class, whatever it was used for */
    assert_ptr_equal(take(1000), large);
    counted_close(&c);
}

static void finds_foreign_and_twice_released_buffers(void **state)
{
    static const struct pl_class classes[] = {{"a", 100, -1}, {"b", 100, -1}};
    unsigned char foreign[100];
    (void)state;
    counted_open(&c, "size_class_pool:classes=100Bx1/glibc", classes, 2);
    void *kept = pl_acquire(c.links[0], 100);
    unsigned char *around = pl_acquire(c.links[0], 5000);
    pl_release(c.links[0], NULL, 100);
    assert_int_equal(counted_stats(&c).corruptions, 0);
    pl_release(c.links[0], foreign, 100);
    pl_release(c.links[0], around + 16, 100);
    pl_release(c.links[1], kept, 100); /* another class has it */
    assert_int_equal(counted_stats(&c).corruptions, 3);
    pl_release(c.links[0], kept, 100);
    pl_release(c.links[0], kept, 100);
    assert_int_equal(counted_stats(&c).corruptions, 4);
    assert_ptr_equal(pl_acquire(c.links[1], 100), kept); /* one pool for all classes */
    assert_ptr_not_equal(pl_acquire(c.links[1], 100), kept);
    pl_release(c.links[1], kept, 100);
    assert_int_equal(counted_stats(&c).corruptions, 4);
    counted_close(&c);
}

static void survives_failures_of_the_next_link(void **state)
{
    (void)state;
    open_pool("classes=100Bx1,check=off");
    void *own = take(100), *small = take(60);
    c.room = c.out;
    assert_null(pl_acquire(c.links[0], 100));
    assert_null(pl_acquire(c.links[0], 5000));
    assert_int_equal(counted_stats(&c).pool_misses, 3);
    assert_int_equal(counted_stats(&c).fallback_allocations, 1);
    give(small, 60);
    c.room = 1; /* the small one is thrown away, and none to be had for it */
    assert_null(pl_acquire(c.links[0], 100));
    assert_int_equal(counted_stats(&c).reserved_bytes, 100);
    give(own, 100);
    assert_ptr_equal(take(100), own);
    counted_close(&c);
}

struct mark {
    unsigned char *block, value;
    size_t size;
};

static void let_go(struct mark *mark)
{
    for (size_t i = 0; i < mark->size; i++)
        if (mark->block[i] != mark->value)
            fail_msg("a buffer of %zu B has changed", mark->size);
    give(mark->block, mark->size);
    mark->block = NULL;
}

/* Sizes up to twice the largest class and more, at random. */
static void churn(bool checked)
{
    static struct mark marks[24];
    uint64_t random = 7, acquires = 0;
    for (size_t step = 0; step < 20000; step++) {
        struct mark *mark = &marks[counted_random(&random) % 24];
        if (mark->block) {
            let_go(mark);
            continue;
        }
        mark->size = counted_random(&random) % (counted_random(&random) % 4 ? 400 : 900);
        mark->value = (unsigned char)counted_random(&random);
        mark->block = memset(take(mark->size), mark->value, mark->size);
        struct pl_stack_stats stats = counted_stats(&c);
        assert_int_equal(stats.pool_hits + stats.pool_misses, ++acquires);
        assert_int_equal(stats.fallback_allocations, stats.pool_misses);
        assert_int_equal(stats.reserved_bytes, c.out_bytes);
        assert_true(stats.reserved_bytes <= stats.reserved_bytes_peak);
    }
    for (size_t i = 0; i < 24; i++)
        if (marks[i].block)
            let_go(&marks[i]);
    struct pl_stack_stats stats = counted_stats(&c);
    assert_true(stats.pool_hits > 1000 && stats.pool_misses > 1000 && stats.corruptions == 0);
    assert_true(c.out <= 4 + 3 + 2);
    if (checked)
        assert_true(c.out_bytes >= 2 * 400 && c.out_bytes <= 2 * (4 * 50 + 3 * 200 + 2 * 400));
}

static void gives_back_what_it_took(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        char options[100];
        snprintf(options, sizeof options, "classes=50Bx4+200Bx3+400Bx2,check=%s,order=%s",
                 i % 2 ? "on" : "off", i / 2 ? "lifo" : "class");
        open_pool(options);
        churn(i % 2);
        counted_close(&c);
    }
}

static size_t fill(struct pl_allocator *link, size_t size, void **held)
{
    size_t count = 0;
    while (count < 16 && (held[count] = pl_acquire(link, size)))
        count++;
    return count;
}

static void limits_count_capacities_above_and_blocks_below(void **state)
{
    static const struct {
        const char *text;
        uint64_t max;
        size_t size, count;
    } rows[] = {
        {"limited/size_class_pool:classes=100Bx2/glibc", 350, 60, 3},
        {"limited/size_class_pool:classes=100Bx2/glibc", 350, 150, 2},
        {"size_class_pool:classes=100Bx2/limited/glibc", 319, 60, 3}, /* 200 + 60 */
        {"size_class_pool:classes=100Bx2/limited/glibc", 320, 60, 4},
        {"size_class_pool:classes=100Bx2/limited/glibc", 200, 60, 2},
        {"size_class_pool:classes=100Bx2/limited/glibc", 500, 150, 2},
    };
    (void)state;
    for (size_t i = 0; i < PL_ARRAY_COUNT(rows); i++) {
        const struct pl_class class = {"packet", rows[i].size, 0};
        const struct pl_budget budget = {"packets", rows[i].max};
        struct pl_stack *stack = open_stack(rows[i].text, &class, 1, &budget, 1);
        void *held[16];
        for (uint64_t round = 1; round <= 3; round++) {
            size_t count = fill(pl_stack_class(stack, 0), rows[i].size, held);
            assert_int_equal(count, rows[i].count);
            assert_int_equal(stats_of(stack).refusals, round);
            for (size_t k = 0; k < count; k++)
                pl_release(pl_stack_class(stack, 0), held[k], rows[i].size);
            if (strstr(rows[i].text, "pool:classes=100Bx2/limited") && rows[i].size == 150)
                break; /* two of 150 B are kept in the place of two of 100 B */
        }
        assert_int_equal(stats_of(stack).corruptions, 0);
        pl_stack_close(stack);
    }
}

/* What is made beforehand draws on the budget of the first class that uses it, and goes back there
 * whoever used it last. */
static void budgets_below_are_the_first_users(void **state)
{
    const struct pl_class classes[] = {{"large", 300, 0}, {"a", 100, 1}, {"b", 100, 2}};
    const struct pl_budget budgets[] = {{"x", 300}, {"y", 200}, {"z", 100}};
    struct pl_stack *stack =
        open_stack("size_class_pool:classes=100Bx2+300Bx1/limited/glibc", classes, 3, budgets, 3);
    struct pl_allocator *b = pl_stack_class(stack, 2);
    void *held[16];
    (void)state;
    assert_int_equal(stats_of(stack).reserved_bytes, 500);
    assert_int_equal(fill(b, 100, held), 3); /* two that y pays for, one that z does */
    for (size_t i = 0; i < 3; i++)
        pl_release(b, held[i], 100);
    assert_int_equal(stats_of(stack).reserved_bytes, 500);
    assert_int_equal(stats_of(stack).corruptions, 0);
    pl_stack_close(stack);
}

static void a_limit_too_small_is_an_error(void **state)
{
    const struct pl_class class = {"packet", 1000, 0};
    const struct pl_budget budget = {"packets", 16 * 262144 + 5 * 65536 + 65535};
    struct pl_stack_spec spec;
    struct pl_stack *stack = NULL;
    struct pl_error error = {""};
    (void)state;
    assert_int_equal(pl_stack_parse("size_class_pool/limited/glibc", &spec, &error), 0);
    assert_int_equal(pl_stack_open(&spec, &class, 1, &budget, 1, &stack, &error), -ENOMEM);
    assert_null(stack);
    assert_string_equal(
        error.text, "stack 'size_class_pool/limited/glibc': size_class_pool: memory for 5 of 32 "
                    "buffers of 65536 B alone; expected fewer, or a limit below that holds them");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_lists),
        cmocka_unit_test(grid_frames_miss_ascii_chats_classes),
        cmocka_unit_test(grid_frames_hit_a_class_of_their_own),
        cmocka_unit_test(a_request_draws_on_the_smallest_class_that_holds_it),
        cmocka_unit_test(the_check_keeps_what_has_the_capacity_of_a_class),
        cmocka_unit_test(the_check_finds_the_class_of_a_capacity),
        cmocka_unit_test(without_the_check_anything_is_taken_back),
        cmocka_unit_test(one_list_of_each_class),
        cmocka_unit_test(one_list_of_all),
        cmocka_unit_test(finds_foreign_and_twice_released_buffers),
        cmocka_unit_test(survives_failures_of_the_next_link),
        cmocka_unit_test(gives_back_what_it_took),
        cmocka_unit_test(limits_count_capacities_above_and_blocks_below),
        cmocka_unit_test(budgets_below_are_the_first_users),
        cmocka_unit_test(a_limit_too_small_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
