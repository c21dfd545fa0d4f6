/* What was sent is told by its header alone; what was not is told to be foreign. */
#include "harness/traffic/identify.h"

#include <stdlib.h>

#include "harness/traffic/tests/cmocka_all.h"
#include "harness/traffic/tests/made.h"

#define MS INT64_C(1000000)

/* Senders and what tells their packets. */
struct rig {
    const struct pl_recording *recording;
    struct made_senders made;
    struct pl_arena arena;
    struct pl_identifier *identifier;
};

static struct rig rig_open(const struct pl_traffic_settings *traffic,
                           const struct pl_recording *recording, uint64_t seed)
{
    struct rig rig = {.recording = recording};
    rig.made = made_senders(traffic, recording, seed);
    rig.arena = made_arena(pl_identifier_arena_bytes(recording));
    rig.identifier = pl_identifier_open(traffic, recording, seed, &rig.arena);
    assert_non_null(rig.identifier);
    assert_int_equal(rig.arena.used, rig.arena.capacity);
    return rig;
}

static void rig_close(struct rig *rig)
{
    made_senders_close(&rig->made);
    free(rig->arena.base);
}

/* Copies of a packet in one recording are as good as each other. */
static void assert_told(const struct rig *rig, const struct pl_arrival *arrival)
{
    struct pl_identified got;
    assert_true(pl_identify(rig->identifier, arrival->ssrc, arrival->wire_sequence,
                            arrival->wire_timestamp, &got));
    assert_int_equal(got.session, arrival->session);
    assert_int_equal(got.epoch, arrival->epoch);
    assert_int_equal(got.position, arrival->position);
    assert_int_equal(got.packet->stream, arrival->packet->stream);
    assert_int_equal(got.packet->position, arrival->packet->position);
    assert_int_equal(got.packet->timestamp, arrival->packet->timestamp);
    assert_int_equal(got.packet->datagram_size, arrival->datagram_size);
    assert_memory_equal(pl_recording_datagrams(rig->recording) + got.packet->datagram_offset,
                        arrival->datagram, arrival->datagram_size);
}

static void assert_all_told(const struct rig *rig, uint32_t sender, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct pl_arrival arrival;
        pl_sender_take(pl_sender_at(rig->made.senders, sender), &arrival);
        assert_told(rig, &arrival);
    }
}

/* 200,000 packets of each stream: the sequence goes round thrice. */
static void plain_senders_are_told(void **state)
{
    struct pl_traffic_settings traffic = made_settings(3);
    struct rig rig = rig_open(&traffic, *state, 9);
    for (uint32_t i = 0; i < 3; i++)
        assert_all_told(&rig, i, 400000);
    rig_close(&rig);
}

/* Of two with one header, in the 21st and the 23rd place of the recording. */
static void the_first_recorded_is_told(void **state)
{
    const struct pl_recorded_packet *packets = pl_recording_packets(*state);
    struct pl_traffic_settings traffic = made_settings(1);
    struct rig rig = rig_open(&traffic, *state, 9);
    struct pl_identity identity = pl_identity_of(9, 0);
    struct pl_identified got;
    assert_int_equal(packets[20].position, packets[22].position);
    assert_true(pl_identify(rig.identifier, identity.ssrc,
                            (uint16_t)(identity.sequence + packets[20].position),
                            (uint32_t)(identity.timestamp + packets[20].timestamp), &got));
    assert_ptr_equal(got.packet, packets + 20);
    rig_close(&rig);
}

static void altered_senders_are_told(void **state)
{
    struct pl_traffic_settings traffic = made_settings(3);
    traffic.faults = (struct pl_faults){.loss = 0.1,
                                        .duplicate = 0.1,
                                        .reorder = 0.1,
                                        .reorder_delay_ns = 40 * MS,
                                        .jitter_ns = 10 * MS};
    traffic.outages[0] = (struct pl_span){300 * MS, 900 * MS};
    traffic.outages[1] = (struct pl_span){2000 * MS, 2001 * MS};
    traffic.outage_count = 2;
    for (unsigned churns = 0; churns < 2; churns++) {
        struct rig rig = rig_open(&traffic, *state, 9);
        for (uint32_t i = 0; i < 3; i++)
            assert_all_told(&rig, i, 50000);
        rig_close(&rig);
        traffic.churn_ns[0] = 130 * MS;
        traffic.churn_count = 1;
    }
}

/* Sends a recording of one stream for so many rounds of its timestamp, from any base. */
static void assert_rounds_told(const struct made_packet *packets, uint32_t count, double rounds)
{
    struct pl_recording *recording = made_of(packets, count);
    struct pl_traffic_settings traffic = made_settings(1);
    const double loops = rounds * 0x1p32 / (double)pl_recording_streams(recording)->timestamp_span;
    for (uint64_t seed = 0; seed < 4; seed++) {
        struct rig rig = rig_open(&traffic, recording, seed);
        assert_all_told(&rig, 0, (uint32_t)(loops * count));
        rig_close(&rig);
    }
    free(recording);
}

enum { LONG = 64 };

/* A packet of an opaque stream at a step of the sequence and one of the timestamp. */
static struct made_packet stepped(uint32_t i, uint32_t sequence_step, uint32_t timestamp_step)
{
    return (struct made_packet){.at_ns = i * 1000000,
                                .ssrc = 1,
                                .sequence = (uint16_t)(i * sequence_step),
                                .timestamp = i * timestamp_step,
                                .type = 96,
                                .payload = i};
}

/* One round of a timestamp is told exactly even where rounds can't be told apart, as here: both
 * spans divide what they come round by. */
static void a_round_of_timestamps_is_told(void **state)
{
    (void)state;
    struct made_packet packets[LONG];
    for (uint32_t i = 0; i < LONG; i++)
        packets[i] = stepped(i, 1, 1u << 20);
    assert_rounds_told(packets, LONG, 1);
}

/* 64 loops of more than a billion, told apart by what their steps leave over. */
static void long_loops_take_more_rounds(void **state)
{
    (void)state;
    struct made_packet packets[LONG];
    for (uint32_t i = 0; i < LONG; i++)
        packets[i] = stepped(i, 1, (1 << 24) + 3);
    assert_rounds_told(packets, LONG, 15);
}

/* Three leaps of nearly 2^31, as a sender makes them that draws a new base: a loop lasts for more
 * than a round. */
static void leaping_timestamps_are_told(void **state)
{
    (void)state;
    struct made_packet packets[LONG];
    for (uint32_t i = 0; i < LONG; i++) {
        packets[i] = stepped(i, 1, 160);
        packets[i].timestamp += i / 16 * 0x7ffffff0u;
    }
    assert_rounds_told(packets, LONG, 12);
}

/* Sequence numbers with gaps, over 180,000 of them in a loop. */
static void long_sequences_are_told(void **state)
{
    (void)state;
    struct made_packet packets[LONG];
    for (uint32_t i = 0; i < LONG; i++)
        packets[i] = stepped(i, i < 2 ? 1 : 2999, 3000);
    struct pl_recording *recording = made_of(packets, LONG);
    assert_true(pl_recording_streams(recording)->sequence_span > 180000);
    free(recording);
    assert_rounds_told(packets, LONG, 0.3);
}

/* Twenty streams that count alike are told apart by their SSRCs alone. */
static void streams_alike_are_told(void **state)
{
    (void)state;
    struct made_packet packets[1000];
    for (uint32_t i = 0; i < 1000; i++) {
        packets[i] = stepped(i / 20, 1, 160);
        packets[i].at_ns = i * 100000;
        packets[i].ssrc = 1 + i % 20;
    }
    struct pl_recording *recording = made_of(packets, 1000);
    struct pl_traffic_settings traffic = made_settings(2);
    struct rig rig = rig_open(&traffic, recording, 1);
    assert_all_told(&rig, 1, 10000);
    rig_close(&rig);
    free(recording);
}

/* The same sequence number twice, with timestamps of their own. */
static void a_number_used_twice_is_told(void **state)
{
    (void)state;
    struct made_packet packets[LONG];
    for (uint32_t i = 0; i < LONG; i++)
        packets[i] = stepped(i, 1, 3000);
    packets[20].sequence = packets[19].sequence;
    packets[40].sequence = packets[10].sequence;
    assert_rounds_told(packets, LONG, 0.5);
}

/* L16 that ends in packets without samples: they stand where the next loop begins. */
static void a_loop_may_end_in_silence(void **state)
{
    (void)state;
    struct made_packet packets[10];
    for (uint32_t i = 0; i < 10; i++) {
        packets[i] = stepped(i, 1, 128);
        packets[i].type = 10;
        packets[i].payload = i < 8 ? 512 : 0;
        packets[i].timestamp = i < 8 ? i * 128 : 1024;
    }
    struct pl_recording *recording = made_of(packets, 10);
    struct pl_traffic_settings traffic = made_settings(1);
    assert_int_equal(pl_recording_streams(recording)->timestamp_span, 1024);
    struct rig rig = rig_open(&traffic, recording, 1);
    assert_all_told(&rig, 0, 10000);
    rig_close(&rig);
    free(recording);
}

static void time_may_stand_still(void **state)
{
    (void)state;
    struct made_packet packets[10];
    for (uint32_t i = 0; i < 10; i++)
        packets[i] =
            (struct made_packet){.at_ns = i * 1000, .ssrc = 1, .sequence = (uint16_t)i, .type = 10};
    struct pl_recording *recording = made_of(packets, 10);
    struct pl_traffic_settings traffic = made_settings(1);
    assert_int_equal(pl_recording_streams(recording)->timestamp_span, 0);
    struct rig rig = rig_open(&traffic, recording, 1);
    assert_all_told(&rig, 0, 10);
    struct pl_arrival arrival;
    struct pl_identified got;
    pl_sender_take(rig.made.senders, &arrival);
    assert_false(pl_identify(rig.identifier, arrival.ssrc, arrival.wire_sequence,
                             arrival.wire_timestamp, &got));
    rig_close(&rig);
    free(recording);
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
        cmocka_unit_test(plain_senders_are_told),
        cmocka_unit_test(the_first_recorded_is_told),
        cmocka_unit_test(altered_senders_are_told),
        cmocka_unit_test(a_round_of_timestamps_is_told),
        cmocka_unit_test(long_loops_take_more_rounds),
        cmocka_unit_test(leaping_timestamps_are_told),
        cmocka_unit_test(long_sequences_are_told),
        cmocka_unit_test(streams_alike_are_told),
        cmocka_unit_test(a_number_used_twice_is_told),
        cmocka_unit_test(a_loop_may_end_in_silence),
        cmocka_unit_test(time_may_stand_still),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
