/* What is seen of a process's memory: the stack of a thread below which no mapping of its own
 * stands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/trace/beside.h"

#define PAGE UINT64_C(4096)
#define PAGES 14
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102 /* linux/mman.h, from Linux 6.13 on */
#endif

/* Linux 6.15 is the first to show what may not be touched. */
static bool shows_guards(void)
{
    struct utsname name;
    int major = 0, minor = 0;
    return uname(&name) == 0 && sscanf(name.release, "%d.%d", &major, &minor) == 2 &&
           (major > 6 || (major == 6 && minor >= 15));
}

/* Of the heap two pages, then two that may not be touched, above them a stack of six, of which
 * three were, and another one behind a page that may not be, of three, all touched: in one mapping,
 * as the kernel joins them. */
static uint64_t make_stack(void)
{
    uint8_t *base =
        mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(base, MAP_FAILED);
    if (!shows_guards() || madvise(base + 2 * PAGE, 2 * PAGE, MADV_GUARD_INSTALL) ||
        madvise(base + 10 * PAGE, PAGE, MADV_GUARD_INSTALL))
        skip();
    memset(base, 1, 2 * PAGE);
    memset(base + 7 * PAGE, 1, 3 * PAGE);
    memset(base + 11 * PAGE, 1, 3 * PAGE);
    return (uint64_t)(uintptr_t)base;
}

static void sample_again(const struct pl_memory_sample *sample, struct pl_memory_sample *again)
{
    FILE *stream = tmpfile();
    assert_non_null(stream);
    assert_true(pl_memory_sample_write(sample, stream));
    rewind(stream);
    assert_true(pl_memory_sample_read(again, stream));
    fclose(stream);
}

static void a_stack_ends_where_nothing_may_be_touched(void **state)
{
    (void)state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    skip(); /* terabytes of its shadow are mapped, and would be looked at page by page */
#endif
    uint64_t base = make_stack(), top = base + 9 * PAGE + 100, other = base + 13 * PAGE;
    struct pl_memory_sample sample = {0}, again = {0};
    assert_true(pl_memory_sample_take(&sample, getpid(), 1));
    sample_again(&sample, &again);
    assert_int_equal(pl_memory_sample_guard(&sample, top), base + 4 * PAGE);
    assert_int_equal(pl_memory_sample_guard(&again, top), base + 4 * PAGE);
    assert_true(pl_memory_sample_guard(&sample, base + PAGE) <= base);
    struct pl_beside beside = {0};
    int64_t with = pl_beside_heap_bytes(&beside, &again);
    assert_int_equal(pl_beside_add_stack(&beside, top), 0);
    assert_int_equal(with - pl_beside_heap_bytes(&beside, &again), 3 * PAGE);
    assert_int_equal(pl_memory_sample_guard(&again, other), base + 11 * PAGE);
    assert_int_equal(pl_beside_add_stack(&beside, other), 0);
    assert_int_equal(with - pl_beside_heap_bytes(&beside, &again), 6 * PAGE);
    pl_beside_free(&beside);
    pl_memory_sample_free(&sample);
    pl_memory_sample_free(&again);
    munmap((void *)(uintptr_t)base, PAGES * PAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stack_ends_where_nothing_may_be_touched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
