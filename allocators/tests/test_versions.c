/* Versions of heaps: how they are compared, told by the heap itself, and which options each reads.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "allocators/tests/opened.h"
#include "allocators/tests/spawn.h"

static void compares_numbers(void **state)
{
    static const struct {
        const char *a, *b;
        int order;
    } rows[] = {
        {"2.0.9", "2.1", -1},
        {"2.1", "2.1.0", 0},
        {"2.10", "2.9", 1},
        {"gperftools 2.10", "2.10", 0},
        {"5.3.0-0-g54eaed1d", "5.3.0", 0},
        {"5.3.1", "5.3.0", 1},
        {"19", "14.0.6", 1},
        {"19.1.7", "19", 1},
        {"", "0", 0},
    };
    (void)state;
    for (size_t i = 0; i < PL_ARRAY_COUNT(rows); i++) {
        assert_int_equal(pl_version_compare(rows[i].a, rows[i].b), rows[i].order);
        assert_int_equal(pl_version_compare(rows[i].b, rows[i].a), -rows[i].order);
    }
}

static void refuses_what_a_version_does_not_read(void **state)
{
    static const struct {
        const char *stack, *version, *says; /* NULL: it is read */
    } rows[] = {
        {"mimalloc:decommit_delay_ms=0", "2.0.9", NULL},
        {"mimalloc:decommit_delay_ms=0", "3.0.1",
         "mimalloc 3.0.1 does not read decommit_delay_ms (versions before 2.1 do); expected "
         "purge_delay_ms"},
        {"mimalloc:purge_delay_ms=0", "2.0.9",
         "mimalloc 2.0.9 does not read purge_delay_ms (2.1 does); expected decommit_delay_ms"},
        {"mimalloc:purge_delay_ms=0,purge_decommits=off,arena_purge_mult=1", "2.1.7", NULL},
        {"slab/mimalloc@/x/libmimalloc.so.3:eager_commit=on", "3.0.1", NULL},
        {"slab/mimalloc@/x/libmimalloc.so.3:eager_commit=on", "3.6.0",
         "mimalloc 3.6.0 does not read eager_commit (versions before 3.2 do); expected "
         "purge_delay_ms, purge_decommits, arena_purge_mult"},
        {"mimalloc:decommit_delay_ms=0", "", NULL},
        {"jemalloc:tcache_max=64KiB", "5.3.0", NULL},
        {"jemalloc:tcache_max=32KiB", "5.3.1", NULL},
        {"jemalloc:tcache_max=64KiB", "5.3.1",
         "jemalloc 5.3.1 takes tcache_max up to 32768 B alone (versions before 5.3.1 take more); "
         "expected no more than that"},
        {"jemalloc:tcache_max=64KiB,narenas=1", "5.2.1",
         "jemalloc 5.2.1 does not read tcache_max (5.3 does); expected narenas, dirty_decay_ms, "
         "muzzy_decay_ms, tcache, oversize_threshold, retain, thp, background_thread"},
        {"glibc:arena_max=1", "2.36", NULL},
        {"glibc:tcache_max=2MiB", "2.43", NULL},
        {"glibc:tcache_max=2MiB", "2.36",
         "glibc 2.36 does not read tcache_max (2.42 does); expected arena_max, mmap_threshold, "
         "mmap_max, trim_threshold, top_pad, tcache_count"},
        {"null", "", NULL},
    };
    (void)state;
    for (size_t i = 0; i < PL_ARRAY_COUNT(rows); i++) {
        struct pl_stack_spec spec;
        struct pl_error error = {""};
        char expected[512];
        assert_int_equal(pl_stack_parse(rows[i].stack, &spec, &error), 0);
        assert_int_equal(pl_stack_check_version(&spec, rows[i].version, &error),
                         rows[i].says ? -EINVAL : 0);
        if (!rows[i].says)
            continue;
        snprintf(expected, sizeof expected, "stack '%s': %s", rows[i].stack, rows[i].says);
        assert_string_equal(error.text, expected);
    }
}

/* Whatever is installed here tells a version that begins with a number. */
static void tells_its_version(void **state)
{
    const char *name = *state;
    struct pl_stack_spec spec;
    struct pl_environment environment;
    struct pl_error error;
    char output[512];
    skip_if_sanitized();
    assert_int_equal(pl_stack_parse(name, &spec, &error), 0);
    if (pl_stack_available(&spec, &error)) {
        print_message("skipped: %s\n", error.text);
        skip();
    }
    assert_int_equal(pl_stack_environment(&spec, &environment, &error), 0);
    const char *const arguments[] = {"test_versions", "--tell", name, NULL};
    assert_int_equal(spawn_self(arguments, &environment, output, sizeof output), 0);
    assert_true(output[0] >= '1' && output[0] <= '9');
    assert_int_equal(strspn(output, "0123456789.") + 1, strlen(output));
    print_message("%s %s", name, output);
}

static void another_heap_tells_nothing(void **state)
{
    struct pl_stack_spec spec;
    struct pl_error error;
    char version[PL_VERSION_TEXT_MAX];
    (void)state;
    assert_int_equal(pl_stack_parse("mimalloc@/x/libmimalloc.so.3", &spec, &error), 0);
    assert_int_equal(pl_stack_version(&spec, version, sizeof version, &error), -ENOSYS);
    assert_string_equal(version, "");
}

static void needs_a_library_that_is_there(void **state)
{
    struct pl_stack_spec spec;
    struct pl_error error;
    (void)state;
    assert_int_equal(pl_stack_parse("jemalloc@/nowhere/libjemalloc.so.2", &spec, &error), 0);
    assert_int_equal(pl_stack_available(&spec, &error), -ENOENT);
    if (!pl_backend_sanitized())
        assert_string_equal(error.text, "stack 'jemalloc@/nowhere/libjemalloc.so.2': "
                                        "/nowhere/libjemalloc.so.2 cannot be read");
}

static void preloads_what_lies_beside(void **state)
{
    char folder[] = "/tmp/plimsoll-companion-XXXXXX", path[96], stack[128], expected[256];
    struct pl_stack_spec spec;
    struct pl_environment environment;
    struct pl_error error;
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(stack, sizeof stack, "tbbmalloc@%s/libtbbmalloc_proxy.so.2", folder);
    snprintf(expected, sizeof expected, "LD_PRELOAD=%s", stack + strlen("tbbmalloc@"));
    assert_int_equal(pl_stack_parse(stack, &spec, &error), 0);
    assert_int_equal(pl_stack_environment(&spec, &environment, &error), 0);
    assert_string_equal(pl_environment_at(&environment, 0), expected);
    snprintf(path, sizeof path, "%s/libtbbmalloc.so.2", folder);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fclose(file);
    snprintf(expected + strlen(expected), sizeof expected - strlen(expected), ":%s", path);
    assert_int_equal(pl_stack_environment(&spec, &environment, &error), 0);
    assert_string_equal(pl_environment_at(&environment, 0), expected);
    unlink(path);
    rmdir(folder);
}

static int tell(const char *stack)
{
    struct pl_stack_spec spec;
    struct pl_error error;
    char version[PL_VERSION_TEXT_MAX];
    if (pl_stack_parse(stack, &spec, &error) ||
        pl_stack_version(&spec, version, sizeof version, &error))
        return 1;
    return puts(version) < 0;
}

int main(int argc, char **argv)
{
    static char heaps[][16] = {"glibc", "jemalloc", "mimalloc", "tcmalloc", "tbbmalloc", "scudo"};
    struct CMUnitTest tests[5 + PL_ARRAY_COUNT(heaps)] = {
        cmocka_unit_test(compares_numbers),
        cmocka_unit_test(refuses_what_a_version_does_not_read),
        cmocka_unit_test(another_heap_tells_nothing),
        cmocka_unit_test(needs_a_library_that_is_there),
        cmocka_unit_test(preloads_what_lies_beside),
    };
    if (argc == 3 && !strcmp(argv[1], "--tell"))
        return tell(argv[2]);
    for (size_t i = 0; i < PL_ARRAY_COUNT(heaps); i++)
        tests[5 + i] = (struct CMUnitTest){heaps[i], tells_its_version, NULL, NULL, heaps[i]};
    return cmocka_run_group_tests_name("versions", tests, NULL, NULL);
}
