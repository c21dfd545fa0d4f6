/* Senders that change their identity and die, as a receiver sees them. */
#include <stdlib.h>

#include "harness/traffic/sender.h"
#include "harness/traffic/tests/cmocka_all.h"
#include "harness/traffic/tests/made.h"

#define MS INT64_C(1000000)

static const int64_t never = INT64_MAX;

/* A packet as it would be without churn: what stays the same over all epochs. */
static void assert_same_but_identity(const struct pl_arrival *plain, const struct pl_arrival *got)
{
    struct pl_arrival expected = *plain;
    expected.epoch = got->epoch;
    expected.port = got->port;
    expected.ssrc = got->ssrc;
    expected.wire_sequence = got->wire_sequence;
    expected.wire_timestamp = got->wire_timestamp;
    assert_arrivals_equal(&expected, got);
}

/* The identity is its epoch's, and its own first one in epoch 0. */
static void assert_identity(const struct pl_arrival *arrival, uint32_t sessions, uint64_t seed)
{
    struct pl_identity identity = pl_identity_of(seed, arrival->port);
    assert_int_equal(arrival->port, arrival->epoch * sessions + arrival->session);
    assert_int_equal(arrival->ssrc, identity.ssrc);
    assert_int_equal(arrival->wire_sequence, (uint16_t)(identity.sequence + arrival->position));
    assert_int_equal(arrival->wire_timestamp, (uint32_t)(identity.timestamp + arrival->timestamp));
}

/* Senders take turns through 170 and 1000 ms; the recording runs on. */
static void identities_change_on_time(void **state)
{
    struct pl_traffic_settings traffic = made_settings(4);
    traffic.churn_ns[0] = 170 * MS;
    traffic.churn_ns[1] = 1000 * MS;
    traffic.churn_count = 2;
    struct pl_replay_options options = {4, 1, 2};
    struct made_senders made = made_senders(&traffic, *state, 2);
    for (uint32_t copy = 0; copy < 4; copy++) {
        struct pl_replay replay;
        pl_replay_start(&replay, *state, &options, copy);
        for (uint32_t i = 0; i < 5000; i++) {
            struct pl_arrival plain, got;
            pl_replay_take(&replay, &plain);
            pl_sender_take(pl_sender_at(made.senders, copy), &got);
            assert_same_but_identity(&plain, &got);
            assert_int_equal(got.epoch, got.arrival_ns / traffic.churn_ns[copy % 2]);
            assert_identity(&got, 4 * 2, 2);
        }
    }
    made_senders_close(&made);
}

/* What is late at the change still bears the old name. */
static void delayed_packets_keep_their_identity(void **state)
{
    const struct pl_recording *recording = *state;
    struct pl_traffic_settings traffic = made_settings(1);
    traffic.churn_ns[0] = 200 * MS;
    traffic.churn_count = 1;
    traffic.faults.reorder = 0.3;
    traffic.faults.reorder_delay_ns = 50 * MS;
    traffic.faults.jitter_ns = 30 * MS;
    struct made_senders made = made_senders(&traffic, recording, 2);
    uint32_t old_behind_new = 0, newest = 0;
    for (uint32_t i = 0; i < 5000; i++) {
        struct pl_arrival got;
        pl_sender_take(made.senders, &got);
        uint64_t span = pl_recording_streams(recording)[got.packet->stream].sequence_span;
        int64_t sent_ns =
            (int64_t)(got.position / span) * recording->duration_ns + got.packet->arrival_ns;
        assert_int_equal(got.epoch, sent_ns / (200 * MS));
        assert_identity(&got, 2, 2);
        old_behind_new += got.epoch < newest;
        if (got.epoch > newest)
            newest = got.epoch;
    }
    assert_in_range(old_behind_new, newest * 3, newest * 30);
    made_senders_close(&made);
}

struct name {
    uint32_t ssrc, port, session, epoch;
};

static int by_ssrc(const void *a, const void *b)
{
    const struct name *x = a, *y = b;
    return (x->ssrc > y->ssrc) - (x->ssrc < y->ssrc);
}

static int by_port(const void *a, const void *b)
{
    const struct name *x = a, *y = b;
    return (x->port > y->port) - (x->port < y->port);
}

/* 40 copies of 2 streams over some 700 identities each: the same SSRC or port, the same name. */
static void names_are_never_used_twice(void **state)
{
    enum { COPIES = 40, TAKEN = 5000 };
    struct pl_traffic_settings traffic = made_settings(COPIES);
    traffic.rate = 0.1;
    traffic.churn_ns[0] = 100 * MS;
    traffic.churn_count = 1;
    struct made_senders made = made_senders(&traffic, *state, 2);
    struct name *names = calloc(COPIES * TAKEN, sizeof *names);
    assert_non_null(names);
    for (uint32_t i = 0; i < COPIES * TAKEN; i++) {
        struct pl_arrival got;
        pl_sender_take(pl_sender_at(made.senders, i % COPIES), &got);
        names[i] = (struct name){got.ssrc, got.port, got.session, got.epoch};
    }
    for (unsigned order = 0; order < 2; order++) {
        uint32_t distinct = 1;
        qsort(names, COPIES * TAKEN, sizeof *names, order ? by_port : by_ssrc);
        for (uint32_t i = 1; i < COPIES * TAKEN; i++) {
            const struct name *x = &names[i - 1], *y = &names[i];
            assert_int_equal(x->ssrc == y->ssrc, x->port == y->port);
            assert_int_equal(x->ssrc == y->ssrc, x->session == y->session && x->epoch == y->epoch);
            distinct += x->ssrc != y->ssrc;
        }
        assert_in_range(distinct, COPIES * 2 * 600, COPIES * 2 * 800);
    }
    free(names);
    made_senders_close(&made);
}

/* What a plain sender sends but in the outages, each of which makes a new identity. */
static uint32_t assert_outages(const struct pl_traffic_settings *traffic,
                               const struct pl_recording *recording, uint32_t copy)
{
    struct pl_replay_options options = {traffic->sessions, traffic->rate, 2};
    struct made_senders made = made_senders(traffic, recording, 2);
    struct pl_sender *sender = pl_sender_at(made.senders, copy);
    struct pl_replay replay;
    uint32_t sent = 0;
    pl_replay_start(&replay, recording, &options, copy);
    for (uint32_t i = 0, outage = 0; i < 5000; i++) {
        struct pl_arrival plain, got;
        pl_replay_take(&replay, &plain);
        while (outage < traffic->outage_count &&
               plain.arrival_ns >= traffic->outages[outage].until_ns)
            outage++;
        if (outage < traffic->outage_count && plain.arrival_ns >= traffic->outages[outage].from_ns)
            continue;
        assert_int_equal(pl_sender_due(sender), plain.arrival_ns);
        pl_sender_take(sender, &got);
        assert_same_but_identity(&plain, &got);
        assert_int_equal(got.epoch, outage);
        assert_identity(&got, traffic->sessions * 2, 2);
        sent++;
    }
    made_senders_close(&made);
    return sent;
}

/* Of less than a gap, of a loop's end, of several loops; from the start; side by side. */
static void nothing_is_sent_in_outages(void **state)
{
    const struct pl_recording *recording = *state;
    const int64_t loop_ns = recording->duration_ns;
    struct pl_traffic_settings traffic = made_settings(3);
    const struct pl_span outages[] = {{0, 3 * MS},
                                      {20 * MS, 20 * MS + 1},
                                      {loop_ns - 1, loop_ns + 1},
                                      {2 * loop_ns, 5 * loop_ns},
                                      {5 * loop_ns, 5 * loop_ns + 40 * MS},
                                      {8 * loop_ns + 3 * MS, 20 * loop_ns + 31 * MS}};
    for (; traffic.outage_count < 6; traffic.outage_count++)
        traffic.outages[traffic.outage_count] = outages[traffic.outage_count];
    for (uint32_t copy = 0; copy < 3; copy++)
        assert_in_range(assert_outages(&traffic, recording, copy), 3900, 4100);
    traffic.rate = 3.7;
    assert_in_range(assert_outages(&traffic, recording, 1), 1000, 3000);
}

/* Exactly at its ends: the packet due when it begins is not sent, that due when it ends is. */
static void outages_hold_their_first_instant(void **state)
{
    const struct pl_recorded_packet *packets = pl_recording_packets(*state);
    struct pl_traffic_settings traffic = made_settings(1);
    traffic.outages[0] = (struct pl_span){packets[5].arrival_ns, packets[9].arrival_ns};
    traffic.outage_count = 1;
    struct made_senders made = made_senders(&traffic, *state, 2);
    for (uint32_t i = 0; i < 8; i++) {
        struct pl_arrival got;
        pl_sender_take(made.senders, &got);
        assert_ptr_equal(got.packet, packets + (i < 5 ? i : i + 4));
        assert_int_equal(got.epoch, i < 5 ? 0 : 1);
    }
    made_senders_close(&made);
}

/* All that was sent before it still arrives, and then nothing. */
static void an_outage_may_be_for_ever(void **state)
{
    const struct pl_recording *recording = *state;
    struct pl_traffic_settings traffic = made_settings(1);
    traffic.outages[0] = (struct pl_span){3 * recording->duration_ns, never};
    traffic.outage_count = 1;
    traffic.faults.reorder = 0.5;
    traffic.faults.reorder_delay_ns = 500 * MS;
    struct made_senders made = made_senders(&traffic, recording, 2);
    for (uint32_t i = 0; i < 3 * recording->packet_count; i++) {
        struct pl_arrival got;
        assert_true(pl_sender_due(made.senders) < never);
        pl_sender_take(made.senders, &got);
        assert_int_equal(got.epoch, 0);
    }
    assert_int_equal(pl_sender_due(made.senders), never);
    made_senders_close(&made);
}

/* Of no sender that is dead from the start, or for longer than a replay can last, a packet is
 * ever due. */
static void nothing_may_be_sent_at_all(void **state)
{
    static const double rates[] = {0.001, 1, 1000};
    for (unsigned i = 0; i < 6; i++) {
        struct pl_traffic_settings traffic = made_settings(2);
        traffic.rate = rates[i / 2];
        traffic.outages[0] = (struct pl_span){0, i % 2 ? never : never - 1000};
        traffic.outage_count = 1;
        struct made_senders made = made_senders(&traffic, *state, 2);
        assert_true(pl_sender_due(pl_sender_at(made.senders, 1)) >= traffic.outages[0].until_ns);
        made_senders_close(&made);
    }
}

static int set_up(void **state)
{
    *state = made_recording();
    return 0;
}

static int tear_down(void **state)
{
    free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identities_change_on_time),
        cmocka_unit_test(delayed_packets_keep_their_identity),
        cmocka_unit_test(names_are_never_used_twice),
        cmocka_unit_test(nothing_is_sent_in_outages),
        cmocka_unit_test(outages_hold_their_first_instant),
        cmocka_unit_test(an_outage_may_be_for_ever),
        cmocka_unit_test(nothing_may_be_sent_at_all),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
