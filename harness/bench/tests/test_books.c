/* The counting link of the memory pass: what it counts, and that what it does not get it does not
 * count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "harness/bench/counting_link.h"

/* A heap that refuses when told to. */
struct heap {
    struct pl_allocator link;
    bool refuses;
    size_t released; /* bytes */
};

static void *acquire(struct pl_allocator *self, size_t size)
{
    return ((struct heap *)self)->refuses ? NULL : malloc(size);
}

static void release(struct pl_allocator *self, void *block, size_t size)
{
    ((struct heap *)self)->released += size;
    free(block);
}

static size_t footprint(const struct pl_allocator *self, size_t size)
{
    (void)self;
    return size + 16;
}

static void books_count_what_was_got(void **state)
{
    struct heap heap = {.link = {.acquire = acquire, .release = release, .footprint = footprint}};
    struct books books = {.acquires = 0};
    struct pl_bench_memory memory;
    (void)state;
    struct pl_allocator *packets = books_link(&books, 0, &heap.link);
    struct pl_allocator *frames = books_link(&books, 1, &heap.link);
    assert_int_equal(packets->footprint(packets, 100), 116);
    void *before = pl_acquire(packets, 1000);
    books_start(&books);
    void *a = pl_acquire(packets, 100), *b = pl_acquire(frames, 50);
    heap.refuses = true;
    assert_null(pl_acquire(frames, 7000));
    heap.refuses = false;
    pl_release(packets, a, 100);
    pl_release(packets, NULL, 100);
    void *c = pl_acquire(frames, 20);
    books_stop(&books, &memory);
    assert_int_equal(memory.acquires, 3);
    assert_int_equal(memory.acquired_bytes, 170);
    assert_int_equal(memory.live_bytes_peak, 1150);
    assert_int_equal(memory.live_bytes_grown, 1070);
    pl_release(packets, before, 1000);
    pl_release(frames, b, 50);
    pl_release(frames, c, 20);
    books_stop(&books, &memory);
    assert_int_equal(memory.live_bytes_grown, 0);
    assert_int_equal(heap.released, 1270); /* each release passes through, that of NULL too */
}

static void a_loop_that_begins_keeps_what_stands(void **state)
{
    struct heap heap = {.link = {.acquire = acquire, .release = release, .footprint = footprint}};
    struct books books = {.acquires = 0};
    struct pl_bench_memory memory;
    (void)state;
    struct pl_allocator *packets = books_link(&books, 0, &heap.link);
    books_start(&books);
    void *window = pl_acquire(packets, 500);
    books_begin(&books);
    void *one = pl_acquire(packets, 30);
    pl_release(packets, one, 30);
    pl_release(packets, window, 500);
    books_stop(&books, &memory);
    assert_int_equal(memory.acquires, 1);
    assert_int_equal(memory.acquired_bytes, 30);
    assert_int_equal(memory.live_bytes_peak, 530);
    books_start(&books);
    books_stop(&books, &memory);
    assert_int_equal(memory.live_bytes_peak, 0); /* of an earlier benchmark nothing is left */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(books_count_what_was_got),
        cmocka_unit_test(a_loop_that_begins_keeps_what_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
