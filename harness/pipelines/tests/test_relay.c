/* A relay on synthetic traffic: who gets which packets, what waits and where, what caches hold, and
 * that all of it is given back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/pipelines/relay/history.h"
#include "harness/pipelines/tests/rig.h"

#define S INT64_C(1000000000)
#define MS INT64_C(1000000)
#define DATAGRAM 172 /* bytes; one each 10 ms */
#define LOOP 32      /* packets: as H.264, 1 and 19 begin keyframes */

enum { PACKET, BUFFER, NODE, SESSION, RTCP, HISTORY };

static struct pl_scenario scenario(void)
{
    return (struct pl_scenario){
        .path = "rig",
        .pipeline = PL_PIPELINE_RELAY,
        .duration_ns = 10 * S,
        .traffic = {.sessions = 1, .rate = 1.0},
        .relay = {.subscribers = 1,
                  .socket_initial = 2000,
                  .socket_max = 2000,
                  .rtt_ns = 50 * MS,
                  .video = 1},
        .classes = {{"packet", 128, -1},
                    {"buffer", 500, -1},
                    {"node", 32, -1},
                    {"session", 4096, -1}},
        .class_count = 4,
    };
}

/* @return the relay, after `ns` of replay */
static const struct relay *run(struct rig *rig, const struct pl_scenario *s, int64_t ns)
{
    rig_open_in_order(rig, s, LOOP, "glibc");
    rig_run(rig, ns);
    return rig->state;
}

static uint64_t live(const struct rig *rig, int class)
{
    const struct pl_class_books *books = &rig->side->meter.books[class];
    return books->acquires - books->releases;
}

static void everybody_gets_everything(void **state)
{
    (void)state;
    struct rig rig;
    struct pl_scenario s = scenario();
    s.traffic.sessions = 2;
    s.relay.subscribers = 5;
    run(&rig, &s, S);
    assert_int_equal(rig.side->counts.received, 2 * 5 * 100);
    assert_int_equal(rig.side->counts.delivered, 2 * 5 * 100);
    assert_int_equal(rig.side->meter.books[BUFFER].acquires, 200); /* shared */
    assert_int_equal(rig.side->meter.books[NODE].acquires, 0);     /* nobody waited */
    assert_int_equal(live(&rig, SESSION), 10);
    assert_int_equal(live(&rig, PACKET), 0);
    rig_close(&rig);
}

/* The first subscriber reads nothing from 0.5 s on: 11 packets lie in its socket, the rest waits.
 */
static struct pl_scenario stalled(enum pl_queue_policy policy)
{
    struct pl_scenario s = scenario();
    s.relay.subscribers = 3;
    s.relay.stalled = 2;
    s.relay.stalls[0] = (struct pl_span){500 * MS, 3500 * MS};
    s.relay.stall_count = 1;
    s.relay.on_full = policy;
    return s;
}

static void what_waits_is_shared_or_copied(void **state)
{
    (void)state;
    struct rig rig;
    struct pl_scenario s = stalled(PL_QUEUE_DROP_OLDEST);
    run(&rig, &s, 2 * S);
    uint64_t waits = 150 - 2000 / DATAGRAM;
    assert_in_range(live(&rig, BUFFER), waits, waits + 1);
    assert_int_equal(live(&rig, NODE), 2 * live(&rig, BUFFER));
    assert_int_equal(rig.side->counts.socket_bytes, 2 * (2000 / DATAGRAM * DATAGRAM));
    rig_run(&rig, 4 * S);
    assert_int_equal(live(&rig, BUFFER), 0);
    assert_int_equal(rig.side->counts.socket_bytes, 0);
    assert_int_equal(rig.side->counts.delivered, 3 * 400);
    rig_close(&rig);
    s.relay.delivery = PL_RELAY_COPIED;
    run(&rig, &s, 2 * S);
    assert_in_range(live(&rig, BUFFER), 2 * waits, 2 * waits + 2);
    rig_close(&rig);
    s.relay.buffers = PL_RELAY_BUFFERS_FIXED;
    run(&rig, &s, 2 * S);
    assert_true(rig.side->meter.live_bytes >= 2 * waits * (500 + 128 + 32));
    rig_close(&rig);
}

/* One after another, each holds packets of its own time. */
static void stalls_come_one_after_another(void **state)
{
    (void)state;
    struct rig rig;
    struct pl_scenario s = stalled(PL_QUEUE_DROP_OLDEST);
    s.relay.queue_packets = 20;
    run(&rig, &s, 3 * S);
    uint64_t together = live(&rig, BUFFER);
    rig_close(&rig);
    s.relay.stall_step_ns = 400 * MS;
    s.relay.stalls[0].until_ns = INT64_MAX; /* for good */
    s.relay.on_full = PL_QUEUE_DROP_NEWEST;
    run(&rig, &s, 3 * S);
    assert_int_equal(together, 20);
    assert_int_equal(live(&rig, BUFFER), 40);
    rig_close(&rig);
}

static void a_full_queue_follows_its_policy(void **state)
{
    (void)state;
    static const struct {
        enum pl_queue_policy policy;
        uint64_t queue, session, kernel, evictions;
    } cases[] = {
        /* 300 packets in the stall, of which 11 are in the socket and 20 wait, twice */
        {PL_QUEUE_DROP_OLDEST, 2 * 269, 0, 0, 0},
        {PL_QUEUE_DROP_NEWEST, 2 * 269, 0, 0, 0},
        {PL_QUEUE_BLOCK, 2, 0, 3 * 268, 0},
        {PL_QUEUE_EVICT, 0, 2 * 21, 0, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig rig;
        struct pl_scenario s = stalled(cases[i].policy);
        s.relay.queue_packets = 20;
        run(&rig, &s, 4 * S);
        const struct pl_traffic_counts *c = &rig.side->counts;
        assert_in_range(c->dropped[PL_DROP_QUEUE], cases[i].queue, cases[i].queue + 4);
        assert_int_equal(c->dropped[PL_DROP_SESSION], cases[i].session);
        assert_in_range(c->dropped[PL_DROP_KERNEL], cases[i].kernel, cases[i].kernel + 6);
        assert_int_equal(c->evictions, cases[i].evictions);
        assert_int_equal(live(&rig, SESSION), 3 - cases[i].evictions);
        rig_close(&rig);
        assert_int_equal(rig.counts.integrity_errors, 0);
    }
}

/* Of what came in the stall, what is older than the bound is gone. */
static void what_waited_too_long_is_dropped(void **state)
{
    (void)state;
    struct rig rig;
    struct pl_scenario s = stalled(PL_QUEUE_DROP_OLDEST);
    s.relay.queue_ns = 300 * MS;
    run(&rig, &s, 3 * S);
    assert_in_range(live(&rig, BUFFER), 29, 32);
    rig_close(&rig);
}

static void after_a_drop_to_a_keyframe_video_begins_with_one(void **state)
{
    (void)state;
    struct rig rig;
    struct pl_scenario s = stalled(PL_QUEUE_DROP_TO_KEYFRAME);
    s.relay.queue_packets = 40;
    const struct relay *r = run(&rig, &s, 3 * S);
    const struct relay_subscriber *u = &r->subscribers[0];
    assert_true(u->awaits_key || u->queue.first->packet->keyframe);
    assert_true(rig.side->counts.dropped[PL_DROP_QUEUE] > 2 * 100);
    assert_true(u->queue.count <= 40);
    rig_close(&rig);
}

/* Who comes in mid-group gets what came since its keyframe first. */
static void a_late_subscriber_gets_the_group_of_pictures(void **state)
{
    (void)state;
    struct rig rig;
    struct pl_scenario s = scenario();
    s.relay.subscribers = 0;
    s.relay.gop = PL_RELAY_GOP_ONCE;
    s.load = (struct pl_load_settings){.points = {{605 * MS, 1}}, .count = 1};
    run(&rig, &s, 604 * MS);
    uint64_t kept = live(&rig, BUFFER); /* 61 came; of the second loop's, from its 20th on */
    assert_int_equal(kept, 61 - 32 - 19);
    rig_run(&rig, 705 * MS);
    assert_int_equal(rig.side->counts.delivered, kept + 10);
    rig_close(&rig);
    s.relay.gop = PL_RELAY_GOP_TWICE;
    run(&rig, &s, 604 * MS);
    assert_int_equal(live(&rig, BUFFER), 2 * kept);
    rig_close(&rig);
    s.relay.gop_packets = 4;
    run(&rig, &s, 604 * MS);
    assert_int_equal(live(&rig, BUFFER), 2 * 4);
    rig_close(&rig);
    s.relay.gop_full = PL_RELAY_FULL_EMPTY;
    run(&rig, &s, 604 * MS);
    assert_int_equal(live(&rig, BUFFER), 2 * (kept % 4));
    rig_close(&rig);
}

static void a_burst_is_bounded_by_its_bytes(void **state)
{
    (void)state;
    struct rig rig;
    struct pl_scenario s = scenario();
    s.relay.subscribers = 0;
    s.relay.burst_bytes = 10 * DATAGRAM;
    s.load = (struct pl_load_settings){.points = {{605 * MS, 3}}, .count = 1};
    run(&rig, &s, 604 * MS);
    assert_int_equal(live(&rig, BUFFER), 10);
    rig_run(&rig, 609 * MS);
    assert_int_equal(rig.side->counts.delivered, 3 * 10);
    rig_close(&rig);
}

/* A tenth is missed. What the cache has is sent again; what it has no more is too late. */
static void what_is_missed_is_sent_again(void **state)
{
    (void)state;
    struct rig rig;
    struct pl_scenario s = scenario();
    s.relay.transport = PL_RELAY_UDP;
    s.relay.subscribers = 10;
    s.relay.loss = 0.1;
    s.relay.nack_ns = S;
    run(&rig, &s, 5 * S);
    assert_in_range(rig.side->counts.retransmitted, 400, 600);
    assert_int_equal(rig.side->counts.dropped[PL_DROP_LATE], 0);
    assert_true(rig.side->counts.delivered < 5000 && rig.side->counts.delivered > 4940);
    assert_in_range(live(&rig, BUFFER), 100, 102);
    rig_close(&rig);
    assert_int_equal(rig.counts.received, 5000); /* some are asked for, and not there yet */
    s.relay.nack_packets = 3;                    /* 30 ms, and it is asked after 50 */
    run(&rig, &s, 5 * S);
    assert_int_equal(rig.side->counts.retransmitted, 0);
    assert_in_range(rig.side->counts.dropped[PL_DROP_LATE], 400, 600);
    assert_in_range(rig.side->counts.delivered, 4400, 4600);
    rig_close(&rig);
    assert_int_equal(rig.counts.received, 5000);
}

/* Two of five have no memory for their session: what they would have got is lost, and said so. */
static void who_is_refused_loses_all(void **state)
{
    (void)state;
    struct rig rig;
    struct pl_scenario s = scenario();
    s.relay.subscribers = 0;
    s.load = (struct pl_load_settings){.points = {{0, 5}, {S, 5}, {S, 0}}, .count = 3};
    s.budgets[0] = (struct pl_budget){"sessions", 3 * 4096};
    s.budgets[1] = (struct pl_budget){"all", 1 << 20};
    s.budget_count = 2;
    for (uint32_t i = 0; i < 4; i++)
        s.classes[i].budget = i == SESSION ? 0 : 1;
    rig_open_in_order(&rig, &s, LOOP, "limited/glibc");
    rig_run(&rig, 2 * S);
    assert_int_equal(rig.side->counts.received, 5 * 100);
    assert_int_equal(rig.side->counts.delivered, 3 * 100);
    assert_int_equal(rig.side->counts.dropped[PL_DROP_SESSION], 2 * 100);
    rig_close(&rig);
}

/* 172 B each 10 ms are 17.2 kB a second; one reads 10 of them. */
static void a_slow_subscriber_fills_its_socket_then_its_queue(void **state)
{
    (void)state;
    struct rig rig;
    struct pl_scenario s = scenario();
    s.relay.slow = 1;
    s.relay.slow_bytes = 10000;
    s.relay.socket_max = 4000;
    run(&rig, &s, 10 * S);
    assert_in_range(rig.side->counts.socket_bytes, 4000 - DATAGRAM, 4000);
    uint64_t left = 1000 * DATAGRAM - 100000 - 4000;
    assert_in_range(live(&rig, BUFFER), left / DATAGRAM - 4, left / DATAGRAM + 4);
    rig_close(&rig);
}

static void sessions_that_leave_leave_nothing(void **state)
{
    (void)state;
    struct rig rig;
    struct pl_scenario s = stalled(PL_QUEUE_DROP_OLDEST);
    s.relay.subscribers = 0;
    s.load = (struct pl_load_settings){
        .points = {{0, 0}, {S, 40}, {2 * S, 40}, {3 * S, 0}}, .count = 4, .every_ns = 5 * S};
    run(&rig, &s, 1500 * MS);
    assert_int_equal(live(&rig, SESSION), 40);
    rig_run(&rig, 3010 * MS);
    assert_int_equal(rig.side->meter.live_bytes, 0);
    assert_int_equal(rig.side->counts.sessions_started, 40);
    rig_run(&rig, 7 * S);
    assert_int_equal(rig.side->counts.sessions_started, 80); /* the next wave */
    rig_close(&rig);
}

/* A limit that refuses loses packets, and nothing else. */
static void what_is_refused_is_lost(void **state)
{
    (void)state;
    struct rig rig;
    struct pl_scenario s = stalled(PL_QUEUE_DROP_OLDEST);
    s.budgets[0] = (struct pl_budget){"all", 4 * 4096 + 30 * 700};
    s.budget_count = 1;
    for (uint32_t i = 0; i < 4; i++)
        s.classes[i].budget = 0;
    rig_open_in_order(&rig, &s, LOOP, "limited/glibc");
    rig_run(&rig, 4 * S);
    assert_true(rig.side->counts.dropped[PL_DROP_LIMIT] > 100);
    assert_int_equal(rig.side->counts.dropped[PL_DROP_QUEUE], 0);
    rig_close(&rig);
    assert_int_equal(rig.counts.integrity_errors, 0);
}

/* Each subscriber gets a packet each 10 ms, and tells of those that were sent 50 ms ago. */
static struct pl_scenario with_feedback(uint32_t subscribers)
{
    struct pl_scenario s = scenario();
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
    run(&rig, &s, 955 * MS);
    const struct pl_class_books *buffers = &rig.side->meter.books[BUFFER];
    assert_int_equal(rig.side->counts.rtcp_packets, 3 * 9);
    assert_int_equal(rig.side->meter.books[RTCP].acquires, 3 * 9);
    assert_int_equal(live(&rig, RTCP), 0);
    assert_int_equal(rig.side->meter.books[HISTORY].acquires, 3 * 96);
    assert_int_equal(live(&rig, HISTORY), 3 * 10); /* from 860 ms on */
    assert_int_equal(rig.side->counts.rtcp_history_expired, 0);
    /* The first one tells of 6 packets, the others of 10: 20 B, 2 of status, 1 of time each. */
    assert_int_equal(buffers->acquires * 500 + buffers->acquired_excess,
                     96 * DATAGRAM + 3 * (28 + 8 * 32));
    rig_close(&rig);
    assert_int_equal(rig.counts.integrity_errors, 0);
    s.relay.buffers = PL_RELAY_BUFFERS_FIXED;
    run(&rig, &s, 955 * MS);
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
        const struct relay *r = run(&rig, &s, 2995 * MS);
        assert_int_equal(r->histories[0].sent.count, bounds[i].kept);
        assert_int_equal(r->histories[1].sent.count, 14); /* from 2860 ms on */
        assert_int_equal(live(&rig, HISTORY), bounds[i].kept + 14);
        assert_int_equal(rig.side->counts.rtcp_history_expired, bounds[i].expired);
        rig_run(&rig, 3605 * MS);
        assert_int_equal(live(&rig, HISTORY), 2 * 5); /* it tells of all that is still known */
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
    const struct relay *r = run(&rig, &s, 8505 * MS);
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
    const struct relay *r = run(&rig, &s, 5 * S);
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
    r = run(&rig, &s, 5 * S);
    assert_in_range(rig.side->counts.rtcp_history_expired, 300, 500);
    assert_true(live(&rig, HISTORY) < 10 * (15 + 1 + 20));
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
    run(&rig, &s, 3400 * MS);
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
    const struct relay *r = run(&rig, &s, 3500 * MS);
    assert_int_equal(rig.side->counts.rtcp_packets, 3 * 8 + 3 * 8 - 2);
    assert_int_equal(live(&rig, RTCP), 0); /* the publishers have read them */
    assert_null(r->histories);
    const struct pl_class_books *buffers = &rig.side->meter.books[BUFFER];
    assert_int_equal(buffers->acquires * 500 + buffers->acquired_excess,
                     2 * 350 * DATAGRAM + 24 * 56 + 22 * 60);
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
    run(&rig, &s, 2050 * MS);
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
    rig_open_in_order(&rig, &s, LOOP, "limited/glibc");
    rig_run(&rig, 1195 * MS);
    assert_int_equal(rig.side->counts.delivered, 4 * 120);
    assert_int_equal(live(&rig, HISTORY), 20);
    assert_true(rig.side->meter.books[HISTORY].failures > 4 * 120 / 2);
    assert_int_equal(rig.side->counts.rtcp_packets, 2 * 4 + 1);
    assert_int_equal(rig.side->meter.books[RTCP].failures, 2 * 4 - 1);
    rig_close(&rig);
    assert_int_equal(rig.counts.integrity_errors, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_gets_everything),
        cmocka_unit_test(what_waits_is_shared_or_copied),
        cmocka_unit_test(stalls_come_one_after_another),
        cmocka_unit_test(a_full_queue_follows_its_policy),
        cmocka_unit_test(what_waited_too_long_is_dropped),
        cmocka_unit_test(after_a_drop_to_a_keyframe_video_begins_with_one),
        cmocka_unit_test(a_late_subscriber_gets_the_group_of_pictures),
        cmocka_unit_test(a_burst_is_bounded_by_its_bytes),
        cmocka_unit_test(what_is_missed_is_sent_again),
        cmocka_unit_test(who_is_refused_loses_all),
        cmocka_unit_test(a_slow_subscriber_fills_its_socket_then_its_queue),
        cmocka_unit_test(sessions_that_leave_leave_nothing),
        cmocka_unit_test(what_is_refused_is_lost),
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
