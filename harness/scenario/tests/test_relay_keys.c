/* The keys of relay and load: what they mean, and what is wrong with others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/scenario/tests/rig.h"

#define S INT64_C(1000000000)

static const char base[] = "name: test\ntitle: a test\npipeline: relay\ntraffic: {file: a.pcap}\n"
                           "classes: {packet: {size: 128B}, buffer: {size: 1500B}, node: {size: "
                           "32B}, session: {size: 8KiB}}\n"
                           "duration: 60s\nallocators: [glibc]\nexpect: []\n";

static void keys_are_taken(void **state)
{
    (void)state;
    struct pl_scenario s;
    rig_takes(base,
              "relay: {delivery: copied, buffers: fixed, video: vp8, gop: twice, on_full: "
              "drop_to_keyframe, stalled: 2, stalls: [{from: 5s, until: -5s}]}\n"
              "load: [{at: 0s, sessions: 0}, {at: 10s, sessions: 400}, {every: 30s}]\n"
              "threads: [1, 64]",
              NULL, &s);
    assert_int_equal(s.relay.delivery, PL_RELAY_COPIED);
    assert_int_equal(s.relay.buffers, PL_RELAY_BUFFERS_FIXED);
    assert_int_equal(s.relay.gop, PL_RELAY_GOP_TWICE);
    assert_int_equal(s.relay.on_full, PL_QUEUE_DROP_TO_KEYFRAME);
    assert_int_equal(s.relay.stalls[0].until_ns, 55 * S);
    assert_int_equal(s.load.count, 2);
    assert_int_equal(s.load.every_ns, 30 * S);
    assert_int_equal(s.relay.rtcp_feedback_ns, 0);
    assert_int_equal(s.relay.rtcp_history_ns, 60 * S);
}

/* Over UDP a stalled subscriber is one whose RTCP stops. */
static void keys_of_rtcp_are_taken(void **state)
{
    (void)state;
    struct pl_scenario s;
    rig_takes(base,
              "relay: {subscribers: 3, transport: udp, stalled: 1, stalls: [{from: 5s, until: "
              "-5s}], rtt: "
              "20ms,\n  rtcp: {feedback: 50ms, reports: 5s, history: 0s, history_packets: 1000}}",
              NULL, &s);
    assert_int_equal(s.relay.rtcp_feedback_ns, S / 20);
    assert_int_equal(s.relay.rtcp_reports_ns, 5 * S);
    assert_int_equal(s.relay.rtcp_history_ns, 0);
    assert_int_equal(s.relay.rtcp_history_packets, 1000);
    rig_takes(base, "relay: {subscribers: 3, rtt: 20ms, rtcp: {feedback: 0s, history: 10ms}}", NULL,
              &s);
}

static void mistakes_are_told(void **state)
{
    (void)state;
    static const struct rig_mistake cases[] = {
        {"", "1:1: relay.subscribers is missing, or 0; expected 1 or more, or a load"},
        {"relay: {subscribers: 3}\nload: [{at: 0s, sessions: 1}]",
         "relay.subscribers and load both say how many there are; expected one"},
        {"relay: {subscribers: 0}",
         "relay.subscribers is missing, or 0; expected 1 or more, or a load"},
        {"relay: {subscribers: 2000}\ntraffic: {file: a.pcap, sessions: 100}", "duplicate key"},
        {"load: [{at: 0s, sessions: 1000000000}]",
         "load: sessions is out of range; expected 0 to 100000"},
        {"load: [{at: 10s, sessions: 1}, {at: 9s, sessions: 2}]",
         "load: goes back in time; expected points in the order of time"},
        {"load: [{at: 10s}]", "load: no point; expected {at: TIME, sessions: COUNT}"},
        {"load: [{every: 10s}]", "load: no point; expected {at: TIME, sessions: COUNT}"},
        {"load: [{at: 10s, sessions: 4}, {every: 10s}]",
         "load: every is not behind the last point; expected a later time"},
        {"load: [{every: 10s}, {at: 1s, sessions: 4}]", "load: every ends the list"},
        {"load: 400", "load is not a list"},
        {"load: [{at: -1s, sessions: 4}]", "load: at is negative"},
        {"relay: {subscribers: 3, loss: 1%, nack: 1s}", "expected relay.transport: udp"},
        {"relay: {subscribers: 3, transport: udp, loss: 1%}", "expected a relay.nack, too"},
        {"relay: {subscribers: 3, transport: udp, slow: 1, slow_rate: 1kB}",
         "over UDP no subscriber can be slow; expected relay.transport: tcp"},
        {"relay: {subscribers: 3, gop: once}", "relay.gop needs keyframes; expected relay.video"},
        {"relay: {subscribers: 3, on_full: drop_to_keyframe}", "drop_to_keyframe needs keyframes"},
        {"relay: {subscribers: 3, slow: 1}", "relay.slow without relay.slow_rate"},
        {"relay: {subscribers: 3}\nworkers: {renew: job}",
         "workers.renew: what is done for a client is never over; expected never, or a time such "
         "as "
         "60s"},
        {"relay: {subscribers: 3, stalled: 1}", "relay.stalled without relay.stalls"},
        {"relay: {subscribers: 3, stalls: [{from: 1s, until: 2s}]}",
         "relay.stalls without relay.stalled"},
        {"relay: {subscribers: 3, rtt: 20ms}",
         "relay.rtt without relay.loss or relay.rtcp.feedback; expected one of them"},
        {"relay: {subscribers: 3, transport: udp, stalled: 1, stalls: [{from: 1s, until: 2s}]}",
         "over UDP a stalled subscriber only sends no RTCP"},
        {"relay: {subscribers: 3, rtcp: {feedback: -1s}}",
         "relay.rtcp.feedback is out of range; expected 0"},
        {"relay: {subscribers: 3, rtcp: {feedback: 999us}}",
         "relay.rtcp.feedback is out of range; expected 1ms or more, or 0s for none"},
        {"relay: {subscribers: 3, rtcp: {reports: 1ns}}",
         "relay.rtcp.reports is out of range; expected 1ms or more, or 0s for none"},
        {"relay: {subscribers: 3, rtcp: {feedback: 100}}", "relay.rtcp.feedback"},
        {"relay: {subscribers: 3, rtcp: 5s}", "relay.rtcp is not a mapping"},
        {"relay: {subscribers: 3, rtcp: {feedback: 100ms, history: 149ms}}",
         "relay.rtcp.history is over before feedback tells of a packet"},
        {"relay: {subscribers: 3, rtcp: {feedback: 60s}}",
         "relay.rtcp.history is over before feedback tells of a packet"},
        {"relay: {subscribers: 3, rtcp: {reports: 5s, history: 1s}}",
         "relay.rtcp.history without relay.rtcp.feedback; expected both"},
        {"relay: {subscribers: 3, rtcp: {history_packets: 9}}",
         "relay.rtcp.history_packets without relay.rtcp.feedback; expected both"},
        {"relay: {subscribers: 3, rtcp: {nack: 9}}",
         "expected feedback, reports, history, history_packets"},
        {"relay: {subscribers: 3, video: h264, gop_full: empty}",
         "relay.gop_full without relay.gop; expected both"},
        {"relay: {subscribers: 3, stall_step: 1s}", "relay.stall_step without relay.stalled"},
        {"relay: {subscribers: 3, socket_max: 1KiB}", "less than relay.socket_initial"},
    };
    rig_refuses_all(base, cases, sizeof cases / sizeof *cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_taken),
        cmocka_unit_test(keys_of_rtcp_are_taken),
        cmocka_unit_test(mistakes_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
