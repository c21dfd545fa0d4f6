/* A relay on synthetic traffic: who gets which packets, what waits and where, what caches hold, and
 * that all of it is given back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/pipelines/tests/relay_rig.h"

static void everybody_gets_everything(void **state)
{
    (void)state;
    struct rig rig;
    struct pl_scenario s = relay_rig_scenario();
    s.traffic.sessions = 2;
    s.relay.subscribers = 5;
    relay_rig_run(&rig, &s, S);
    assert_int_equal(rig.side->counts.received, 2 * 5 * 100);
    assert_int_equal(rig.side->counts.delivered, 2 * 5 * 100);
    assert_int_equal(rig.side->meter.books[BUFFER].acquires, 200); /* shared */
    assert_int_equal(rig.side->meter.books[NODE].acquires, 0);     /* nobody waited */
    assert_int_equal(relay_rig_live(&rig, SESSION), 10);
    assert_int_equal(relay_rig_live(&rig, PACKET), 0);
    rig_close(&rig);
}

/* The first subscriber reads nothing from 0.5 s on: 11 packets lie in its socket, the rest waits.
 */
static struct pl_scenario stalled(enum pl_queue_policy policy)
{
    struct pl_scenario s = relay_rig_scenario();
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
    relay_rig_run(&rig, &s, 2 * S);
    uint64_t waits = 150 - 2000 / RELAY_RIG_DATAGRAM;
    assert_in_range(relay_rig_live(&rig, BUFFER), waits, waits + 1);
    assert_int_equal(relay_rig_live(&rig, NODE), 2 * relay_rig_live(&rig, BUFFER));
    assert_int_equal(rig.side->counts.socket_bytes,
                     2 * (2000 / RELAY_RIG_DATAGRAM * RELAY_RIG_DATAGRAM));
    rig_run(&rig, 4 * S);
    assert_int_equal(relay_rig_live(&rig, BUFFER), 0);
    assert_int_equal(rig.side->counts.socket_bytes, 0);
    assert_int_equal(rig.side->counts.delivered, 3 * 400);
    rig_close(&rig);
    s.relay.delivery = PL_RELAY_COPIED;
    relay_rig_run(&rig, &s, 2 * S);
    assert_in_range(relay_rig_live(&rig, BUFFER), 2 * waits, 2 * waits + 2);
    rig_close(&rig);
    s.relay.buffers = PL_RELAY_BUFFERS_FIXED;
    relay_rig_run(&rig, &s, 2 * S);
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
    relay_rig_run(&rig, &s, 3 * S);
    uint64_t together = relay_rig_live(&rig, BUFFER);
    rig_close(&rig);
    s.relay.stall_step_ns = 400 * MS;
    s.relay.stalls[0].until_ns = INT64_MAX; /* for good */
    s.relay.on_full = PL_QUEUE_DROP_NEWEST;
    relay_rig_run(&rig, &s, 3 * S);
    assert_int_equal(together, 20);
    assert_int_equal(relay_rig_live(&rig, BUFFER), 40);
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
        relay_rig_run(&rig, &s, 4 * S);
        const struct pl_traffic_counts *c = &rig.side->counts;
        assert_in_range(c->dropped[PL_DROP_QUEUE], cases[i].queue, cases[i].queue + 4);
        assert_int_equal(c->dropped[PL_DROP_SESSION], cases[i].session);
        assert_in_range(c->dropped[PL_DROP_KERNEL], cases[i].kernel, cases[i].kernel + 6);
        assert_int_equal(c->evictions, cases[i].evictions);
        assert_int_equal(relay_rig_live(&rig, SESSION), 3 - cases[i].evictions);
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
    relay_rig_run(&rig, &s, 3 * S);
    assert_in_range(relay_rig_live(&rig, BUFFER), 29, 32);
    rig_close(&rig);
}

static void after_a_drop_to_a_keyframe_video_begins_with_one(void **state)
{
    (void)state;
    struct rig rig;
    struct pl_scenario s = stalled(PL_QUEUE_DROP_TO_KEYFRAME);
    s.relay.queue_packets = 40;
    const struct relay *r = relay_rig_run(&rig, &s, 3 * S);
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
    struct pl_scenario s = relay_rig_scenario();
    s.relay.subscribers = 0;
    s.relay.gop = PL_RELAY_GOP_ONCE;
    s.load = (struct pl_load_settings){.points = {{605 * MS, 1}}, .count = 1};
    relay_rig_run(&rig, &s, 604 * MS);
    uint64_t kept =
        relay_rig_live(&rig, BUFFER); /* 61 came; of the second loop's, from its 20th on */
    assert_int_equal(kept, 61 - 32 - 19);
    rig_run(&rig, 705 * MS);
    assert_int_equal(rig.side->counts.delivered, kept + 10);
    rig_close(&rig);
    s.relay.gop = PL_RELAY_GOP_TWICE;
    relay_rig_run(&rig, &s, 604 * MS);
    assert_int_equal(relay_rig_live(&rig, BUFFER), 2 * kept);
    rig_close(&rig);
    s.relay.gop_packets = 4;
    relay_rig_run(&rig, &s, 604 * MS);
    assert_int_equal(relay_rig_live(&rig, BUFFER), 2 * 4);
    rig_close(&rig);
    s.relay.gop_full = PL_RELAY_FULL_EMPTY;
    relay_rig_run(&rig, &s, 604 * MS);
    assert_int_equal(relay_rig_live(&rig, BUFFER), 2 * (kept % 4));
    rig_close(&rig);
}

static void a_burst_is_bounded_by_its_bytes(void **state)
{
    (void)state;
    struct rig rig;
    struct pl_scenario s = relay_rig_scenario();
    s.relay.subscribers = 0;
    s.relay.burst_bytes = 10 * RELAY_RIG_DATAGRAM;
    s.load = (struct pl_load_settings){.points = {{605 * MS, 3}}, .count = 1};
    relay_rig_run(&rig, &s, 604 * MS);
    assert_int_equal(relay_rig_live(&rig, BUFFER), 10);
    rig_run(&rig, 609 * MS);
    assert_int_equal(rig.side->counts.delivered, 3 * 10);
    rig_close(&rig);
}

/* A tenth is missed. What the cache has is sent again; what it has no more is too late. */
static void what_is_missed_is_sent_again(void **state)
{
    (void)state;
    struct rig rig;
    struct pl_scenario s = relay_rig_scenario();
    s.relay.transport = PL_RELAY_UDP;
    s.relay.subscribers = 10;
    s.relay.loss = 0.1;
    s.relay.nack_ns = S;
    relay_rig_run(&rig, &s, 5 * S);
    assert_in_range(rig.side->counts.retransmitted, 400, 600);
    assert_int_equal(rig.side->counts.dropped[PL_DROP_LATE], 0);
    assert_true(rig.side->counts.delivered < 5000 && rig.side->counts.delivered > 4940);
    assert_in_range(relay_rig_live(&rig, BUFFER), 100, 102);
    rig_close(&rig);
    assert_int_equal(rig.counts.received, 5000); /* some are asked for, and not there yet */
    s.relay.nack_packets = 3;                    /* 30 ms, and it is asked after 50 */
    relay_rig_run(&rig, &s, 5 * S);
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
    struct pl_scenario s = relay_rig_scenario();
    s.relay.subscribers = 0;
    s.load = (struct pl_load_settings){.points = {{0, 5}, {S, 5}, {S, 0}}, .count = 3};
    s.budgets[0] = (struct pl_budget){"sessions", 3 * 4096};
    s.budgets[1] = (struct pl_budget){"all", 1 << 20};
    s.budget_count = 2;
    for (uint32_t i = 0; i < 4; i++)
        s.classes[i].budget = i == SESSION ? 0 : 1;
    rig_open_in_order(&rig, &s, RELAY_RIG_LOOP, "limited/glibc");
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
    struct pl_scenario s = relay_rig_scenario();
    s.relay.slow = 1;
    s.relay.slow_bytes = 10000;
    s.relay.socket_max = 4000;
    relay_rig_run(&rig, &s, 10 * S);
    assert_in_range(rig.side->counts.socket_bytes, 4000 - RELAY_RIG_DATAGRAM, 4000);
    uint64_t left = 1000 * RELAY_RIG_DATAGRAM - 100000 - 4000;
    assert_in_range(relay_rig_live(&rig, BUFFER), left / RELAY_RIG_DATAGRAM - 4,
                    left / RELAY_RIG_DATAGRAM + 4);
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
    relay_rig_run(&rig, &s, 1500 * MS);
    assert_int_equal(relay_rig_live(&rig, SESSION), 40);
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
    rig_open_in_order(&rig, &s, RELAY_RIG_LOOP, "limited/glibc");
    rig_run(&rig, 4 * S);
    assert_true(rig.side->counts.dropped[PL_DROP_LIMIT] > 100);
    assert_int_equal(rig.side->counts.dropped[PL_DROP_QUEUE], 0);
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
