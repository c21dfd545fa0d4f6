/* The shared contract: alignment, content, sizes, churn, failures, threads, nothing left behind. */
#include "allocators/tests/contract.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "allocators/base/instruments.h"
#include "allocators/tests/opened.h"

#define MIB (UINT64_C(1) << 20)

enum {
    CLASSES = 6,
    SMALL_CLASSES = 4,
    SHADOW = 256,
    CHURN_STEPS = 60000,
    THREAD_STEPS = 30000,
    EXCHANGE = 64
};

static const struct pl_class classes[CLASSES] = {
    {"byte", 1, 0},     {"node", 24, 0},       {"packet", 696, 0},
    {"frame", 4120, 0}, {"image", MIB + 8, 0}, {"large", 36 * MIB, 0},
};
static const struct pl_budget budget = {"all", 1024 * MIB};

/* The stack under test; cmocka's tests take no arguments of ours. */
static const char *stack_text;
static struct pl_stack *stack;
static uint64_t seed;

/* splitmix64 (Steele, Lea, Flood, OOPSLA 2014). */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* null touches every class's pool beforehand: without the last class 32 MiB each are enough. */
static size_t class_count(void)
{
    return strstr(stack_text, "null") ? CLASSES - 1 : CLASSES;
}

static struct pl_stack *open_text(const char *text)
{
    return open_stack(text, classes, class_count(), &budget, 1);
}

static int open_each(void **state)
{
    (void)state;
    stack = open_text(stack_text);
    return 0;
}

static int close_each(void **state)
{
    (void)state;
    struct pl_stack_stats stats = stats_of(stack);
    pl_stack_close(stack);
    return stats.corruptions == 0 ? 0 : -1;
}

/* malloc owes a block the alignment of what fits into it: C11 7.22.3 as amended by N2293. */
static size_t owed_alignment(size_t size)
{
    struct pl_stack_spec spec;
    pl_stack_parse(stack_text, &spec, NULL);
    size_t alignment = pl_stack_alignment(&spec);
    while (alignment > size && alignment > 1)
        alignment /= 2;
    return alignment;
}

/* How far the marks of a large block lie apart: on each page up to 1 MiB, and at 256 places of any
 * that is larger, where to touch each page would take more time than all else together. */
static size_t stride(size_t size)
{
    return size / 256 < 4096 ? 4096 : size / 256;
}

/* Marks a block at both ends and, if it is small, throughout. */
static void mark(unsigned char *block, size_t size, unsigned char value)
{
    if (size <= 8192) {
        memset(block, value, size);
        return;
    }
    memset(block, value, 64);
    memset(block + size - 64, value, 64);
    for (size_t i = 0; i < size; i += stride(size))
        block[i] = value;
}

static bool is_marked(const unsigned char *block, size_t size, unsigned char value)
{
    if (size <= 8192) /* all bytes are the first one */
        return !size || (block[0] == value && memcmp(block, block + 1, size - 1) == 0);
    for (size_t i = 0; i < size; i += stride(size))
        if (block[i] != value)
            return false;
    return block[size - 1] == value;
}

static void serves_sizes(void **state)
{
    (void)state;
    for (size_t i = 0; i < class_count(); i++) {
        const size_t top = classes[i].size;
        const size_t sizes[] = {0, 1, 7, 8, 9, 16, 17, 100, 695, 4096, 65536, top - 1, top};
        struct pl_allocator *link = pl_stack_class(stack, i);
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
            const size_t size = sizes[k];
            if (size > top)
                continue;
            unsigned char *block = pl_acquire(link, size);
            if (size)
                assert_non_null(block);
            assert_int_equal((uintptr_t)block % owed_alignment(size), 0);
            assert_true(link->footprint(link, size) >= size);
            if (size) {
                mark(block, size, 0xa5);
                assert_true(is_marked(block, size, 0xa5));
            }
            pl_release(link, block, size);
        }
        pl_release(link, NULL, top);
    }
}

static void refuses_or_serves_more_than_the_class(void **state)
{
    struct pl_allocator *link = pl_stack_class(stack, 2);
    (void)state;
    void *block = pl_acquire(link, 10000);
    assert_int_equal(block == NULL, stats_of(stack).oversize == 1);
    if (block)
        mark(block, 10000, 1);
    pl_release(link, block, 10000);
}

/* Whether the stack serves requests natively: its heap has calls for them, and no pool is before.
 */
static bool is_native(const struct pl_allocator *link)
{
    while (link->acquire_as && link->inner)
        link = link->inner;
    return link->acquire_as;
}

/* Leaves room for what a pool of one size has to add. */
static size_t aligned_size(size_t top, size_t alignment)
{
    size_t more = alignment < 16 ? 16 : alignment;
    return top > more ? top - more : 0;
}

static void serves_aligned_blocks(void **state)
{
    uint64_t by_hand = 0;
    (void)state;
    for (size_t i = 0; i <= SMALL_CLASSES; i++)
        for (size_t alignment = 1; alignment <= 4096; alignment *= 2) {
            struct pl_allocator *link = pl_stack_class(stack, i);
            struct pl_request request = {aligned_size(classes[i].size, alignment), alignment,
                                         alignment == 64};
            if (!request.size)
                continue;
            unsigned char *block = pl_acquire_as(link, &request);
            assert_non_null(block);
            assert_int_equal((uintptr_t)block % alignment, 0);
            assert_true(!request.zeroed || is_marked(block, request.size, 0));
            assert_true(pl_footprint_as(link, &request) >= request.size);
            mark(block, request.size, 0x5a);
            assert_true(is_marked(block, request.size, 0x5a));
            pl_release_as(link, block, &request);
            by_hand += !is_native(link) && alignment > owed_alignment(request.size);
        }
    assert_int_equal(stats_of(stack).alignment_fallbacks, by_hand);
}

static void serves_zeroed_blocks(void **state)
{
    (void)state;
    for (size_t i = 0; i <= SMALL_CLASSES; i++) {
        struct pl_allocator *link = pl_stack_class(stack, i);
        const struct pl_request request = {.size = classes[i].size, .zeroed = true};
        for (int turn = 0; turn < 3; turn++) {
            unsigned char *block = pl_acquire_as(link, &request);
            assert_non_null(block);
            assert_true(block[0] == 0 && memcmp(block, block + 1, request.size - 1) == 0);
            memset(block, 0xff, request.size);
            pl_release_as(link, block, &request);
        }
        assert_int_equal(stats_of(stack).zeroing_fallbacks, is_native(link) ? 0 : 3 * (i + 1));
    }
}

/* Grows and shrinks, first from an aligned block. */
static void resizes_blocks(void **state)
{
    static const size_t parts[] = {2, 1, 3, 7, 1, 100, 1};
    struct pl_request now;
    uint64_t resizes = 0;
    (void)state;
    for (size_t i = 1; i < SMALL_CLASSES + 1; i++) {
        struct pl_allocator *link = pl_stack_class(stack, i);
        now = (struct pl_request){.size = aligned_size(classes[i].size, 16), .alignment = 16};
        unsigned char *block = pl_acquire_as(link, &now);
        mark(block, now.size, 1);
        for (size_t k = 0; k < sizeof parts / sizeof *parts; k++, resizes++) {
            size_t size = 1 + (classes[i].size - 1) / parts[k];
            block = pl_resize(link, block, &now, size);
            assert_non_null(block);
            size_t kept = size < now.size ? size : now.size;
            assert_true(kept > 8192 || is_marked(block, kept, (unsigned char)(k + 1)));
            now = (struct pl_request){.size = size};
            mark(block, size, (unsigned char)(k + 2));
        }
        pl_release_as(link, block, &now);
    }
    assert_int_equal(stats_of(stack).resize_fallbacks,
                     is_native(pl_stack_class(stack, 1)) ? 0 : resizes);
}

struct shadow {
    unsigned char *block;
    size_t size, class;
    unsigned char value;
};

static void drop(struct pl_stack *of, struct shadow *shadow)
{
    if (shadow->block && !is_marked(shadow->block, shadow->size, shadow->value))
        fail_msg("a block of %zu B has changed", shadow->size);
    pl_release(pl_stack_class(of, shadow->class), shadow->block, shadow->size);
    shadow->block = NULL;
}

/* Small classes often, the image now and then. */
static size_t pick_class(uint64_t random)
{
    return random % 64 == 0 ? SMALL_CLASSES : random % SMALL_CLASSES;
}

static bool refill(struct pl_stack *of, struct shadow *shadow, uint64_t *random)
{
    shadow->class = pick_class(next_random(random));
    shadow->size = 1 + next_random(random) % classes[shadow->class].size;
    shadow->value = (unsigned char)next_random(random);
    shadow->block = pl_acquire(pl_stack_class(of, shadow->class), shadow->size);
    if (shadow->block)
        mark(shadow->block, shadow->size, shadow->value);
    return shadow->block;
}

static void churns_like_the_shadow(void **state)
{
    static struct shadow shadows[SHADOW];
    uint64_t random = seed;
    (void)state;
    for (size_t step = 0; step < CHURN_STEPS; step++) {
        struct shadow *shadow = &shadows[next_random(&random) % SHADOW];
        if (shadow->block)
            drop(stack, shadow);
        else
            assert_true(refill(stack, shadow, &random));
    }
    for (size_t i = 0; i < SHADOW; i++)
        drop(stack, &shadows[i]);
    struct pl_stack_stats stats = stats_of(stack);
    assert_int_equal(stats.heap_failures + stats.refusals + stats.corruptions, 0);
    assert_true(stats.reserved_bytes <= stats.reserved_bytes_peak);
    assert_true(stats.pooled || !stats.reserved_bytes);
}

/* Inserts a fault before layer `at` (0: the outermost) of the stack. null touches its pools as it
 * opens, and so has small ones here, where it opens often. */
static void insert_fault(char *text, size_t capacity, size_t at, unsigned long nth)
{
    struct pl_stack_spec spec;
    const char *rest = stack_text;
    pl_stack_parse(stack_text, &spec, NULL);
    for (size_t i = 0; i < at; i++)
        rest = strchr(rest, '/') + 1;
    snprintf(text, capacity, "%.*sfault:nth=%lu/%s", (int)(rest - stack_text), stack_text, nth,
             rest);
    char *pool = strstr(text, "size=12MiB");
    if (pool)
        memcpy(pool, "size=99KiB", 10);
}

/* Holds 12 blocks of each of the small classes, one of which may have failed, then goes on. */
static unsigned fill_and_empty(struct pl_stack *of)
{
    struct shadow shadows[48] = {0};
    unsigned failures = 0;
    uint64_t random = seed;
    for (size_t i = 0; i < 48; i++) {
        shadows[i] = (struct shadow){.size = classes[i % SMALL_CLASSES].size,
                                     .class = i % SMALL_CLASSES,
                                     .value = (unsigned char)next_random(&random)};
        shadows[i].block = pl_acquire(pl_stack_class(of, i % SMALL_CLASSES), shadows[i].size);
        if (shadows[i].block)
            mark(shadows[i].block, shadows[i].size, shadows[i].value);
        else
            failures++;
    }
    for (size_t i = 0; i < 48; i++)
        drop(of, &shadows[(i * 31) % 48]);
    return failures;
}

/* NULL when the failure struck what a pool makes beforehand: then the stack can't be opened. */
static struct pl_stack *open_failing(const char *text)
{
    struct pl_stack_spec spec;
    struct pl_stack *opened = NULL;
    struct pl_error error = {""};
    assert_int_equal(pl_stack_parse(text, &spec, &error), 0);
    int rc = pl_stack_open(&spec, classes, SMALL_CLASSES, &budget, 1, &opened, &error);
    if (rc && (rc != -ENOMEM || !strstr(text, "_pool")))
        fail_msg("%s", error.text);
    return opened;
}

static void fails_once_at(size_t layer, unsigned long nth)
{
    char text[PL_STACK_TEXT_MAX];
    insert_fault(text, sizeof text, layer, nth);
    struct pl_stack *failing = open_failing(text);
    if (!failing)
        return;
    unsigned failures = fill_and_empty(failing);
    struct pl_stack_stats stats = stats_of(failing);
    if (layer == 0) {
        assert_int_equal(failures, 1);
        assert_int_equal(stats.heap_failures, 1);
    }
    assert_true(failures <= 1 && stats.heap_failures <= 1);
    assert_int_equal(fill_and_empty(failing), 0);
    assert_int_equal(stats_of(failing).corruptions, 0);
    pl_stack_close(failing);
}

static void survives_failure_at_every_allocation(void **state)
{
    (void)state;
    for (unsigned long nth = 1; nth <= 48; nth++)
        fails_once_at(0, nth);
    /* Before each link further in, where the spec has the text for it and a fault is not barred. */
    struct pl_stack_spec spec;
    pl_stack_parse(stack_text, &spec, NULL);
    bool mapped = strstr(stack_text, "backing=mmap");
    for (size_t layer = 1; layer < spec.depth && strchr(stack_text, '/') && !mapped; layer++)
        for (unsigned long nth = 1; nth <= 48; nth++)
            fails_once_at(layer, nth);
}

/* Pages mapped by this process. */
static unsigned long mapped_pages(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%lu", &pages), 1);
    fclose(file);
    return pages;
}

static void open_hold_close(void)
{
    struct pl_stack *held = open_text(stack_text);
    struct pl_stack_spec spec;
    pl_stack_parse(stack_text, &spec, NULL);
    for (size_t i = 0; i < CLASSES - 1; i++)
        for (size_t n = 0; n < 20; n++) {
            void *block = pl_acquire(pl_stack_class(held, i), classes[i].size);
            assert_non_null(block);
            if (n % 2 || !stats_of(held).pooled) /* a pool takes back what is still held */
                pl_release(pl_stack_class(held, i), block, classes[i].size);
        }
    pl_stack_close(held);
}

static unsigned long pages_of_rounds(void)
{
    unsigned long before = mapped_pages();
    for (size_t round = 0; round < 20; round++)
        open_hold_close();
    unsigned long after = mapped_pages();
    return after > before ? after - before : 0;
}

/* The heap's own state is settled after some rounds, but for a step that glibc may still take,
 * once; what goes on growing is lost. */
static void leaves_nothing_behind(void **state)
{
    (void)state;
    skip_if_sanitized();
    struct pl_instruments instruments;
    pl_instruments_find(&instruments);
    if (instruments.valgrind) {
        print_message("skipped: memcheck holds freed memory back, and looks for leaks itself\n");
        skip();
    }
    for (size_t round = 0; round < 10; round++)
        open_hold_close();
    unsigned long grown = pages_of_rounds();
    for (int again = 0; again < 2 && grown > 20; again++)
        grown = pages_of_rounds();
    if (grown > 20)
        fail_msg("%lu pages more after 20 rounds, for the third time", grown);
}

/* Blocks of one class on their way from thread to thread. */
static _Atomic(unsigned char *) exchange[EXCHANGE];
static _Atomic unsigned broken;

static void *churn_thread(void *argument)
{
    struct pl_allocator *link = pl_stack_class(stack, 2);
    uint64_t random = seed + (uintptr_t)argument;
    for (size_t step = 0; step < THREAD_STEPS; step++) {
        unsigned char *block = pl_acquire(link, 696);
        if (!block) {
            atomic_fetch_add(&broken, 1);
            continue;
        }
        mark(block, 696, (unsigned char)step);
        block = atomic_exchange(&exchange[next_random(&random) % EXCHANGE], block);
        if (block && !is_marked(block, 696, block[0]))
            atomic_fetch_add(&broken, 1);
        pl_release(link, block, 696);
    }
    return NULL;
}

static void serves_two_threads(void **state)
{
    struct pl_stack_spec spec;
    pthread_t threads[2];
    (void)state;
    pl_stack_parse(stack_text, &spec, NULL);
    if (pl_stack_one_thread(&spec)) {
        print_message("%s is for one thread at a time\n", stack_text);
        skip();
    }
    for (uintptr_t i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, churn_thread, (void *)i), 0);
    for (size_t i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    for (size_t i = 0; i < EXCHANGE; i++)
        pl_release(pl_stack_class(stack, 2), atomic_exchange(&exchange[i], NULL), 696);
    assert_int_equal(atomic_load(&broken), 0);
}

static void choose_seed(void)
{
    const char *given = getenv("PL_SEED");
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    seed = (uint64_t)now.tv_nsec + ((uint64_t)getpid() << 32);
    if (given)
        seed = (uint64_t)strtoull(given, NULL, 0);
    print_message("%s: PL_SEED=%llu\n", stack_text, (unsigned long long)seed);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, open_each, close_each)

int contract_run(const char *spec)
{
    const struct CMUnitTest tests[] = {
        EACH(serves_sizes),
        EACH(refuses_or_serves_more_than_the_class),
        EACH(serves_aligned_blocks),
        EACH(serves_zeroed_blocks),
        EACH(resizes_blocks),
        EACH(churns_like_the_shadow),
        cmocka_unit_test(survives_failure_at_every_allocation),
        cmocka_unit_test(leaves_nothing_behind),
        EACH(serves_two_threads),
    };
    stack_text = spec;
    choose_seed();
    return cmocka_run_group_tests_name(spec, tests, NULL, NULL);
}
