/* Every tunable must be seen to arrive: the allocator says so itself, or behaves otherwise than
 * without it. Each probe runs in a process of its own, started with the stack's environment. */
#include <sched.h>
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
#include "allocators/tests/probes.h"
#include "allocators/tests/spawn.h"

#define MIB (INT64_C(1) << 20)

struct row {
    const char *stack, *probe;
    int64_t least, most;
    const char *says;   /* what the process prints besides, or NULL */
    const char *before; /* it holds for versions before this one; NULL for all */
};

static const struct row rows[] = {
    {"glibc:arena_max=1", "glibc_arenas", 1, 1, NULL, NULL},
    {"glibc:arena_max=3", "glibc_arenas", 3, 3, NULL, NULL},
    {"glibc:mmap_threshold=2MiB", "glibc_mapped 1000000", 0, 0, NULL, NULL},
    {"glibc", "glibc_mapped 1000000", 1, 1, NULL, NULL},
    {"glibc:mmap_max=0", "glibc_mapped 1000000", 0, 0, NULL, NULL},
    {"glibc", "kept_after_free 100000", 0, 8 * MIB, NULL, NULL},
    {"glibc:trim_threshold=1GiB", "kept_after_free 100000", 40 * MIB, 64 * MIB, NULL, NULL},
    {"glibc", "glibc_top", 0, MIB, NULL, NULL},
    {"glibc:top_pad=16MiB", "glibc_top", 16 * MIB, 17 * MIB, NULL, NULL},
    {"glibc", "glibc_cached 200", 1, 1, NULL, NULL},
    {"glibc:tcache_count=0", "glibc_cached 200", 0, 0, NULL, NULL},
    {"glibc", "glibc_cached 100000", 0, 0, NULL, NULL},
    {"glibc:tcache_max=100000B", "glibc_cached 100000", 1, 1, NULL, NULL},
    {"glibc:tcache_max=4194280B", "glibc_cached 100000", 1, 1, NULL, NULL},

    {"jemalloc:narenas=3", "jemalloc_option opt.narenas", 3, 3, NULL, NULL},
    {"jemalloc:dirty_decay_ms=77", "jemalloc_option opt.dirty_decay_ms", 77, 77, NULL, NULL},
    {"jemalloc:dirty_decay_ms=-1", "jemalloc_option opt.dirty_decay_ms", -1, -1, NULL, NULL},
    {"jemalloc:muzzy_decay_ms=78", "jemalloc_option opt.muzzy_decay_ms", 78, 78, NULL, NULL},
    {"jemalloc", "jemalloc_option opt.tcache", 1, 1, NULL, NULL},
    {"jemalloc:tcache=off", "jemalloc_option opt.tcache", 0, 0, NULL, NULL},
    {"jemalloc:tcache_max=64KiB", "jemalloc_option opt.tcache_max", 65536, 65536, NULL, NULL},
    {"jemalloc:oversize_threshold=1MiB", "jemalloc_option opt.oversize_threshold", MIB, MIB, NULL,
     NULL},
    {"jemalloc", "jemalloc_option opt.retain", 1, 1, NULL, NULL},
    {"jemalloc:retain=off", "jemalloc_option opt.retain", 0, 0, NULL, NULL},
    {"jemalloc", "jemalloc_thp opt.thp", 0, 0, NULL, NULL},
    {"jemalloc:thp=always", "jemalloc_thp opt.thp", 1, 1, NULL, NULL},
    {"jemalloc:thp=never", "jemalloc_thp opt.thp", 2, 2, NULL, NULL},
    {"jemalloc", "jemalloc_option opt.background_thread", 0, 0, NULL, NULL},
    {"jemalloc:background_thread=on", "jemalloc_option opt.background_thread", 1, 1, NULL, NULL},
    {"jemalloc", "kept_after_free 8192", 30 * MIB, 64 * MIB, NULL, NULL},
    {"jemalloc:dirty_decay_ms=0", "kept_after_free 8192", 0, 20 * MIB, NULL, NULL},

    {"mimalloc", "mimalloc_option 3", 1, 1, NULL, NULL},
    {"mimalloc:eager_commit=off", "mimalloc_option 3", 0, 0, NULL, NULL},
    {"mimalloc:page_reset=on", "mimalloc_option 11", 1, 1, NULL, NULL},
    {"mimalloc:decommit_delay_ms=77", "mimalloc_option 15", 77, 77, NULL, NULL},
    {"mimalloc:allow_decommit=on", "mimalloc_option 22", 1, 1, NULL, NULL},
    {"mimalloc:allow_decommit=off", "mimalloc_option 22", 0, 0, NULL, NULL},
    {"mimalloc:segment_decommit_delay_ms=78", "mimalloc_option 23", 78, 78, NULL, NULL},
    {"mimalloc:purge_delay_ms=77", "mimalloc_option 15", 77, 77, NULL, NULL},
    {"mimalloc:purge_decommits=off", "mimalloc_option 5", 0, 0, NULL, NULL},
    {"mimalloc:arena_purge_mult=3", "mimalloc_option 24", 3, 3, NULL, NULL},

    {"tcmalloc:release_rate=0", "kept_after_churn 65536", 40 * MIB, 64 * MIB, NULL, NULL},
    {"tcmalloc:release_rate=1000", "kept_after_churn 65536", 0, 24 * MIB, NULL, NULL},
    {"tcmalloc", "tcmalloc_property tcmalloc.aggressive_memory_decommit", 0, 0, NULL, NULL},
    {"tcmalloc:aggressive_decommit=on", "tcmalloc_property tcmalloc.aggressive_memory_decommit", 1,
     1, NULL, NULL},
    {"tcmalloc:thread_cache=3MiB", "tcmalloc_property tcmalloc.max_total_thread_cache_bytes",
     3 * MIB, 3 * MIB, NULL, NULL},
    {"tcmalloc:heap_limit=512MiB", "tcmalloc_property tcmalloc.heap_limit_mb", 512, 512, NULL,
     NULL},

    {"tbbmalloc", "kept_after_free 50331648", 0, 8 * MIB, NULL, NULL},
    {"tbbmalloc:huge_size_threshold=8MiB", "kept_after_free 50331648", 40 * MIB, 64 * MIB, NULL,
     NULL},
    {"tbbmalloc", "is_zeroed", 0, 0, "huge pages\tnot requested", NULL},
    {"tbbmalloc:huge_pages=on", "is_zeroed", 0, 0, "huge pages\trequested", NULL},

    {"scudo", "kept_after_free 700", 30 * MIB, 128 * MIB, NULL, "20"},
    {"scudo:release_to_os_interval_ms=0", "kept_after_free 700", 0, 20 * MIB, NULL, NULL},
    {"scudo", "scudo_figures", 0, 0, "Quarantine limits: global: 0K; thread local: 0K", NULL},
    {"scudo:quarantine=256KiB,thread_quarantine=64KiB", "scudo_figures", 0, 0,
     "Quarantine limits: global: 256K; thread local: 64K", "15"},
    {"scudo:quarantine=256KiB,thread_quarantine=64KiB", "reuses_at_once", 1, 1, NULL, NULL},
    {"scudo:quarantine=256KiB,thread_quarantine=64KiB,quarantine_max_chunk=2KiB", "reuses_at_once",
     0, 0, NULL, NULL},
    {"scudo", "is_zeroed", 0, 0, NULL, NULL},
    {"scudo:zero_contents=on", "is_zeroed", 1, 1, NULL, NULL},
    {"scudo", "mappings", 60, 1000, NULL, NULL},
    {"scudo:gwp_asan=off", "mappings", 0, 59, NULL, NULL},
};

/* A row's stack, on the library of another version where PL_HEAP=mimalloc@/path/lib.so.3 says so.
 */
static void stack_of(const struct row *row, char *stack, size_t capacity)
{
    const char *other = getenv("PL_HEAP");
    size_t name = strcspn(row->stack, ":");
    bool named = other && strncmp(other, row->stack, name) == 0 && other[name] == '@';
    snprintf(stack, capacity, "%.*s%s", named ? 0 : (int)name, row->stack, named ? other : "");
    snprintf(stack + strlen(stack), capacity - strlen(stack), "%s", row->stack + name);
}

/* What the version that is here does not read can't arrive. */
static void skip_unless_read(const struct row *row, const struct pl_stack_spec *spec,
                             const struct pl_environment *environment)
{
    const char *const arguments[] = {"test_tunables", "--version", spec->text, NULL};
    char version[16384];
    struct pl_error error;
    assert_int_equal(spawn_self(arguments, environment, version, sizeof version), 0);
    version[strcspn(version, "\n")] = '\0';
    int rc = pl_stack_check_version(spec, version, &error);
    if (!rc && row->before && pl_version_compare(version, row->before) >= 0)
        rc = pl_error_set(&error, -1, "%s behaves so before version %s", spec->text, row->before);
    if (!rc)
        return;
    print_message("skipped: %s\n", error.text);
    skip();
}

static int print_version(const char *stack)
{
    struct pl_stack_spec spec;
    char version[PL_VERSION_TEXT_MAX];
    if (pl_stack_parse(stack, &spec, NULL) ||
        pl_stack_version(&spec, version, sizeof version, NULL))
        return 1;
    return puts(version) < 0;
}

static void arrives(void **state)
{
    const struct row *row = *state;
    struct pl_stack_spec spec;
    struct pl_environment environment;
    struct pl_error error;
    char output[16384], stack[PL_STACK_TEXT_MAX];
    skip_if_sanitized();
    stack_of(row, stack, sizeof stack);
    if (pl_stack_parse(stack, &spec, &error))
        fail_msg("%s", error.text);
    if (pl_stack_available(&spec, &error)) {
        print_message("skipped: %s\n", error.text);
        skip();
    }
    assert_int_equal(pl_stack_environment(&spec, &environment, &error), 0);
    skip_unless_read(row, &spec, &environment);
    const char *const arguments[] = {"test_tunables", "--probe", row->probe, NULL};
    assert_int_equal(spawn_self(arguments, &environment, output, sizeof output), 0);
    const char *found = strstr(output, "value ");
    assert_non_null(found);
    int64_t value = strtoll(found + 6, NULL, 10);
    if (value < row->least || value > row->most)
        fail_msg("%s: %s is %lld", row->stack, row->probe, (long long)value);
    if (row->says && !strstr(output, row->says))
        fail_msg("%s doesn't say '%s'", row->stack, row->says);
}

/* Every option of every preloaded heap, and of glibc, must stand in the rows above. */
static void covers_every_tunable(void **state)
{
    struct pl_backend_info info;
    (void)state;
    for (size_t i = 0; pl_backend_info(i, &info); i++) {
        const struct pl_backend *backend = pl_backend_find(info.name);
        for (size_t k = 0; backend->tuning && k < backend->option_count; k++) {
            char given[64];
            bool found = !backend->options[k].tunable;
            snprintf(given, sizeof given, "%s=", backend->options[k].name);
            for (size_t r = 0; r < PL_ARRAY_COUNT(rows) && !found; r++)
                found = !strncmp(rows[r].stack, info.name, strlen(info.name)) &&
                        strstr(rows[r].stack, given);
            if (!found)
                fail_msg("nothing shows that %s reads %s", info.name, backend->options[k].name);
        }
    }
}

static void environment_is(const char *stack, size_t index, const char *expected)
{
    struct pl_stack_spec spec;
    struct pl_environment environment;
    struct pl_error error;
    assert_int_equal(pl_stack_parse(stack, &spec, &error), 0);
    assert_int_equal(pl_stack_environment(&spec, &environment, &error), 0);
    assert_true(index < environment.count);
    assert_string_equal(pl_environment_at(&environment, index), expected);
}

static void arenas_follow_the_cpus_online(void **state)
{
    char expected[128];
    cpu_set_t all, one;
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    (void)state;
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    CPU_ZERO(&one);
    for (size_t cpu = 0; !CPU_COUNT(&one); cpu++)
        if (CPU_ISSET(cpu, &all))
            CPU_SET(cpu, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    snprintf(expected, sizeof expected, "GLIBC_TUNABLES=glibc.malloc.arena_max=%ld", 8 * cpus);
    environment_is("slab/glibc", 0, expected);
    environment_is("glibc:arena_max=2,top_pad=1KiB", 0,
                   "GLIBC_TUNABLES=glibc.malloc.arena_max=2:glibc.malloc.top_pad=1024");
    struct pl_stack_spec spec;
    assert_int_equal(pl_stack_parse("jemalloc", &spec, NULL), 0);
    if (!pl_stack_available(&spec, NULL)) {
        snprintf(expected, sizeof expected, "MALLOC_CONF=narenas:%ld,retain:false", 4 * cpus);
        environment_is("jemalloc:retain=off", 1, expected);
    }
    assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[PL_ARRAY_COUNT(rows) + 2];
    if (argc == 3 && !strcmp(argv[1], "--probe"))
        return probe_run(argv[2]);
    if (argc == 3 && !strcmp(argv[1], "--version"))
        return print_version(argv[2]);
    setenv("TBB_VERSION", "1", 1); /* tbbmalloc then says what it was told */
    for (size_t i = 0; i < PL_ARRAY_COUNT(rows); i++)
        tests[i] =
            (struct CMUnitTest){rows[i].stack, arrives, NULL, NULL, (void *)(uintptr_t)&rows[i]};
    tests[PL_ARRAY_COUNT(rows)] = (struct CMUnitTest)cmocka_unit_test(covers_every_tunable);
    tests[PL_ARRAY_COUNT(rows) + 1] =
        (struct CMUnitTest)cmocka_unit_test(arenas_follow_the_cpus_online);
    return cmocka_run_group_tests_name("tunables", tests, NULL, NULL);
}
