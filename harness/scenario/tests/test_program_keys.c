/* The keys of the pipeline program. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "harness/scenario/tests/rig.h"
#include "harness/scenario/traits.h"

static const char base[] = "name: test\n"
                           "title: a test\n"
                           "pipeline: program\n"
                           "duration: 60s\n"
                           "allocators: [glibc]\n"
                           "expect: []\n";

static struct pl_scenario s;

static void takes(const char *more)
{
    rig_takes(base, more, NULL, &s);
}

static void refuses(const char *more, const char *message)
{
    rig_refuses(base, more, NULL, message);
}

static void keys_are_taken(void **state)
{
    (void)state;
    takes("program:\n"
          "  command: [./server, --port, \"5004\"]\n"
          "  directory: run\n"
          "  environment: {LANG: C, EMPTY: \"\"}\n"
          "  ready: tcp:8000\n"
          "  ready_within: 5s\n"
          "  stop: sigint\n"
          "  grace: 1s\n"
          "  send: [{file: a.pcap, to: 127.0.0.9:5004}, {file: /b.pcap, to: localhost:5006}]\n"
          "  clients: [{command: [c, x], count: 50, every: 20ms, from: 1s, until: -5s,\n"
          "             stall: [{from: 10s, until: -20s}]}]\n"
          "  actions: [{at: 3s, signal: HUP}, {every: 5s, command: [./reload]}]");
    const struct pl_program_settings *p = &s.program;
    assert_int_equal(p->command.count, 3);
    assert_memory_equal(p->command.text, "./server\0--port\0005004\0", 22);
    assert_string_equal(p->directory, "dir/run");
    assert_memory_equal(p->environment.text, "LANG=C\0EMPTY=\0", 15);
    assert_int_equal(p->ready, PL_READY_TCP);
    assert_int_equal(p->ready_port, 8000);
    assert_int_equal(p->stop_signal, SIGINT);
    assert_int_equal(p->grace_ns, 1000000000);
    assert_int_equal(p->send_count, 2);
    assert_string_equal(p->sends[0].file, "dir/a.pcap");
    assert_int_equal(p->sends[0].address, 0x7f000009);
    assert_string_equal(p->sends[1].file, "/b.pcap");
    assert_int_equal(p->sends[1].address, 0x7f000001);
    assert_int_equal(p->sends[1].port, 5006);
    assert_int_equal(p->clients[0].count, 50);
    assert_int_equal(p->clients[0].until_ns, INT64_C(55000000000));
    assert_int_equal(p->clients[0].stalls[0].until_ns, INT64_C(40000000000));
    assert_int_equal(p->actions[0].signal, SIGHUP);
    assert_int_equal(p->actions[1].at_ns, INT64_C(5000000000));
    assert_int_equal(p->actions[1].command.count, 1);
}

static void who_is_sent_something_is_ready_when_it_listens(void **state)
{
    (void)state;
    takes("program: {command: [x], send: [{file: a.pcap, to: 127.0.0.1:7000}]}");
    assert_int_equal(s.program.ready, PL_READY_UDP);
    assert_int_equal(s.program.ready_port, 7000);
    takes("program: {command: [x], ready: 2s, send: [{file: a.pcap, to: 127.0.0.1:7000}]}");
    assert_int_equal(s.program.ready, PL_READY_TIME);
    takes("program: {command: [x]}");
    assert_int_equal(s.program.ready, PL_READY_TIME);
    takes("program: {command: [x], ready: \"output:^ready [0-9]+$\"}");
    assert_string_equal(s.program.ready_pattern, "^ready [0-9]+$");
}

static void what_is_wrong_is_told(void **state)
{
    (void)state;
    refuses("program: {ready: 1s}", "the key 'program.command' is missing");
    refuses("program: {command: ./server}", "is not a list; expected [./server, --port, 5004]");
    refuses("program: {command: []}", "is not a list");
    refuses("program: {command: [\"\", x]}", "its first word is empty");
    refuses("program: {command: [x], ready: udp:0}", "expected udp:PORT");
    refuses("program: {command: [x], ready: udp:65536}", "expected udp:PORT");
    refuses("program: {command: [x], ready: \"output:(\"}", "is not a regular expression");
    refuses("program: {command: [x], stop: SEGV}", "expected one of HUP, INT");
    refuses("program: {command: [x], send: [{file: a.pcap, to: 10.0.0.1:5004}]}",
            "nothing is sent off this machine");
    refuses("program: {command: [x], send: [{file: a.pcap, to: 127.0.0.1}]}",
            "is not ADDRESS:PORT");
    refuses("program: {command: [x], send: [{to: 127.0.0.1:5004}]}", "program.send: incomplete");
    refuses("program: {command: [x], send: [{to: 127.0.0.1:5004, sessions: 4}]}",
            "expected traffic.sessions, for all of them");
    refuses("program: {command: [x], environment: {LD_PRELOAD: y}}", "LD_PRELOAD is the heap's");
    refuses("program: {command: [x], clients: [{count: 2}]}", "no command");
    refuses("program: {command: [x], clients: [{command: [y], count: 0}]}", "out of range");
    refuses("program: {command: [x], clients: [{command: [y], from: 61s}]}",
            "one ends before it begins");
    refuses("program: {command: [x], clients: [{command: [y], stall: [{from: 5s, until: 4s}]}]}",
            "one ends before it begins");
    refuses("program: {command: [x], actions: [{signal: HUP}]}", "expected at or every");
    refuses("program: {command: [x], actions: [{at: 1s}]}", "either a signal or a command");
    refuses("program: {command: [x], actions: [{at: 1s, signal: HUP, command: [y]}]}",
            "either a signal or a command");
    refuses("program: {command: [x]}\nclasses: {packet: {size: 1KiB}}",
            "'classes' is not a key of the pipeline program");
    refuses("program: {command: [x]}\nclock: wall", "'clock' is not a key of the pipeline program");
    refuses("program: {command: [x]}\ntraffic: {file: a.pcap}",
            "'traffic.file' is not a key of the pipeline program");
    refuses("program: {command: [x]}\nreceiver: {latency: 1s}",
            "is a key of the pipeline receiver");
    refuses("program: {command: [x]}\nalerts: [live_bytes > 1MiB]", "only rss_bytes is known");
}

static void layers_with_classes_can_not_stand_in_it(void **state)
{
    (void)state;
    struct pl_error error = {""};
    const char *settings[] = {"allocators=[slab/glibc]"};
    char text[512];
    snprintf(text, sizeof text, "%sprogram: {command: [x]}\n", base);
    assert_int_equal(
        pl_scenario_parse(text, strlen(text), "t.yaml", PL_TIER_DEFAULT, settings, 1, &s, &error),
        -EINVAL);
    assert_non_null(strstr(error.text, "slab can't stand in a foreign program"));
    settings[0] = "allocators=[limited:max=1MiB/glibc]";
    if (pl_scenario_parse(text, strlen(text), "t.yaml", PL_TIER_DEFAULT, settings, 1, &s, &error))
        fail_msg("%s", error.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_taken),
        cmocka_unit_test(who_is_sent_something_is_ready_when_it_listens),
        cmocka_unit_test(what_is_wrong_is_told),
        cmocka_unit_test(layers_with_classes_can_not_stand_in_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
