/* Size classes of a trace: no other choice loses less, which every one of small lists is tried for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/base/random.h"
#include "harness/trace/classes.h"

enum { SIZES_MAX = 11, LISTS = 300 };

static double lost_in(const struct pl_trace_size *sizes, uint32_t count, const uint64_t *classes)
{
    double lost = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t class = 0;
        while (classes[class] < sizes[i].bytes)
            class ++;
        lost += (double)sizes[i].live_peak * (double)(classes[class] - sizes[i].bytes);
    }
    return lost;
}

/* The least of all choices of so many sizes with the largest among them. */
static double least(const struct pl_trace_size *sizes, uint32_t count, uint32_t chosen)
{
    double best = -1;
    for (uint32_t set = 0; set < UINT32_C(1) << count; set++) {
        uint64_t classes[SIZES_MAX];
        uint32_t n = 0;
        if ((uint32_t)__builtin_popcount(set) != chosen || !(set >> (count - 1)))
            continue;
        for (uint32_t i = 0; i < count; i++)
            if (set >> i & 1)
                classes[n++] = sizes[i].bytes;
        const double lost = lost_in(sizes, count, classes);
        best = best < 0 || lost < best ? lost : best;
    }
    return best;
}

static uint32_t draw(uint64_t *random, struct pl_trace_size *sizes)
{
    const uint32_t count = 1 + (uint32_t)(pl_random_next(random) % SIZES_MAX);
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < count; i++) {
        bytes += PL_TRACE_CLASS_STEP * (1 + pl_random_next(random) % 500);
        sizes[i] =
            (struct pl_trace_size){.bytes = bytes, .live_peak = pl_random_next(random) % 1000};
    }
    return count;
}

static void no_choice_loses_less(void **state)
{
    (void)state;
    struct pl_trace_size sizes[SIZES_MAX];
    uint64_t random = 1;
    for (int list = 0; list < LISTS; list++) {
        const uint32_t count = draw(&random, sizes);
        double live = 0;
        for (uint32_t i = 0; i < count; i++)
            live += (double)sizes[i].live_peak * (double)sizes[i].bytes;
        for (uint32_t max = 1; max <= 8; max++) {
            uint64_t classes[PL_TRACE_CLASSES_MAX];
            double lost;
            const uint32_t n = pl_trace_classes_choose(sizes, count, max, classes, &lost);
            assert_true(n >= 1 && n <= max && n <= count);
            assert_int_equal(classes[n - 1], sizes[count - 1].bytes);
            assert_true(lost == lost_in(sizes, count, classes));
            assert_true(lost == least(sizes, count, n));
            const double with_all = least(sizes, count, max < count ? max : count);
            assert_true(lost <= with_all + live / 100);
        }
    }
}

/* 8 classes for 100,000 sizes, each its own: there is no other way than even steps. */
static void many_sizes_are_no_trouble(void **state)
{
    (void)state;
    enum { SIZES = 100000, CLASSES = 8 };
    struct pl_trace_size *sizes = calloc(SIZES, sizeof *sizes);
    uint64_t classes[PL_TRACE_CLASSES_MAX];
    double lost;
    for (uint32_t i = 0; i < SIZES; i++)
        sizes[i] = (struct pl_trace_size){.bytes = 8 * (i + 1), .live_peak = 1};
    assert_int_equal(pl_trace_classes_choose(sizes, SIZES, CLASSES, classes, &lost), CLASSES);
    for (uint32_t k = 0; k < CLASSES; k++)
        assert_int_equal(classes[k], 8 * SIZES / CLASSES * (k + 1));
    free(sizes);
}

static void few_sizes_lose_nothing(void **state)
{
    (void)state;
    const struct pl_trace_size sizes[] = {{.bytes = 16, .live_peak = 5},
                                          {.bytes = 4096, .live_peak = 5}};
    uint64_t classes[PL_TRACE_CLASSES_MAX];
    double lost;
    assert_int_equal(pl_trace_classes_choose(sizes, 2, 7, classes, &lost), 2);
    assert_int_equal(classes[0], 16);
    assert_int_equal(classes[1], 4096);
    assert_true(lost == 0);
}

static void take(struct pl_trace_sizes *sizes, uint64_t bytes, uint64_t requests)
{
    const int64_t place = pl_trace_size_place(sizes, bytes);
    assert_true(place >= 0);
    sizes->list[place].requests += requests;
}

static void rare_large_ones_are_left_out(void **state)
{
    (void)state;
    struct pl_trace_sizes sizes = {.count = 0};
    take(&sizes, 1 << 20, 4);
    take(&sizes, 64, 9000);
    take(&sizes, UINT64_C(1) << 31, 1);
    take(&sizes, 1 << 16, 20);
    take(&sizes, 64, 975);
    assert_int_equal(sizes.count, 4);
    pl_trace_sizes_sort(&sizes);
    assert_int_equal(sizes.list[0].bytes, 64);
    assert_int_equal(sizes.list[0].requests, 9975);
    assert_int_equal(sizes.list[3].bytes, UINT64_C(1) << 31);
    assert_int_equal(pl_trace_sizes_served(&sizes, 1 << 30), 2); /* 5 of 10,000 are left out */
    sizes.list[2].requests = 100;
    assert_int_equal(pl_trace_sizes_served(&sizes, 1 << 30), 3);
    assert_int_equal(pl_trace_sizes_served(&sizes, 63), 0);
    pl_trace_sizes_free(&sizes);
}

static void what_a_block_needs(void **state)
{
    (void)state;
    static const struct {
        uint64_t size, alignment, needed;
    } rows[] = {{0, 0, 8}, {1, 0, 8}, {8, 8, 8}, {9, 0, 16}, {100, 16, 120}, {4096, 4096, 8192}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct pl_trace_event e = {.size = rows[i].size, .alignment = rows[i].alignment};
        assert_int_equal(pl_trace_needed(&e), rows[i].needed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_choice_loses_less),   cmocka_unit_test(many_sizes_are_no_trouble),
        cmocka_unit_test(few_sizes_lose_nothing), cmocka_unit_test(rare_large_ones_are_left_out),
        cmocka_unit_test(what_a_block_needs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
