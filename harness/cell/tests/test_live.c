/* Cells under the wall clock: real sockets, a sender beside, and the same laws as under the virtual
 * one. A few seconds each. */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/cell/run.h"

#define S INT64_C(1000000000)
#define MS INT64_C(1000000)
#define KIB UINT64_C(1024)
#define RATE 689 /* packets a second: 2 senders of 44,100 / 128 */

struct rig {
    struct pl_scenario scenario;
    struct pl_recording *recording;
    struct pl_containers containers;
};

static int open_rig(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);
    struct pl_error error;
    assert_non_null(rig);
    if (pl_scenario_load(PL_SOURCE_DIR "/scenarios/steady-reader.yaml", PL_TIER_DEFAULT, NULL, 0,
                         &rig->scenario, &error) ||
        pl_capture_read(rig->scenario.traffic.file, &(struct pl_capture_options){0},
                        &rig->recording, NULL, &error))
        fail_msg("%s", error.text);
    rig->scenario.container_bytes = 0;
    rig->scenario.duration_ns = 2 * S;
    pl_containers_open(&rig->containers);
    *state = rig;
    return 0;
}

static int close_rig(void **state)
{
    struct rig *rig = *state;
    pl_containers_close(&rig->containers);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
    free(rig->recording);
    free(rig);
    return 0;
}

static int run(struct rig *rig, const char *stack, enum pl_clock clock,
               struct pl_cell_evidence *e, struct pl_error *error)
{
    struct pl_cell_options options = {.scenario = &rig->scenario,
                                      .recording = rig->recording,
                                      .stack = stack,
                                      .format = PL_FORMAT_F32,
                                      .clock = clock,
                                      .threads = 2,
                                      .seed = 1,
                                      .containers = &rig->containers};
    return pl_cell_run(&options, e, error);
}

static void must_run(struct rig *rig, const char *stack, enum pl_clock clock,
                     struct pl_cell_evidence *e)
{
    struct pl_error error = {""};
    if (run(rig, stack, clock, e, &error))
        fail_msg("%s", error.text);
    if (!e->has_final)
        fail_msg("no final books; status %d", e->wait_status);
    assert_int_equal(e->final.counts.integrity_errors, 0);
    assert_int_equal(e->final.leaked_bytes, 0);
}

static uint64_t accounted(const struct pl_traffic_counts *c)
{
    uint64_t packets = c->delivered + c->held;
    for (int i = 0; i < PL_DROP_COUNT; i++)
        packets += c->dropped[i];
    return packets;
}

/* What was sent in real time is what the model sends, packet for packet. */
static void a_steady_reader_loses_nothing(void **state)
{
    struct rig *rig = *state;
    struct pl_cell_evidence wall, virtual;
    must_run(rig, "glibc", PL_CLOCK_WALL, &wall);
    must_run(rig, "glibc", PL_CLOCK_VIRTUAL, &virtual);
    assert_int_equal(wall.final.counts.received, virtual.final.counts.received);
    assert_int_equal(wall.final.counts.received, accounted(&wall.final.counts));
    assert_int_equal(wall.final.counts.delivered + wall.final.counts.held,
                     wall.final.counts.received);
    assert_in_range(wall.final.counts.delivered, RATE * 16 / 10, RATE * 2); /* less the latency */
    assert_int_equal(wall.final.counts.sessions_started, 2);
    assert_in_range(wall.final.real_ns, 2 * S, 4 * S);
    pl_cell_evidence_free(&wall);
    pl_cell_evidence_free(&virtual);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_steady_reader_loses_nothing, open_rig, close_rig),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
