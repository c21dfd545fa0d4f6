/* The ledger's books by sequences worked out by hand and against a shadow, and what it finds wrong.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "allocators/ledger/books.h"
#include "allocators/tests/counted.h"
#include "allocators/tests/ledgered.h"

#define BASE UINT64_C(0x7f0000000000)
#define SECOND INT64_C(1000000000)

static struct pl_site first = {.label = "first", .file = "a.c", .line = 1};
static struct pl_site second = {.label = "second", .file = "b.c", .line = 2};

static void check_count(const struct pl_ledger_count *c, uint64_t allocated_blocks,
                        uint64_t allocated_bytes, uint64_t freed_blocks, uint64_t freed_bytes,
                        uint64_t peak_bytes)
{
    assert_int_equal(c->allocated_blocks, allocated_blocks);
    assert_int_equal(c->allocated_bytes, allocated_bytes);
    assert_int_equal(c->freed_blocks, freed_blocks);
    assert_int_equal(c->freed_bytes, freed_bytes);
    assert_int_equal(c->peak_bytes, peak_bytes);
}

static struct pl_ledger_count count_of(const struct ledgered *l, const struct pl_site *site)
{
    struct pl_ledger_count count = {0};
    for (uint32_t i = 0; i < pl_ledger_site_count(l->ledger); i++)
        if (pl_ledger_site(l->ledger, i, &count) == site)
            return count;
    fail_msg("the site is not there");
    return count;
}

/* 100 + 100 + 5000 B, the second site's freed: by site, size and all. */
static void counts_by_site_and_size(void **state)
{
    struct ledgered l;
    struct pl_ledger_count total, class;
    (void)state;
    ledgered_open(&l);
    void *a = ledgered_take(&l, BASE, 100, &first);
    void *b = ledgered_take(&l, BASE + 112, 100, &second);
    ledgered_take(&l, BASE + 8192, 5000, &first);
    pl_release(l.link, b, 100);
    assert_int_equal(l.inner_released_size, 100);
    pl_ledger_totals(l.ledger, &total);
    check_count(&total, 3, 5200, 1, 100, 5200);
    struct pl_ledger_count count = count_of(&l, &first);
    check_count(&count, 2, 5100, 0, 0, 5100);
    count = count_of(&l, &second);
    check_count(&count, 1, 100, 1, 100, 100);
    pl_ledger_class(l.ledger, 7, &class); /* 65 to 128 B */
    check_count(&class, 2, 200, 1, 100, 200);
    pl_ledger_class(l.ledger, 13, &class); /* 4097 to 8192 B */
    check_count(&class, 1, 5000, 0, 0, 5000);
    pl_release(l.link, a, 100);
    assert_int_equal(count_of(&l, &first).freed_bytes, 100);
    assert_int_equal(count_of(&l, &first).peak_bytes, 5100);
    assert_true(pl_ledger_check(l.ledger));
    assert_int_equal(pl_ledger_corruptions(l.ledger), 0);
    ledgered_close(&l);
}

/* The classes' bounds: 2^k belongs to class k, one byte more to the next. */
static void classes_are_powers_of_two(void **state)
{
    (void)state;
    assert_int_equal(pl_ledger_class_of(0), 0);
    assert_int_equal(pl_ledger_class_of(1), 0);
    assert_int_equal(pl_ledger_class_of(2), 1);
    assert_int_equal(pl_ledger_class_of(3), 2);
    for (uint32_t k = 2; k < PL_LEDGER_CLASSES; k++) {
        assert_int_equal(pl_ledger_class_of((size_t)1 << k), k);
        if (k + 1 < PL_LEDGER_CLASSES)
            assert_int_equal(pl_ledger_class_of(((size_t)1 << k) + 1), k + 1);
    }
}

/* Blocks that begin as near to each other as their sizes let them, at both ends of each table's
 * sizes and across the bounds of pages and leaves: none takes another's place. */
static void neighbours_have_places_of_their_own(void **state)
{
    static const size_t sizes[] = {0,   1,   7,    8,    15,   16,   17,   63,    64,
                                   255, 256, 1023, 1024, 4095, 4096, 4097, 100000};
    struct ledgered l;
    struct pl_ledger_count total;
    (void)state;
    for (size_t i = 0; i < PL_ARRAY_COUNT(sizes); i++) {
        size_t step = (sizes[i] + 7) / 8 * 8 + (sizes[i] ? 0 : 8);
        uintptr_t base = BASE + ((uintptr_t)1 << PL_LEDGER_REGION_BITS) - 200 * step / 8 * 8;
        ledgered_open(&l);
        for (size_t k = 0; k < 400; k++)
            assert_non_null(ledgered_take(&l, base + k * step, sizes[i], &first));
        for (size_t k = 0; k < 400; k++)
            assert_int_equal(ledgered_find(&l, base + k * step, sizes[i]), 1);
        for (size_t k = 0; k < 400; k += 2)
            pl_release(l.link, (void *)(base + k * step), sizes[i]);
        for (size_t k = 0; k < 400; k++)
            assert_int_equal(ledgered_find(&l, base + k * step, sizes[i]), k % 2);
        pl_ledger_totals(l.ledger, &total);
        assert_int_equal(pl_ledger_live_blocks(&total), 200);
        assert_int_equal(pl_ledger_corruptions(l.ledger), 0);
        ledgered_close(&l);
    }
}

enum { SHADOW = 500, STEPS = 40000, SITES = 5 };

struct shadow {
    struct {
        void *block;
        size_t size;
        uint32_t site;
    } held[SHADOW];
    size_t blocks[SITES], bytes[SITES];
};

static void check_against(const struct counted *c, struct pl_ledger *ledger,
                          const struct shadow *shadow, struct pl_site *sites)
{
    struct pl_ledger_count count;
    const struct pl_ledger_survey *survey = pl_ledger_survey(ledger, 0);
    assert_true(pl_ledger_check(ledger));
    assert_true(pl_ledger_check_survey(ledger));
    assert_int_equal(survey->blocks, c->out);
    assert_int_equal(survey->bytes, c->out_bytes);
    for (uint32_t i = 1; i < pl_ledger_site_count(ledger); i++) {
        size_t site = (size_t)(pl_ledger_site(ledger, i, &count) - sites);
        assert_int_equal(pl_ledger_live_blocks(&count), shadow->blocks[site]);
        assert_int_equal(pl_ledger_current(&count), shadow->bytes[site]);
    }
}

/* Sizes and lifetimes by chance, on real memory; the link below sees the very same sizes. */
static void agrees_with_a_shadow(void **state)
{
    static const struct pl_class class = {"block", 100, -1};
    static struct shadow shadow;
    struct pl_site sites[SITES] = {0};
    struct counted c;
    uint64_t seed = 7;
    (void)state;
    counted_open(&c, "ledger/glibc", &class, 1);
    struct pl_ledger *ledger = c.spec.layers[0].backend->ledger(c.state);
    for (size_t step = 0; step < STEPS; step++) {
        uint64_t random = counted_random(&seed);
        size_t i = random % SHADOW, size = (random >> 20) % ((size_t)1 << (random >> 56) % 15);
        uint32_t site = (uint32_t)(random >> 40) % SITES;
        if (shadow.held[i].block) {
            pl_release(c.links[0], shadow.held[i].block, shadow.held[i].size);
            shadow.blocks[shadow.held[i].site]--;
            shadow.bytes[shadow.held[i].site] -= shadow.held[i].size;
            shadow.held[i].block = NULL;
            continue;
        }
        pl_site_set(&sites[site]);
        shadow.held[i].block = pl_acquire(c.links[0], size);
        shadow.held[i].size = size;
        shadow.held[i].site = site;
        shadow.blocks[site]++;
        shadow.bytes[site] += size;
        if (step % 1000 == 0)
            check_against(&c, ledger, &shadow, sites);
    }
    check_against(&c, ledger, &shadow, sites);
    for (size_t i = 0; i < SHADOW; i++)
        if (shadow.held[i].block)
            pl_release(c.links[0], shadow.held[i].block, shadow.held[i].size);
    assert_int_equal(c.out, 0);
    assert_int_equal(counted_stats(&c).corruptions, 0);
    counted_close(&c);
}

/* What is no block, no longer one, or another: counted, and not passed on. */
static void finds_what_is_released_wrongly(void **state)
{
    struct ledgered l;
    (void)state;
    ledgered_open(&l);
    void *block = ledgered_take(&l, BASE, 100, &first);
    struct {
        void *block;
        size_t size;
    } wrong[] = {
        {(void *)(BASE + 4096), 100},
        {(void *)(BASE + 8), 100},
        {block, 99},
        {block, 65},
        {block, 101},
        {block, 16},
        {block, 0},
        {(void *)(BASE + (1 << 30)), 100},
        {(void *)UINTPTR_MAX, 100},
        {block, SIZE_MAX},
    };
    for (size_t i = 0; i < PL_ARRAY_COUNT(wrong); i++) {
        pl_release(l.link, wrong[i].block, wrong[i].size);
        assert_int_equal(pl_ledger_corruptions(l.ledger), i + 1);
        assert_int_equal(l.inner_released, 0);
    }
    pl_release(l.link, NULL, 100);
    assert_int_equal(pl_ledger_corruptions(l.ledger), PL_ARRAY_COUNT(wrong));
    pl_release(l.link, block, 100);
    assert_int_equal(l.inner_released, 1);
    pl_release(l.link, block, 100); /* twice */
    assert_int_equal(l.inner_released, 1);
    assert_int_equal(pl_ledger_corruptions(l.ledger), PL_ARRAY_COUNT(wrong) + 1);
    assert_true(pl_ledger_check(l.ledger));
    ledgered_close(&l);
}

static void finds_a_block_that_is_handed_out_twice(void **state)
{
    struct ledgered l;
    (void)state;
    ledgered_open(&l);
    ledgered_take(&l, BASE, 100, &first);
    assert_int_equal(pl_ledger_corruptions(l.ledger), 0);
    ledgered_take(&l, BASE, 100, &second);
    assert_int_equal(pl_ledger_corruptions(l.ledger), 1);
    ledgered_close(&l);
}

static void finds_books_that_do_not_agree(void **state)
{
    struct ledgered l;
    struct pl_ledger_count total;
    (void)state;
    ledgered_open(&l);
    ledgered_take(&l, BASE, 100, &first);
    pl_ledger_survey(l.ledger, 0);
    assert_true(pl_ledger_check(l.ledger));
    assert_true(pl_ledger_check_survey(l.ledger));
    uint64_t *const books[] = {
        &l.ledger->slots->total.freed_bytes, &l.ledger->slots->sites[1].allocated_blocks,
        &l.ledger->slots->sites[1].freed_bytes, &l.ledger->slots->classes[7].allocated_bytes,
        &l.ledger->slots->classes[7].freed_blocks};
    for (size_t i = 0; i < PL_ARRAY_COUNT(books); i++) {
        ++*books[i];
        assert_false(pl_ledger_check(l.ledger));
        --*books[i];
        assert_true(pl_ledger_check(l.ledger));
        assert_int_equal(pl_ledger_corruptions(l.ledger), i + 1);
    }
    l.ledger->survey.bytes++;
    assert_false(pl_ledger_check_survey(l.ledger));
    pl_ledger_totals(l.ledger, &total);
    l.ledger->survey.bytes--;
    l.ledger->survey.blocks++;
    assert_false(pl_ledger_check_survey(l.ledger));
    assert_int_equal(pl_ledger_corruptions(l.ledger), PL_ARRAY_COUNT(books) + 2);
    ledgered_close(&l);
}

static void counts_what_was_refused(void **state)
{
    struct ledgered l;
    (void)state;
    ledgered_open(&l);
    assert_null(ledgered_take(&l, 0, 100, &first));
    assert_null(ledgered_take(&l, 0, 100, NULL));
    assert_int_equal(count_of(&l, &first).refused, 1);
    assert_int_equal(count_of(&l, NULL).refused, 1);
    assert_int_equal(count_of(&l, &first).allocated_blocks, 0);
    assert_null(ledgered_take(&l, BASE, (size_t)1 << 40, &first)); /* no room for such a size */
    assert_int_equal(l.inner_acquired, 2);
    assert_null(ledgered_take(&l, UINTPTR_MAX - 4095, 100, &first)); /* nor for such an address */
    assert_int_equal(l.inner_acquired, l.inner_released + 2);
    assert_int_equal(pl_ledger_corruptions(l.ledger), 0);
    ledgered_close(&l);
}

/* A site's id is that of the ledger which saw it last; the others know it all the same. */
static void ledgers_share_sites(void **state)
{
    struct ledgered a, b;
    (void)state;
    ledgered_open(&a);
    ledgered_open(&b);
    for (uintptr_t i = 0; i < 10; i++) {
        ledgered_take(&a, BASE + 128 * i, 100, i % 2 ? &first : &second);
        ledgered_take(&b, BASE + 128 * i, 50, i % 2 ? &second : &first);
    }
    assert_int_equal(count_of(&a, &first).allocated_bytes, 500);
    assert_int_equal(count_of(&a, &second).allocated_bytes, 500);
    assert_int_equal(count_of(&b, &first).allocated_bytes, 250);
    assert_int_equal(count_of(&b, &second).allocated_bytes, 250);
    assert_int_equal(pl_ledger_site_count(a.ledger), 3);
    assert_true(pl_ledger_check(a.ledger) && pl_ledger_check(b.ledger));
    ledgered_close(&a);
    ledgered_close(&b);
}

static void beyond_its_sites_there_is_nobody(void **state)
{
    static struct pl_site many[PL_LEDGER_NAMED_MAX + 9];
    struct ledgered l;
    (void)state;
    ledgered_open(&l);
    for (size_t i = 0; i < PL_ARRAY_COUNT(many); i++)
        ledgered_take(&l, BASE + 128 * i, 100, &many[i]);
    assert_int_equal(pl_ledger_site_count(l.ledger), PL_LEDGER_NAMED_MAX);
    assert_int_equal(count_of(&l, NULL).allocated_blocks, 10);
    assert_int_equal(count_of(&l, &many[PL_LEDGER_NAMED_MAX - 2]).allocated_blocks, 1);
    assert_true(pl_ledger_check(l.ledger));
    ledgered_close(&l);
}

/* Births 0, 1, 5 and 100 s ago, and one that is just now. */
static void ages_come_from_the_clock(void **state)
{
    static const int64_t births[] = {0, 95, 99, 100, 100};
    struct ledgered l;
    (void)state;
    ledgered_open(&l);
    for (uintptr_t i = 0; i < PL_ARRAY_COUNT(births); i++) {
        l.now_ns = births[i] * SECOND;
        ledgered_take(&l, BASE + 128 * i, 100, i == 0 ? &first : &second);
    }
    const struct pl_ledger_survey *survey = pl_ledger_survey(l.ledger, 100 * SECOND);
    static const uint64_t blocks[PL_LEDGER_AGES] = {2, 0, 0, 2, 0, 1, 0, 0};
    for (size_t i = 0; i < PL_LEDGER_AGES; i++) {
        assert_int_equal(survey->age_blocks[i], blocks[i]);
        assert_int_equal(survey->age_bytes[i], 100 * blocks[i]);
    }
    assert_int_equal(survey->oldest_ns[first.id], 0);
    assert_int_equal(survey->oldest_ns[second.id], 95 * SECOND);
    assert_true(survey->oldest_ns[0] == INT64_MAX);
    pl_ledger_survey(l.ledger, 100 * SECOND + 4000 * SECOND);
    assert_int_equal(survey->age_blocks[PL_LEDGER_AGES - 1], 5);
    ledgered_close(&l);
}

static int by_bytes(const void *a, const void *b)
{
    const struct pl_ledger_group *x = a, *y = b;
    return x->blocks * x->size < y->blocks * y->size ? 1 : -1;
}

/* 25 sizes, of the smaller ones often more: the 20 that hold most bytes, largest first. */
static void groups_are_the_largest(void **state)
{
    struct ledgered l;
    struct pl_ledger_group wanted[25];
    uintptr_t at = BASE;
    (void)state;
    ledgered_open(&l);
    for (size_t i = 0; i < 25; i++) {
        wanted[i] = (struct pl_ledger_group){.size = 10 * i + 11, .blocks = 1 + i * 7 % 25};
        for (size_t k = 0; k < wanted[i].blocks; k++, at += 4096)
            ledgered_take(&l, at, wanted[i].size, i % 2 ? &first : &second);
        wanted[i].site = i % 2 ? first.id : second.id;
    }
    qsort(wanted, 25, sizeof *wanted, by_bytes);
    const struct pl_ledger_survey *survey = pl_ledger_survey(l.ledger, 0);
    assert_int_equal(survey->group_count, PL_LEDGER_GROUPS);
    for (size_t i = 0; i < PL_LEDGER_GROUPS; i++) {
        assert_int_equal(survey->groups[i].blocks, wanted[i].blocks);
        assert_int_equal(survey->groups[i].size, wanted[i].size);
        assert_int_equal(survey->groups[i].site, wanted[i].site);
    }
    ledgered_close(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_by_site_and_size),
        cmocka_unit_test(classes_are_powers_of_two),
        cmocka_unit_test(neighbours_have_places_of_their_own),
        cmocka_unit_test(agrees_with_a_shadow),
        cmocka_unit_test(finds_what_is_released_wrongly),
        cmocka_unit_test(finds_a_block_that_is_handed_out_twice),
        cmocka_unit_test(finds_books_that_do_not_agree),
        cmocka_unit_test(counts_what_was_refused),
        cmocka_unit_test(ledgers_share_sites),
        cmocka_unit_test(beyond_its_sites_there_is_nobody),
        cmocka_unit_test(ages_come_from_the_clock),
        cmocka_unit_test(groups_are_the_largest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
