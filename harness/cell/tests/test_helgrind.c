/* The live cell under helgrind: no lock order, no race that it can see. What one thread writes and
 * others only read at leisure (harness/base/counter.h) is declared to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "harness/cell/tests/cell_rig.h"

#define S INT64_C(1000000000)
#define MS INT64_C(1000000)

static const char *const helgrind[] = {"/usr/bin/valgrind", "-q", "--tool=helgrind",
                                       "--error-exitcode=99", NULL};

static void run_under_helgrind(const char *stack, enum pl_clock clock, enum pl_on_full policy)
{
    struct cell_rig *rig = calloc(1, sizeof *rig);
    struct pl_cell_evidence e;
    struct pl_error error = {""};
    assert_non_null(rig);
    cell_rig_open(rig, "steady-reader");
    rig->scenario.duration_ns = 3 * S;
    rig->scenario.budgets[0].max = 512 << 10;
    rig->scenario.receiver.on_full = policy;
    rig->scenario.receiver.stalls[0] = (struct pl_span){500 * MS, 1500 * MS};
    rig->scenario.receiver.stall_count = 1;
    const struct pl_cell_wrapper wrapper = {.argv = helgrind, .slowdown = 1};
    struct pl_cell_options options = cell_rig_live_options(rig, stack);
    options.clock = clock;
    options.wrapper = &wrapper;
    if (pl_cell_run(&options, &e, &error))
        fail_msg("%s", error.text);
    cell_rig_close(rig);
    assert_int_equal(e.wait_status, 0);
    assert_true(e.has_final && e.final.counts.delivered > 0);
    assert_int_equal(e.final.counts.integrity_errors, 0);
    pl_cell_evidence_free(&e);
    free(rig);
}

static void real_sockets(void **state)
{
    (void)state;
    run_under_helgrind("limited", PL_CLOCK_WALL, PL_ON_FULL_RETRY);
    run_under_helgrind("limited", PL_CLOCK_WALL, PL_ON_FULL_DROP_OLDEST);
    run_under_helgrind("glibc", PL_CLOCK_WALL, PL_ON_FULL_RETRY);
}

static void threads_in_step(void **state)
{
    (void)state;
    run_under_helgrind("limited", PL_CLOCK_VIRTUAL, PL_ON_FULL_RETRY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_sockets),
        cmocka_unit_test(threads_in_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
