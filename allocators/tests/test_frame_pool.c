/* The pool of frames: which frame goes out, what an empty and a full pool do, and that all is given
 * back. The numbers are worked out by hand. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "allocators/tests/counted.h"
#include "allocators/tests/opened.h"

enum { UHD = 12441600, SHELL = 472 }; /* 4K yuv420p; AVFrame of FFmpeg 5.1 */

static const struct pl_class frame = {"frame", UHD, -1};

static void check_books(const struct counted *c, uint64_t hits, uint64_t misses, uint64_t fallbacks,
                        uint64_t reserved)
{
    struct pl_stack_stats stats = counted_stats(c);
    assert_true(stats.pooled && stats.counts_hits);
    assert_int_equal(stats.pool_hits, hits);
    assert_int_equal(stats.pool_misses, misses);
    assert_int_equal(stats.fallback_allocations, fallbacks);
    assert_int_equal(stats.reserved_bytes, reserved);
    assert_int_equal(stats.reserved_bytes, c->out_bytes);
}

/* Four frames beforehand, a fifth afresh; four are kept of the five that come back, and the one
 * that has waited longest goes out first. */
static void falls_back_when_empty_and_frees_when_full(void **state)
{
    static struct counted c;
    void *held[5];
    (void)state;
    counted_open(&c, "frame_pool/glibc", &frame, 1);
    assert_int_equal(c.acquired, 4);
    check_books(&c, 0, 0, 0, 4 * (uint64_t)UHD);
    for (size_t i = 0; i < 4; i++) {
        held[i] = pl_acquire(c.links[0], UHD);
        assert_ptr_equal(held[i], c.blocks[i].memory);
    }
    assert_int_equal(c.acquired, 4);
    held[4] = pl_acquire(c.links[0], UHD);
    check_books(&c, 4, 1, 1, 5 * (uint64_t)UHD);
    static const size_t order[] = {4, 2, 0, 3, 1};
    for (size_t i = 0; i < 5; i++)
        pl_release(c.links[0], held[order[i]], UHD);
    check_books(&c, 4, 1, 1, 4 * (uint64_t)UHD);
    assert_int_equal(c.released, 1);
    for (size_t i = 0; i < 4; i++)
        assert_ptr_equal(pl_acquire(c.links[0], UHD), held[order[i]]);
    check_books(&c, 8, 1, 1, 4 * (uint64_t)UHD);
    assert_int_equal(counted_stats(&c).reserved_bytes_peak, 5 * (uint64_t)UHD);
    counted_close(&c);
}

static void refuses_when_empty(void **state)
{
    static struct counted c;
    (void)state;
    counted_open(&c, "frame_pool:frames=2,on_empty=fail/glibc", &frame, 1);
    void *first = pl_acquire(c.links[0], 1);
    assert_non_null(pl_acquire(c.links[0], UHD));
    assert_null(pl_acquire(c.links[0], UHD));
    assert_null(pl_acquire(c.links[0], 1));
    check_books(&c, 2, 2, 0, 2 * (uint64_t)UHD);
    assert_int_equal(counted_stats(&c).refusals, 2);
    pl_release(c.links[0], first, 1);
    assert_ptr_equal(pl_acquire(c.links[0], UHD), first);
    assert_int_equal(c.acquired, 2);
    counted_close(&c);
}

/* Only the shells are kept: each frame's pixels come at its acquire and go at its release. */
static void reuses_shells(void **state)
{
    static struct counted c;
    void *held[3];
    (void)state;
    counted_open(&c, "frame_pool:frames=2,reuse=shells/glibc", &frame, 1);
    check_books(&c, 0, 0, 0, 2 * SHELL);
    assert_int_equal(c.links[0]->footprint(c.links[0], 5), UHD + 1 + SHELL + 1);
    for (size_t i = 0; i < 3; i++)
        held[i] = pl_acquire(c.links[0], UHD);
    check_books(&c, 2, 1, 1, 3 * (uint64_t)(UHD + SHELL));
    assert_int_equal(c.acquired, 2 + 2 + 2);
    for (size_t i = 0; i < 3; i++)
        pl_release(c.links[0], held[i], UHD);
    check_books(&c, 2, 1, 1, 2 * SHELL);
    assert_int_equal(c.released, 4); /* three of pixels, the third shell */
    c.room = c.out;
    assert_null(pl_acquire(c.links[0], UHD)); /* a shell and no pixels for it */
    c.room = COUNTED_BLOCKS;
    held[0] = pl_acquire(c.links[0], UHD);
    held[1] = pl_acquire(c.links[0], UHD);
    check_books(&c, 5, 1, 1, 2 * (uint64_t)(UHD + SHELL));
    counted_close(&c);
}

/* As many allocations as acquires: the pool saves nothing. */
static void the_guides_acquire_throws_the_pixels_away(void **state)
{
    static struct counted c;
    (void)state;
    counted_open(&c, "frame_pool:frames=2,guide=on/glibc", &frame, 1);
    for (size_t i = 0; i < 10; i++) {
        void *block = pl_acquire(c.links[0], UHD);
        assert_non_null(block);
        assert_int_equal(c.acquired, 2 + i + 1);
        assert_int_equal(c.released, i + 1);
        pl_release(c.links[0], block, UHD);
    }
    check_books(&c, 10, 0, 0, 2 * (uint64_t)UHD);
    c.room = 1; /* the thrown away pixels' place is not to be had again */
    assert_null(pl_acquire(c.links[0], UHD));
    check_books(&c, 11, 0, 0, UHD);
    c.room = 0;
    assert_null(pl_acquire(c.links[0], UHD));
    check_books(&c, 12, 0, 0, 0);
    c.room = 2;
    assert_non_null(pl_acquire(c.links[0], UHD)); /* of the frames without pixels */
    assert_non_null(pl_acquire(c.links[0], UHD));
    check_books(&c, 14, 0, 0, 2 * (uint64_t)UHD);
    counted_close(&c);
}

static void hands_out_whole_frames(void **state)
{
    static struct counted c;
    (void)state;
    counted_open(&c, "frame_pool:frames=1/glibc", &frame, 1);
    assert_null(pl_acquire(c.links[0], UHD + 1));
    assert_int_equal(counted_stats(&c).oversize, 1);
    assert_non_null(pl_acquire(c.links[0], 1));
    assert_non_null(pl_acquire(c.links[0], 0));
    check_books(&c, 1, 1, 1, 2 * (uint64_t)UHD);
    assert_int_equal(c.links[0]->footprint(c.links[0], 1), UHD + 1);
    counted_close(&c);
}

static void finds_foreign_and_twice_released_frames(void **state)
{
    static struct counted c;
    static const struct pl_class classes[] = {{"a", 100, -1}, {"b", 100, -1}};
    unsigned char foreign[100];
    (void)state;
    counted_open(&c, "frame_pool:frames=2/glibc", classes, 2);
    void *kept = pl_acquire(c.links[0], 100);
    pl_acquire(c.links[0], 100);
    unsigned char *fallback = pl_acquire(c.links[0], 100);
    pl_release(c.links[0], NULL, 100);
    assert_int_equal(counted_stats(&c).corruptions, 0);
    pl_release(c.links[0], foreign, 100);
    pl_release(c.links[0], fallback + 16, 84);
    pl_release(c.links[1], kept, 100); /* another class's */
    assert_int_equal(counted_stats(&c).corruptions, 3);
    pl_release(c.links[0], kept, 100);
    pl_release(c.links[0], kept, 100);
    assert_int_equal(counted_stats(&c).corruptions, 4);
    assert_ptr_equal(pl_acquire(c.links[0], 100), kept);
    assert_ptr_not_equal(pl_acquire(c.links[0], 100), kept); /* there was one, not two */
    assert_int_equal(counted_stats(&c).fallback_allocations, 2);
    counted_close(&c);
}

/* What the next link refuses leaves the books as they were. */
static void survives_failures_of_the_next_link(void **state)
{
    static struct counted c;
    static const char *const texts[] = {"frame_pool:frames=1/glibc",
                                        "frame_pool:frames=1,reuse=shells/glibc"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        counted_open(&c, texts[i], &frame, 1);
        void *held = pl_acquire(c.links[0], UHD);
        uint64_t reserved = counted_stats(&c).reserved_bytes;
        for (size_t room = 0; room <= i; room++) {
            c.room = c.out + room; /* none, then the shell and no pixels */
            assert_null(pl_acquire(c.links[0], UHD));
            check_books(&c, 1, room + 1, 0, reserved);
        }
        pl_release(c.links[0], held, UHD);
        assert_non_null(pl_acquire(c.links[0], UHD));
        counted_close(&c);
    }
}

/* Fills and empties at random, against a model of the pool: a number of kept frames. */
static void churn(struct counted *c, size_t frames, bool fails)
{
    void *held[12] = {0};
    size_t kept = frames;
    uint64_t random = 1, hits = 0, misses = 0;
    for (size_t step = 0; step < 20000; step++) {
        void **slot = &held[counted_random(&random) % 12];
        if (*slot) {
            pl_release(c->links[0], *slot, 1000);
            *slot = NULL;
            kept += kept < frames;
            continue;
        }
        *slot = pl_acquire(c->links[0], 1000);
        assert_true(*slot || (fails && !kept));
        hits += kept > 0;
        misses += !kept;
        kept -= kept > 0;
        struct pl_stack_stats stats = counted_stats(c);
        assert_int_equal(stats.pool_hits, hits);
        assert_int_equal(stats.pool_misses, misses);
        assert_int_equal(stats.fallback_allocations, fails ? 0 : misses);
        assert_int_equal(stats.refusals, fails ? misses : 0);
        assert_int_equal(stats.reserved_bytes, c->out_bytes);
    }
    assert_true(hits > 100 && misses > 100);
    assert_int_equal(counted_stats(c).corruptions, 0);
}

static void gives_back_what_it_took(void **state)
{
    static const char *const reuses[] = {"reuse=pixels", "reuse=pixels,guide=on", "reuse=shells"};
    static const char *const empties[] = {"fallback", "fail"};
    static const struct pl_class class = {"packet", 1000, -1};
    static struct counted c;
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        char text[100];
        snprintf(text, sizeof text, "frame_pool:frames=4,%s,on_empty=%s/glibc", reuses[i / 2],
                 empties[i % 2]);
        counted_open(&c, text, &class, 1);
        churn(&c, 4, i % 2);
        counted_close(&c);
    }
}

static size_t fill(struct pl_allocator *link, void **held, size_t most)
{
    size_t count = 0;
    while (count < most && (held[count] = pl_acquire(link, UHD)))
        count++;
    return count;
}

static void limits_count_frames_above_and_below(void **state)
{
    static const struct {
        const char *text;
        uint64_t max;
        size_t count, refusals;
    } rows[] = {
        {"limited/frame_pool/glibc", 6 * (uint64_t)UHD, 6, 1},
        {"limited/frame_pool/glibc", 3 * (uint64_t)UHD, 3, 1},
        {"limited/frame_pool:reuse=shells/glibc", 3 * (uint64_t)(UHD + SHELL), 3, 1},
        {"limited/frame_pool:reuse=shells/glibc", 3 * (uint64_t)(UHD + SHELL) - 1, 2, 1},
        {"frame_pool/limited/glibc", 6 * (uint64_t)UHD, 6, 1},
        {"frame_pool:on_empty=fail/limited/glibc", 6 * (uint64_t)UHD, 4, 1},
        {"frame_pool:reuse=shells/limited/glibc", 4 * (uint64_t)SHELL + 2 * UHD, 2, 1},
        {"frame_pool:guide=on/limited/glibc", 4 * (uint64_t)UHD, 4, 1},
    };
    const struct pl_class class = {"frame", UHD, 0};
    (void)state;
    for (size_t i = 0; i < PL_ARRAY_COUNT(rows); i++) {
        const struct pl_budget budget = {"frames", rows[i].max};
        struct pl_stack *stack = open_stack(rows[i].text, &class, 1, &budget, 1);
        struct pl_allocator *link = pl_stack_class(stack, 0);
        void *held[16];
        for (size_t round = 1; round <= 3; round++) {
            size_t count = fill(link, held, 16);
            assert_int_equal(count, rows[i].count);
            assert_int_equal(stats_of(stack).refusals, round * rows[i].refusals);
            for (size_t k = 0; k < count; k++)
                pl_release(link, held[k], UHD);
        }
        assert_int_equal(stats_of(stack).corruptions, 0);
        pl_stack_close(stack);
    }
}

static void a_limit_too_small_is_an_error(void **state)
{
    const struct pl_class classes[] = {{"small", 100, 0}, {"frame", UHD, 0}};
    const struct pl_budget budget = {"frames", 400 + 3 * (uint64_t)UHD};
    struct pl_stack_spec spec;
    struct pl_stack *stack = NULL;
    struct pl_error error = {""};
    (void)state;
    assert_int_equal(pl_stack_parse("frame_pool/limited/glibc", &spec, &error), 0);
    assert_int_equal(pl_stack_open(&spec, classes, 2, &budget, 1, &stack, &error), -ENOMEM);
    assert_null(stack);
    assert_string_equal(
        error.text,
        "stack 'frame_pool/limited/glibc': frame_pool: memory for 3 of 4 frames of class 'frame' "
        "alone, 12441600 B each; expected fewer frames, or a limit below that holds them");
}

struct waiter {
    struct pl_allocator *link;
    void *block;
    _Atomic bool done;
};

static void *wait_in_thread(void *argument)
{
    struct waiter *waiter = argument;
    waiter->block = pl_acquire(waiter->link, UHD);
    atomic_store(&waiter->done, true);
    return NULL;
}

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

static void waits_until_a_frame_comes_back(void **state)
{
    const char *const text = "frame_pool:frames=1,on_empty=wait,wait_ms=60000/glibc";
    struct pl_stack *stack = open_stack(text, &frame, 1, NULL, 0);
    struct waiter waiter = {.link = pl_stack_class(stack, 0)};
    pthread_t thread;
    (void)state;
    void *block = pl_acquire(waiter.link, UHD);
    assert_int_equal(pthread_create(&thread, NULL, wait_in_thread, &waiter), 0);
    pause_ms(50);
    assert_false(atomic_load(&waiter.done));
    pl_release(waiter.link, block, UHD);
    pthread_join(thread, NULL);
    assert_ptr_equal(waiter.block, block);
    assert_int_equal(stats_of(stack).pool_hits, 2);
    assert_int_equal(stats_of(stack).pool_misses, 0);
    assert_int_equal(stats_of(stack).refusals, 0);
    pl_stack_close(stack);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void a_wait_ends(void **state)
{
    struct pl_stack *stack =
        open_stack("frame_pool:frames=1,on_empty=wait,wait_ms=30/glibc", &frame, 1, NULL, 0);
    struct pl_allocator *link = pl_stack_class(stack, 0);
    (void)state;
    assert_non_null(pl_acquire(link, UHD));
    while (seconds() - (double)(long)seconds() < 0.975) /* the wait ends in the next second */
        pause_ms(1);
    double start = seconds();
    assert_null(pl_acquire(link, UHD));
    assert_true(seconds() - start >= 0.03);
    assert_int_equal(stats_of(stack).refusals, 1);
    assert_int_equal(stats_of(stack).pool_misses, 1);
    pl_stack_close(stack);
}

enum { PASSES = 20000 };

static void *pass_frames(void *link)
{
    size_t failures = 0;
    for (size_t i = 0; i < PASSES; i++) {
        unsigned char *block = pl_acquire(link, 1000);
        failures += !block;
        if (block)
            block[i % 1000] = (unsigned char)i;
        pl_release(link, block, 1000);
    }
    return (void *)(uintptr_t)failures;
}

/* Three threads and one frame: none waits in vain. */
static void threads_share_one_frame(void **state)
{
    const struct pl_class class = {"packet", 1000, -1};
    struct pl_stack *stack =
        open_stack("frame_pool:frames=1,on_empty=wait,wait_ms=60000/glibc", &class, 1, NULL, 0);
    pthread_t threads[3];
    (void)state;
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, pass_frames, pl_stack_class(stack, 0)),
                         0);
    for (size_t i = 0; i < 3; i++) {
        void *failures;
        pthread_join(threads[i], &failures);
        assert_null(failures);
    }
    assert_int_equal(stats_of(stack).pool_hits, 3 * PASSES);
    assert_int_equal(stats_of(stack).corruptions, 0);
    pl_stack_close(stack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(falls_back_when_empty_and_frees_when_full),
        cmocka_unit_test(refuses_when_empty),
        cmocka_unit_test(reuses_shells),
        cmocka_unit_test(the_guides_acquire_throws_the_pixels_away),
        cmocka_unit_test(hands_out_whole_frames),
        cmocka_unit_test(finds_foreign_and_twice_released_frames),
        cmocka_unit_test(survives_failures_of_the_next_link),
        cmocka_unit_test(gives_back_what_it_took),
        cmocka_unit_test(limits_count_frames_above_and_below),
        cmocka_unit_test(a_limit_too_small_is_an_error),
        cmocka_unit_test(waits_until_a_frame_comes_back),
        cmocka_unit_test(a_wait_ends),
        cmocka_unit_test(threads_share_one_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
