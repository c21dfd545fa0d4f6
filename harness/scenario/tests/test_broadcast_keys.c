/* The keys of the pipeline broadcast. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "harness/scenario/tests/rig.h"

static const char base[] =
    "name: test\n"
    "title: a test\n"
    "pipeline: broadcast\n"
    "classes: {frame: {size: 1MiB}, image: {size: 1MiB}, text: {size: 1MiB}, "
    "node: {size: 56B}, audio: {size: 1kB}, client: {size: 8kB}}\n"
    "formats: rgb24\n"
    "duration: 60s\n"
    "allocators: [glibc]\n"
    "expect: [{stacks: all, outcome: bounded}]\n";

static void workers_and_both_clocks_are_taken(void **state)
{
    (void)state;
    struct pl_scenario s;
    uint32_t threads[PL_THREAD_COUNTS_MAX];
    rig_takes(base,
              "broadcast: {video: a.mp4, sound: a.m4a, clients: 9}\nthreads: [1, 9, 64]\n"
              "container: 1GiB\nclock: wall\n"
              "workers: {assign: least_loaded, renew: 5s, turn: 5ms, stack: 1MiB}",
              NULL, &s);
    assert_int_equal(pl_scenario_threads(&s, threads), 3);
    assert_int_equal(threads[2], 64);
    assert_int_equal(s.clock, PL_CLOCK_WALL);
    assert_int_equal(s.workers.assign, PL_ASSIGN_LEAST_LOADED);
    assert_int_equal(s.workers.renew_ns, INT64_C(5000000000));
    assert_int_equal(s.workers.turn_ns, 5000000);
}

static void mistakes_are_told(void **state)
{
    (void)state;
    static const struct rig_mistake cases[] = {
        {"threads: 65\n", "9:10: threads: '65' is out of range; expected numbers from 1 to 64"},
        {"threads: [1, 9]\ncontainer: 64MiB\n",
         "9:11: threads: the stacks of 9 threads take 75497472 B, all of the container; expected "
         "fewer threads, less workers.stack or more container"},
        {"workers: {renew: job}\n",
         "9:18: workers.renew: what is done for a client is never over; expected never, or a time "
         "such as 60s"},
        {"workers: {renew: 19ms}\n",
         "9:18: workers.renew is shorter than workers.turn; expected a time of a turn or more"},
        {"session: {objects: [{class: image, size: 1kB}]}\n",
         "9:22: session.objects: class image is for pictures alone; expected another, such as "
         "client"},
        {"session: {objects: [{class: a, size: 1B}, {class: b, size: 1B}, {class: c, size: 1B}]}\n",
         "9:22: session.objects: no room for its class c beside 8 others; expected at most 8 in "
         "all "
         "(entries may share one)"},
        {"background: [{rate: 10, size: 64B, queue: 3, class: frame}]\n",
         "9:15: background: class frame is for pictures alone; expected another, such as client"},
        {"load: [{at: 0s, sessions: 4}, {at: 9s, sessions: 5}]\n",
         "9:9: load: 5 sessions, more than broadcast.clients, of which there are 4; expected as "
         "many of these"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char more[256];
        snprintf(more, sizeof more, "%sbroadcast: {video: a.mp4, sound: a.m4a}", cases[i].more);
        rig_refuses(base, more, NULL, cases[i].message);
    }
}

static void clients_come_and_go_by_a_load(void **state)
{
    (void)state;
    struct pl_scenario s;
    const char *paths[PL_FILES_MAX];
    rig_takes(base,
              "broadcast: {video: a.mp4, sound: a.m4a, clients: 9}\n"
              "load: [{at: 0s, sessions: 2}, {at: 9s, sessions: 9}]\n"
              "session: {objects: [{class: client, profile: call.tsv}]}\n",
              NULL, &s);
    assert_int_equal(s.load.count, 2);
    assert_int_equal(pl_scenario_files(&s, paths), 3);
    assert_string_equal(paths[2], "dir/call.tsv");
    rig_refuses(base,
                "broadcast: {video: a.mp4, sound: a.m4a, rejoin: 2s}\n"
                "load: [{at: 0s, sessions: 2}]\n",
                NULL, "9:49: broadcast.rejoin and load both say when clients come; expected one");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(workers_and_both_clocks_are_taken),
        cmocka_unit_test(mistakes_are_told),
        cmocka_unit_test(clients_come_and_go_by_a_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
