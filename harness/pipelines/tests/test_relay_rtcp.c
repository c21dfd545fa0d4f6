/* RTCP between a relay and its subscribers: feedback, the history that waits for it, and reports.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/pipelines/relay/history.h"
#include "harness/pipelines/tests/relay_rig.h"

/* Each subscriber gets a packet each 10 ms, and tells of those that were sent 50 ms ago. */
static struct pl_scenario with_feedback(uint32_t subscribers)
{
    struct pl_scenario s = relay_rig_scenario();
    s.relay.subscribers = subscribers;
    s.relay.transport = PL_RELAY_UDP;
    s.relay.rtcp_feedback_ns = 100 * MS;
    s.classes[RTCP] = (struct pl_class){"rtcp", 96, -1};
    s.classes[HISTORY] = (struct pl_class){"history", 152, -1};
    s.class_count = 6;
    return s;
}

static void feedback_ends_what_the_history_keeps(void **state)
{
    (void)state;
    struct rig rig;
    struct pl_scenario s = with_feedback(3);
    relay_rig_run(&rig, &s, 955 * MS);
    const struct pl_class_books *buffers = &rig.side->meter.books[BUFFER];
    assert_int_equal(rig.side->counts.rtcp_packets, 3 * 9);
    assert_int_equal(rig.side->meter.books[RTCP].acquires, 3 * 9);
    assert_int_equal(relay_rig_live(&rig, RTCP), 0);
    assert_int_equal(rig.side->meter.books[HISTORY].acquires, 3 * 96);
    assert_int_equal(relay_rig_live(&rig, HISTORY), 3 * 10); /* from 860 ms on */
    assert_int_equal(rig.side->counts.rtcp_history_expired, 0);
    /* The first one tells of 6 packets, the others of 10: 20 B, 2 of status, 1 of time each. */
    assert_int_equal(buffers->acquires * 500 + buffers->acquired_excess,
                     96 * RELAY_RIG_DATAGRAM + 3 * (28 + 8 * 32));
    rig_close(&rig);
    assert_int_equal(rig.counts.integrity_errors, 0);
    s.relay.buffers = PL_RELAY_BUFFERS_FIXED;
    relay_rig_run(&rig, &s, 955 * MS);
    assert_int_equal(rig.side->meter.books[BUFFER].acquired_excess, 0);
    rig_close(&rig);
}

/* The first of two sends none from 0.5 s to 3.5 s. */
static struct pl_scenario without_feedback(void)
{
    struct pl_scenario s = with_feedback(2);
    s.relay.stalled = 1;
    s.relay.stalls[0] = (struct pl_span){500 * MS, 3500 * MS};
    s.relay.stall_count = 1;
    return s;
}

static void without_feedback_a_history_grows_to_its_bound(void **state)
{
    (void)state;
    struct rig rig;
    struct pl_scenario s = without_feedback();
    static const struct {
        int64_t ns;
        uint32_t packets;
        uint64_t kept, expired;
    } bounds[] = {
        {0, 0, 264, 0},         /* from 360 ms on */
        {S, 0, 101, 163},       /* from 1990 ms on */
        {0, 20, 20, 244},       /* the other one has 15 at most */
        {2 * S, 50, 50, 214},   /* whichever comes first */
        {150 * MS, 0, 16, 248}, /* the shortest: of the other one nothing is lost */
    };
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        s.relay.rtcp_history_ns = bounds[i].ns;
        s.relay.rtcp_history_packets = bounds[i].packets;
        const struct relay *r = relay_rig_run(&rig, &s, 2995 * MS);
        assert_int_equal(r->histories[0].sent.count, bounds[i].kept);
        assert_int_equal(r->histories[1].sent.count, 14); /* from 2860 ms on */
        assert_int_equal(relay_rig_live(&rig, HISTORY), bounds[i].kept + 14);
        assert_int_equal(rig.side->counts.rtcp_history_expired, bounds[i].expired);
        rig_run(&rig, 3605 * MS);
        assert_int_equal(relay_rig_live(&rig, HISTORY),
                         2 * 5); /* it tells of all that is still known */
        rig_close(&rig);
        assert_int_equal(rig.counts.delivered, 2 * 361);
        assert_int_equal(rig.counts.integrity_errors, 0);
    }
}

/* 810 packets are more than a buffer of 500 B has room to tell of: it takes two. */
static void long_feedback_comes_in_several_packets(void **state)
{
    (void)state;
    struct rig rig;
    struct pl_scenario s = without_feedback();
    s.relay.stalls[0].until_ns = 8500 * MS;
    const struct relay *r = relay_rig_run(&rig, &s, 8505 * MS);
    assert_int_equal(rig.side->counts.rtcp_packets, 4 + 2 + 85);
    assert_int_equal(r->histories[0].sent.count, 5);
    rig_close(&rig);
}

/* Feedback may yet say that it arrived: what was lost stays until the bound. */
static void what_is_lost_stays_in_the_history(void **state)
{
    (void)state;
    struct rig rig;
    struct pl_scenario s = with_feedback(10);
    s.relay.loss = 0.1;
    s.relay.nack_ns = S;
    const struct relay *r = relay_rig_run(&rig, &s, 5 * S);
    uint64_t lost = 0, missed = rig.side->counts.retransmitted + r->publishers[0].request_count;
    for (int i = 0; i < 10; i++) {
        lost += r->histories[i].lost.count;
        for (const struct relay_sent *sent = r->histories[i].sent.first; sent; sent = sent->next)
            lost += sent->lost;
    }
    assert_true(missed > 400);
    assert_int_equal(lost, missed);
    rig_close(&rig);
    s.relay.rtcp_history_ns = S;
    r = relay_rig_run(&rig, &s, 5 * S);
    assert_in_range(rig.side->counts.rtcp_history_expired, 300, 500);
    assert_true(relay_rig_live(&rig, HISTORY) < 10 * (15 + 1 + 20));
    rig_close(&rig);
}

/* Nobody asks again who is stalled: what it missed is late. */
static void who_is_stalled_asks_for_nothing(void **state)
{
    (void)state;
    struct rig rig;
    struct pl_scenario s = without_feedback();
    s.relay.loss = 0.1;
    s.relay.nack_ns = S;
    s.relay.stalled = 2;
    relay_rig_run(&rig, &s, 3400 * MS);
    uint64_t late = rig.side->counts.dropped[PL_DROP_LATE];
    assert_in_range(late, 40, 80); /* of 580 */
    assert_in_range(rig.side->counts.retransmitted, 1, 20);
    rig_close(&rig);
}

/* Each second all but the first of 8 report, and get a report of the one stream; the first one
 * does not before 2.5 s. */
static void reports_go_both_ways(void **state)
{
    (void)state;
    struct rig rig;
    struct pl_scenario s = with_feedback(4);
    s.traffic.sessions = 2;
    s.relay.rtcp_feedback_ns = 0;
    s.relay.rtcp_reports_ns = S;
    s.relay.stalled = 1;
    s.relay.stalls[0] = (struct pl_span){500 * MS, 2500 * MS};
    s.relay.stall_count = 1;
    const struct relay *r = relay_rig_run(&rig, &s, 3500 * MS);
    assert_int_equal(rig.side->counts.rtcp_packets, 3 * 8 + 3 * 8 - 2);
    assert_int_equal(relay_rig_live(&rig, RTCP), 0); /* the publishers have read them */
    assert_null(r->histories);
    const struct pl_class_books *buffers = &rig.side->meter.books[BUFFER];
    assert_int_equal(buffers->acquires * 500 + buffers->acquired_excess,
                     2 * 350 * RELAY_RIG_DATAGRAM + 24 * 56 + 22 * 60);
    rig_close(&rig);
    assert_int_equal(rig.counts.integrity_errors, 0);
}

static void who_left_sends_no_rtcp(void **state)
{
    (void)state;
    struct rig rig;
    struct pl_scenario s = with_feedback(0);
    s.relay.rtcp_reports_ns = 500 * MS;
    s.load = (struct pl_load_settings){.points = {{0, 40}, {S, 40}, {2 * S, 0}}, .count = 3};
    relay_rig_run(&rig, &s, 2050 * MS);
    uint64_t packets = rig.side->counts.rtcp_packets;
    assert_int_equal(rig.side->meter.live_bytes, 0);
    assert_true(packets > 40 * (9 + 2 * 2));
    rig_run(&rig, 5 * S);
    assert_int_equal(rig.side->counts.rtcp_packets, packets);
    rig_close(&rig);
}

/* A packet for whose place in the history there is no memory is sent all the same. Of the reports
 * of a round there is memory for one, which its publisher has not read before the others come. */
static void what_is_refused_of_rtcp_loses_no_packet(void **state)
{
    (void)state;
    struct rig rig;
    struct pl_scenario s = with_feedback(4);
    s.relay.rtcp_feedback_ns = 400 * MS;
    s.relay.rtcp_reports_ns = S;
    s.budgets[0] = (struct pl_budget){"history", 20 * 152};
    s.budgets[1] = (struct pl_budget){"rtcp", 96};
    s.budgets[2] = (struct pl_budget){"all", 1 << 20};
    s.budget_count = 3;
    for (int i = 0; i < 6; i++)
        s.classes[i].budget = i == HISTORY ? 0 : i == RTCP ? 1 : 2;
    rig_open_in_order(&rig, &s, RELAY_RIG_LOOP, "limited/glibc");
    rig_run(&rig, 1195 * MS);
    assert_int_equal(rig.side->counts.delivered, 4 * 120);
    assert_int_equal(relay_rig_live(&rig, HISTORY), 20);
    assert_true(rig.side->meter.books[HISTORY].failures > 4 * 120 / 2);
    assert_int_equal(rig.side->counts.rtcp_packets, 2 * 4 + 1);
    assert_int_equal(rig.side->meter.books[RTCP].failures, 2 * 4 - 1);
    rig_close(&rig);
    assert_int_equal(rig.counts.integrity_errors, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(feedback_ends_what_the_history_keeps),
        cmocka_unit_test(without_feedback_a_history_grows_to_its_bound),
        cmocka_unit_test(long_feedback_comes_in_several_packets),
        cmocka_unit_test(what_is_lost_stays_in_the_history),
        cmocka_unit_test(who_is_stalled_asks_for_nothing),
        cmocka_unit_test(reports_go_both_ways),
        cmocka_unit_test(who_left_sends_no_rtcp),
        cmocka_unit_test(what_is_refused_of_rtcp_loses_no_packet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
