/* Holds every backend and several stacks to the contract, each in a fresh process started as a cell
 * would be: with its heap preloaded and its environment set.
 * `test_contract --stack SPEC` runs one of them in this very process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "allocators/allocator.h"
#include "allocators/tests/contract.h"
#include "allocators/tests/spawn.h"

static const char *const stacks[] = {
    "glibc",
    "jemalloc",
    "mimalloc",
    "tcmalloc",
    "tbbmalloc",
    "scudo",
    "null:size=12MiB",
    "slab/glibc",
    "slab/jemalloc",
    "slab/mimalloc",
    "slab/tcmalloc",
    "slab/tbbmalloc",
    "slab/scudo",
    "slab:poison=off/glibc",
    "slab:guards=off/glibc",
    "slab:reclaim=empty/glibc",
    "slab:reclaim=empty,backing=mmap/glibc",
    "slab:backing=mmap,guards=off,poison=off/jemalloc",
    "slab:grow=fixed:3,max_slab=256MiB/glibc",
    "limited/glibc",
    "limited/slab/glibc",
    "slab/limited/glibc",
    "limited:max=1GiB/slab:reclaim=empty/limited:max=1GiB/jemalloc",
    "limited/null:size=12MiB",
    "gc:live=4MiB/glibc",
    "gc:live=1MiB/slab/glibc",
    "limited/gc:live=1MiB/glibc",
    "slab/gc:live=1MiB/glibc",
    "gc:mode=by_hand,live=1MiB/mimalloc",
    "gc:mode=undeclared,garbage=4KiB,live=1MiB/jemalloc",
    "gc:runtime=ocaml5,mode=heap,live=1MiB/glibc",
    "gc:runtime=go,live=1MiB,memory_limit=64MiB/glibc",
    "frame_pool/glibc",
    "frame_pool:frames=72,on_empty=fail/glibc",
    "frame_pool:reuse=shells/glibc",
    "frame_pool:frames=40,guide=on/jemalloc",
    "limited/frame_pool/limited/glibc",
    "gc:live=1MiB/frame_pool/glibc",
    "size_class_pool/glibc",
    "size_class_pool:check=off,order=lifo/jemalloc",
    "limited/size_class_pool:order=lifo/limited/glibc",
    "size_class_pool:classes=1KiBx8+1.25MiBx2,check=off/gc:live=1MiB/glibc",
    "ledger/glibc",
    "ledger/slab/glibc",
    "ledger/mimalloc",
    "ledger/tcmalloc",
    "limited/ledger/jemalloc",
    "ledger/limited/slab:guards=off/glibc",
    "frame_pool/ledger/glibc",
    "gc:live=1MiB/ledger/glibc",
    "fault:every=1000000000000/glibc",
    "glibc:arena_max=1,tcache_count=0,mmap_threshold=64KiB",
    "jemalloc:narenas=1,dirty_decay_ms=0,tcache=off",
    "mimalloc:allow_decommit=off",
    "tcmalloc:aggressive_decommit=on",
    "scudo:release_to_os_interval_ms=0,zero_contents=on",
};

enum { STACKS = sizeof stacks / sizeof *stacks };

static int run_child(const char *spec, const struct pl_environment *environment)
{
    const char *const arguments[] = {"test_contract", "--stack", spec, NULL};
    return spawn_self(arguments, environment, NULL, 0);
}

static void keeps_the_contract(void **state)
{
    const char *text = *state;
    struct pl_stack_spec spec;
    struct pl_environment environment;
    struct pl_error error;
    if (pl_stack_parse(text, &spec, &error))
        fail_msg("%s", error.text);
    if (pl_stack_available(&spec, &error)) {
        print_message("skipped: %s\n", error.text);
        skip();
    }
    assert_int_equal(pl_stack_environment(&spec, &environment, &error), 0);
    fflush(stdout);
    int status = run_child(text, &environment);
    if (status)
        fail_msg("%s: wait status %#x", text, (unsigned)status);
}

/* Every backend of the table must stand in the list above. */
static void covers_every_backend(void **state)
{
    struct pl_backend_info info;
    (void)state;
    for (size_t i = 0; pl_backend_info(i, &info); i++) {
        /* any of the others, by path; and one that serves no model */
        bool found = !strcmp(info.name, "preload") || !strcmp(info.name, "native");
        for (size_t k = 0; k < STACKS && !found; k++)
            found = strstr(stacks[k], info.name);
        if (!found)
            fail_msg("%s is not held to the contract", info.name);
    }
}

/* jemalloc as a user would bring it. */
static void preloads_by_path(void **state)
{
    struct pl_stack_spec spec;
    struct pl_environment environment;
    struct pl_error error;
    char text[PL_STACK_TEXT_MAX];
    (void)state;
    assert_int_equal(pl_stack_parse("jemalloc", &spec, &error), 0);
    if (pl_stack_available(&spec, &error)) {
        print_message("skipped: %s\n", error.text);
        skip();
    }
    assert_int_equal(pl_stack_environment(&spec, &environment, &error), 0);
    snprintf(text, sizeof text, "preload:path=%.400s",
             strchr(pl_environment_at(&environment, 0), '=') + 1);
    assert_int_equal(pl_stack_parse(text, &spec, &error), 0);
    assert_int_equal(pl_stack_available(&spec, &error), 0);
    assert_int_equal(pl_stack_environment(&spec, &environment, &error), 0);
    assert_int_equal(environment.count, 1);
    assert_int_equal(run_child(text, &environment), 0);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[STACKS + 2];
    if (argc == 3 && !strcmp(argv[1], "--stack"))
        return contract_run(argv[2]);
    for (size_t i = 0; i < STACKS; i++)
        tests[i] = (struct CMUnitTest){stacks[i], keeps_the_contract, NULL, NULL,
                                       (void *)(uintptr_t)stacks[i]};
    tests[STACKS] = (struct CMUnitTest)cmocka_unit_test(covers_every_backend);
    tests[STACKS + 1] = (struct CMUnitTest)cmocka_unit_test(preloads_by_path);
    return cmocka_run_group_tests_name("contract", tests, NULL, NULL);
}
