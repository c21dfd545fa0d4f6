/* The slab against roc-toolkit's law: sizes of slots and slabs, growth, order of reuse, poison,
 * guards; and what its options change. */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "allocators/layers/slab_pool.h"
#include "allocators/tests/opened.h"

enum { PACKET = 696, SLOT = 720, HEADER = 56, MANY = 5000 };

static const struct pl_class packet = {"packet", PACKET, -1};
static void *held[MANY];

static void slots_are_rocs(void **state)
{
    static const size_t rows[][2] = {{696, 720}, {2072, 2096}, {4120, 4144},
                                     {1, 32},    {8, 32},      {9, 40}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct pl_class class = {"class", rows[i][0], -1};
        struct pl_stack *stack = open_stack("slab", &class, 1, NULL, 0);
        struct pl_allocator *link = pl_stack_class(stack, 0);
        assert_int_equal(link->footprint(link, rows[i][0]), rows[i][1]);
        assert_non_null(pl_acquire(link, rows[i][0]));
        assert_int_equal(stats_of(stack).reserved_bytes, rows[i][1] + HEADER);
        pl_stack_close(stack);
    }
}

/* Slabs of 1, 2, 4 ... slots: k of them hold 2^k - 1. */
static unsigned slabs_for(size_t held_count)
{
    unsigned slabs = 0;
    while ((UINT64_C(1) << slabs) - 1 < held_count)
        slabs++;
    return slabs;
}

static void reserves_by_the_law(void **state)
{
    struct pl_stack *stack = open_stack("slab", &packet, 1, NULL, 0);
    struct pl_allocator *link = pl_stack_class(stack, 0);
    (void)state;
    for (size_t n = 0; n < MANY; n++) {
        uint64_t slabs = slabs_for(n), bytes = ((UINT64_C(1) << slabs) - 1) * SLOT + slabs * HEADER;
        struct pl_stack_stats stats = stats_of(stack);
        assert_true(stats.pooled);
        assert_int_equal(stats.slabs, slabs);
        assert_int_equal(stats.reserved_bytes, bytes);
        assert_int_equal(stats.reserved_bytes_peak, bytes);
        assert_non_null(held[n] = pl_acquire(link, PACKET));
    }
    struct pl_stack_stats before = stats_of(stack);
    for (size_t n = 0; n < MANY; n++)
        pl_release(link, held[n], PACKET);
    for (size_t n = 0; n < MANY; n++)
        assert_non_null(pl_acquire(link, PACKET));
    struct pl_stack_stats after = stats_of(stack);
    assert_int_equal(after.slabs, before.slabs);
    assert_int_equal(after.reserved_bytes, before.reserved_bytes);
    assert_int_equal(after.reserved_bytes_peak, before.reserved_bytes);
    assert_int_equal(after.corruptions, 0);
    pl_stack_close(stack);
}

static void sums_classes(void **state)
{
    const struct pl_class classes[] = {{"packet", 696, -1}, {"buffer", 2072, -1}, {"f", 4120, -1}};
    struct pl_stack *stack = open_stack("slab", classes, 3, NULL, 0);
    (void)state;
    for (size_t i = 0; i < 3; i++)
        for (size_t n = 0; n <= i; n++)
            assert_non_null(pl_acquire(pl_stack_class(stack, i), classes[i].size));
    assert_int_equal(stats_of(stack).reserved_bytes,
                     720 + 56 + 3 * 2096 + 2 * 56 + 3 * 4144 + 2 * 56);
    assert_int_equal(stats_of(stack).slabs, 5);
    pl_stack_close(stack);
}

static void reuses_the_last_freed_first(void **state)
{
    struct pl_stack *stack = open_stack("slab", &packet, 1, NULL, 0);
    struct pl_allocator *link = pl_stack_class(stack, 0);
    (void)state;
    for (size_t n = 0; n < 8; n++)
        held[n] = pl_acquire(link, PACKET);
    for (size_t n = 4; n < 7; n++) /* fresh ones come in the order of their addresses */
        assert_ptr_equal((char *)held[n], (char *)held[3] + (n - 3) * SLOT);
    pl_release(link, held[1], PACKET);
    pl_release(link, held[6], PACKET);
    pl_release(link, held[3], PACKET);
    assert_ptr_equal(pl_acquire(link, PACKET), held[3]);
    assert_ptr_equal(pl_acquire(link, PACKET), held[6]);
    assert_ptr_equal(pl_acquire(link, PACKET), held[1]);
    assert_ptr_equal(pl_acquire(link, PACKET), (char *)held[7] + SLOT);
    pl_stack_close(stack);
}

static bool all_are(const unsigned char *bytes, size_t count, int value)
{
    for (size_t i = 0; i < count; i++)
        if (bytes[i] != value)
            return false;
    return true;
}

static void poisons(void **state)
{
    struct pl_stack *stack = open_stack("slab", &packet, 1, NULL, 0);
    struct pl_allocator *link = pl_stack_class(stack, 0);
    (void)state;
    pl_acquire(link, PACKET);
    unsigned char *object = pl_acquire(link, PACKET);
    assert_true(all_are(object - 8, 8, 0x7b));
    assert_true(all_are(object, PACKET, 0x7a));
    assert_true(all_are(object + PACKET, 8, 0x7b));
    assert_true(all_are(object + SLOT - 16, SLOT, 0x7a)); /* the fresh slot behind it */
    memset(object, 1, PACKET);
    pl_release(link, object, PACKET);
    assert_true(all_are(object, PACKET, 0x7d));
    assert_ptr_equal(pl_acquire(link, PACKET), object);
    assert_true(all_are(object, PACKET, 0x7a));
    pl_stack_close(stack);
}

static void poison_can_be_left_out(void **state)
{
    struct pl_stack *stack = open_stack("slab:poison=off", &packet, 1, NULL, 0);
    struct pl_allocator *link = pl_stack_class(stack, 0);
    (void)state;
    unsigned char *object = pl_acquire(link, PACKET);
    memset(object, 1, PACKET);
    pl_release(link, object, PACKET);
    assert_ptr_equal(pl_acquire(link, PACKET), object);
    assert_true(all_are(object, PACKET, 1));
    pl_stack_close(stack);
}

static void guards_can_be_left_out(void **state)
{
    static const size_t rows[][2] = {{1, 16}, {16, 16}, {17, 32}, {696, 704}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct pl_class class = {"class", rows[i][0], -1};
        struct pl_stack *stack = open_stack("slab:guards=off", &class, 1, NULL, 0);
        struct pl_allocator *link = pl_stack_class(stack, 0);
        for (size_t n = 0; n < 7; n++)
            assert_int_equal((uintptr_t)pl_acquire(link, rows[i][0]) % 16, 0);
        assert_int_equal(stats_of(stack).reserved_bytes, 7 * rows[i][1] + 3 * HEADER);
        pl_stack_close(stack);
    }
}

static void rocs_objects_are_aligned(void **state)
{
    static const size_t sizes[] = {696, 2072, 4120};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const struct pl_class class = {"class", sizes[i], -1};
        struct pl_stack *stack = open_stack("slab", &class, 1, NULL, 0);
        for (size_t n = 0; n < 100; n++)
            assert_int_equal((uintptr_t)pl_acquire(pl_stack_class(stack, 0), sizes[i]) % 16, 0);
        pl_stack_close(stack);
    }
}

/* Breaks one byte of a held object's surroundings, releases it, and gives back what was counted. */
static uint64_t corruptions_after(const char *text, ptrdiff_t broken)
{
    struct pl_stack *stack = open_stack(text, &packet, 1, NULL, 0);
    struct pl_allocator *link = pl_stack_class(stack, 0);
    for (size_t n = 0; n < 3; n++)
        held[n] = pl_acquire(link, PACKET);
    unsigned char *object = held[1];
    object[broken] ^= 0x40;
    pl_release(link, object, PACKET);
    pl_release(link, held[0], PACKET);
    pl_release(link, held[2], PACKET);
    uint64_t count = stats_of(stack).corruptions;
    pl_stack_close(stack);
    return count;
}

static void finds_broken_guards(void **state)
{
    static const ptrdiff_t around[] = {-16, -12, -9, -8, -1, PACKET, PACKET + 7};
    (void)state;
    assert_int_equal(corruptions_after("slab", 0), 0);
    assert_int_equal(corruptions_after("slab:reclaim=empty", PACKET - 1), 0);
    assert_int_equal(corruptions_after("slab:guards=off", 0), 0);
    for (size_t i = 0; i < sizeof around / sizeof *around; i++)
        assert_int_equal(corruptions_after("slab", around[i]), 1);
    /* An owner whose low bits are wrong, or its high ones, makes no slab's address. */
    for (size_t i = 0; i < sizeof around / sizeof *around; i++)
        if (around[i] != -12)
            assert_int_equal(
                corruptions_after("slab:reclaim=empty", around[i] == -16 ? -10 : around[i]), 1);
}

static void finds_foreign_and_twice_released_blocks(void **state)
{
    static const char *const stacks[] = {"slab", "slab:reclaim=empty"};
    const struct pl_class classes[] = {packet, packet};
    unsigned char stray[SLOT] = {0};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct pl_stack *stack = open_stack(stacks[i], classes, 2, NULL, 0);
        struct pl_allocator *link = pl_stack_class(stack, 0), *other = pl_stack_class(stack, 1);
        void *block = pl_acquire(link, PACKET), *second = pl_acquire(link, PACKET);
        pl_release(other, block, PACKET);
        assert_int_equal(stats_of(stack).corruptions, 1);
        pl_release(link, stray + 16, PACKET);
        assert_int_equal(stats_of(stack).corruptions, 2);
        pl_release(link, block, PACKET);
        assert_int_equal(stats_of(stack).corruptions, 2);
        pl_release(link, block, PACKET);
        assert_int_equal(stats_of(stack).corruptions, 3);
        pl_release(link, second, PACKET);
        pl_release(link, NULL, PACKET);
        assert_int_equal(stats_of(stack).corruptions, 3);
        pl_stack_close(stack);
    }
}

static void refuses_oversize(void **state)
{
    struct pl_stack *stack = open_stack("slab", &packet, 1, NULL, 0);
    struct pl_allocator *link = pl_stack_class(stack, 0);
    (void)state;
    assert_null(pl_acquire(link, PACKET + 1));
    assert_int_equal(stats_of(stack).oversize, 1);
    assert_int_equal(stats_of(stack).slabs, 0);
    assert_non_null(pl_acquire(link, 0));
    assert_non_null(pl_acquire(link, PACKET));
    assert_int_equal(stats_of(stack).oversize, 1);
    pl_stack_close(stack);
}

/* Holds `count` packets and gives back what is reserved. */
static uint64_t reserved_for(const char *text, size_t count)
{
    struct pl_stack *stack = open_stack(text, &packet, 1, NULL, 0);
    for (size_t n = 0; n < count; n++)
        assert_non_null(pl_acquire(pl_stack_class(stack, 0), PACKET));
    uint64_t reserved = stats_of(stack).reserved_bytes;
    pl_stack_close(stack);
    return reserved;
}

static void grows_as_told(void **state)
{
    (void)state;
    assert_int_equal(reserved_for("slab:grow=fixed:64", 1), 64 * SLOT + HEADER);
    assert_int_equal(reserved_for("slab:grow=fixed:64", 64), 64 * SLOT + HEADER);
    assert_int_equal(reserved_for("slab:grow=fixed:64", 65), 2 * (64 * SLOT + HEADER));
    /* 10 KiB hold 14 slots: 1, 2, 4, 8, 14, 14 */
    assert_int_equal(reserved_for("slab:max_slab=10KiB", 15), 15 * SLOT + 4 * HEADER);
    assert_int_equal(reserved_for("slab:max_slab=10KiB", 30), 43 * SLOT + 6 * HEADER);
    assert_int_equal(reserved_for("slab:max_slab=10KiB,grow=fixed:64", 1), 14 * SLOT + HEADER);
    /* Mapped slabs take whole pages. */
    assert_int_equal(reserved_for("slab:backing=mmap,grow=fixed:1", 3), 3 * 4096);
    assert_int_equal(reserved_for("slab:backing=mmap,grow=fixed:6", 1), 2 * 4096);
}

static void halves_when_refused(void **state)
{
    /* 1 + 2 + 4 slots and their headers leave 3 slots of 10 with one header's room to spare. */
    const char *text = "slab/limited:max=7424B/glibc";
    struct pl_stack *stack = open_stack(text, &packet, 1, NULL, 0);
    struct pl_allocator *link = pl_stack_class(stack, 0);
    size_t count = 0;
    (void)state;
    while ((held[count] = pl_acquire(link, PACKET)))
        count++;
    /* 7424 = 10 * 720 + 4 * 56: slabs of 1, 2, 4, then 8 and 4 refused, 2, then 4, 2, 1 refused. */
    assert_int_equal(count, 9);
    assert_int_equal(stats_of(stack).slabs, 4);
    assert_int_equal(stats_of(stack).reserved_bytes, 9 * SLOT + 4 * HEADER);
    uint64_t refusals = stats_of(stack).refusals;
    assert_int_equal(refusals, 5);
    assert_null(pl_acquire(link, PACKET));
    assert_int_equal(stats_of(stack).refusals, refusals + 1); /* one try an acquire at the limit */
    pl_release(link, held[0], PACKET);
    assert_non_null(pl_acquire(link, PACKET));
    pl_stack_close(stack);
}

static void gives_back_empty_slabs(void **state)
{
    struct pl_stack *stack = open_stack("slab:reclaim=empty", &packet, 1, NULL, 0);
    struct pl_allocator *link = pl_stack_class(stack, 0);
    (void)state;
    for (size_t n = 0; n < 15; n++)
        held[n] = pl_acquire(link, PACKET);
    assert_int_equal(stats_of(stack).reserved_bytes, 15 * SLOT + 4 * HEADER);
    for (size_t n = 3; n < 7; n++) /* the slab of 4 is kept as the one empty slab */
        pl_release(link, held[n], PACKET);
    assert_int_equal(stats_of(stack).slabs, 4);
    for (size_t n = 7; n < 15; n++) /* the slab of 8 is larger: it goes */
        pl_release(link, held[n], PACKET);
    assert_int_equal(stats_of(stack).reserved_bytes, 7 * SLOT + 3 * HEADER);
    pl_release(link, held[0], PACKET); /* the slab of 1 is smaller: the one of 4 goes */
    assert_int_equal(stats_of(stack).reserved_bytes, 3 * SLOT + 2 * HEADER);
    assert_int_equal(stats_of(stack).reserved_bytes_peak, 15 * SLOT + 4 * HEADER);
    assert_int_equal(stats_of(stack).slabs, 2);
    for (size_t n = 0; n < 100; n++) { /* around an edge nothing is made or given back */
        assert_ptr_equal(pl_acquire(link, PACKET), held[0]);
        pl_release(link, held[0], PACKET);
    }
    assert_int_equal(stats_of(stack).corruptions, 0);
    pl_stack_close(stack);
}

static void slabs_that_come_and_go_do_not_grow(void **state)
{
    struct pl_stack *stack = open_stack("slab:reclaim=empty", &packet, 1, NULL, 0);
    struct pl_allocator *link = pl_stack_class(stack, 0);
    (void)state;
    for (size_t round = 0; round < 100; round++) {
        for (size_t n = 0; n < 100; n++)
            assert_non_null(held[n] = pl_acquire(link, PACKET));
        for (size_t n = 0; n < 100; n++)
            pl_release(link, held[n], PACKET);
        assert_int_equal(stats_of(stack).slabs, 1);
    }
    assert_true(stats_of(stack).reserved_bytes_peak <= 256 * SLOT);
    pl_stack_close(stack);
}

static void gives_everything_back_at_close(void **state)
{
    static const char *const stacks[] = {"slab", "slab:reclaim=empty", "slab:guards=off",
                                         "slab/limited:max=10MiB/glibc"};
    (void)state;
    skip_if_sanitized();
    for (size_t i = 0; i < sizeof stacks / sizeof *stacks; i++) {
        size_t before = mallinfo2().uordblks;
        struct pl_stack *stack = open_stack(stacks[i], &packet, 1, NULL, 0);
        for (size_t n = 0; n < 100; n++)
            assert_non_null(held[n] = pl_acquire(pl_stack_class(stack, 0), PACKET));
        for (size_t n = 0; n < 50; n++)
            pl_release(pl_stack_class(stack, 0), held[n], PACKET);
        pl_stack_close(stack);
        assert_int_equal(mallinfo2().uordblks, before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_are_rocs),
        cmocka_unit_test(reserves_by_the_law),
        cmocka_unit_test(sums_classes),
        cmocka_unit_test(reuses_the_last_freed_first),
        cmocka_unit_test(poisons),
        cmocka_unit_test(poison_can_be_left_out),
        cmocka_unit_test(guards_can_be_left_out),
        cmocka_unit_test(rocs_objects_are_aligned),
        cmocka_unit_test(finds_broken_guards),
        cmocka_unit_test(finds_foreign_and_twice_released_blocks),
        cmocka_unit_test(refuses_oversize),
        cmocka_unit_test(grows_as_told),
        cmocka_unit_test(halves_when_refused),
        cmocka_unit_test(gives_back_empty_slabs),
        cmocka_unit_test(slabs_that_come_and_go_do_not_grow),
        cmocka_unit_test(gives_everything_back_at_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
