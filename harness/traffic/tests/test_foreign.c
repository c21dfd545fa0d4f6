/* Headers that no sender of the scenario sends. */
#include <stdlib.h>

#include "harness/base/random.h"
#include "harness/traffic/identify.h"
#include "harness/traffic/tests/cmocka_all.h"
#include "harness/traffic/tests/made.h"

#define MS INT64_C(1000000)

enum { SEED = 9 };

static struct pl_identifier *identifier_of(const struct pl_traffic_settings *traffic,
                                           const struct pl_recording *recording,
                                           struct pl_arena *arena)
{
    *arena = made_arena(pl_identifier_arena_bytes(recording));
    struct pl_identifier *identifier = pl_identifier_open(traffic, recording, SEED, arena);
    assert_non_null(identifier);
    return identifier;
}

static bool is_told(const struct pl_identifier *identifier, uint32_t ssrc, uint16_t sequence,
                    uint32_t timestamp)
{
    struct pl_identified unused;
    return pl_identify(identifier, ssrc, sequence, timestamp, &unused);
}

/* The first packet of stream 0 under any index's identity. */
static bool is_first_told(const struct pl_identifier *identifier, uint32_t index)
{
    struct pl_identity identity = pl_identity_of(SEED, index);
    return is_told(identifier, identity.ssrc, identity.sequence, identity.timestamp);
}

/* Three copies of two streams: six sessions, and no second identity for any of them. */
static void no_identity_beyond_the_sessions(void **state)
{
    struct pl_traffic_settings traffic = made_settings(3);
    struct pl_arena arena;
    struct pl_identifier *identifier = identifier_of(&traffic, *state, &arena);
    for (uint32_t index = 0; index < 6; index++)
        assert_true(is_first_told(identifier, index));
    for (uint32_t index = 6; index < 1000; index++)
        assert_false(is_first_told(identifier, index));
    assert_false(is_first_told(identifier, PL_IDENTITIES));
    assert_false(is_first_told(identifier, UINT32_MAX));
    free(arena.base);
}

static void an_epoch_for_each_outage_and_no_more(void **state)
{
    struct pl_traffic_settings traffic = made_settings(3);
    traffic.outages[0] = (struct pl_span){1, 2};
    traffic.outages[1] = (struct pl_span){3, 4};
    traffic.outage_count = 2;
    struct pl_arena arena;
    struct pl_identifier *identifier = identifier_of(&traffic, *state, &arena);
    for (uint32_t index = 0; index < 18; index++)
        assert_true(is_first_told(identifier, index));
    for (uint32_t index = 18; index < 100; index++)
        assert_false(is_first_told(identifier, index));
    free(arena.base);
}

/* With churn any epoch may be, but none beyond where the hostile sender's identities begin; with
 * 6 sessions two indices are left over below. */
static void churn_allows_all_that_is_ours(void **state)
{
    struct pl_traffic_settings traffic = made_settings(3);
    traffic.churn_ns[0] = 100 * MS;
    traffic.churn_count = 1;
    struct pl_arena arena;
    struct pl_identifier *identifier = identifier_of(&traffic, *state, &arena);
    assert_true(is_first_told(identifier, PL_IDENTITIES - 3));
    assert_false(is_first_told(identifier, PL_IDENTITIES - 2));
    assert_false(is_first_told(identifier, PL_IDENTITIES - 1));
    for (uint32_t i = 0; i < 100; i++)
        assert_false(is_first_told(identifier, PL_IDENTITIES + i));
    free(arena.base);
}

static void hostile_sessions_are_foreign(void **state)
{
    struct pl_traffic_settings traffic = made_settings(3);
    traffic.churn_ns[0] = 100 * MS;
    traffic.churn_count = 1;
    traffic.hostile = 1000;
    struct pl_arena arena;
    struct pl_identifier *identifier = identifier_of(&traffic, *state, &arena);
    struct made_senders made = made_senders(&traffic, *state, SEED);
    uint32_t sessions = 0;
    for (uint32_t i = 0; i < 50000; i++) {
        struct pl_arrival arrival;
        pl_sender_take(pl_sender_at(made.senders, 3), &arrival);
        sessions += arrival.rebased;
        if (arrival.rebased)
            assert_false(
                is_told(identifier, arrival.ssrc, arrival.wire_sequence, arrival.wire_timestamp));
    }
    assert_true(sessions > 0);
    made_senders_close(&made);
    free(arena.base);
}

/* One field of a header that was sent, changed in one bit: the plain stream has a packet for each
 * sequence number and each 128th timestamp, but only in pairs. */
static void a_changed_bit_makes_it_foreign(void **state)
{
    (void)state;
    struct pl_recording *recording = made_plain(512);
    struct pl_traffic_settings traffic = made_settings(3);
    struct pl_arena arena;
    struct pl_identifier *identifier = identifier_of(&traffic, recording, &arena);
    struct made_senders made = made_senders(&traffic, recording, SEED);
    for (uint32_t i = 0; i < 5000; i++) {
        struct pl_arrival a;
        pl_sender_take(pl_sender_at(made.senders, i % 3), &a);
        for (unsigned bit = 0; bit < 16; bit++)
            assert_false(is_told(identifier, a.ssrc, a.wire_sequence ^ (uint16_t)(1u << bit),
                                 a.wire_timestamp));
        for (unsigned bit = 0; bit < 23; bit++)
            assert_false(
                is_told(identifier, a.ssrc, a.wire_sequence, a.wire_timestamp ^ 1u << bit));
        for (unsigned bit = 0; bit < 32; bit++)
            assert_false(
                is_told(identifier, a.ssrc ^ 1u << bit, a.wire_sequence, a.wire_timestamp));
    }
    made_senders_close(&made);
    free(arena.base);
    free(recording);
}

/* The position that nobody recorded stays foreign in every loop. */
static void a_gap_is_foreign(void **state)
{
    const struct pl_recording *recording = *state;
    const struct pl_recorded_stream *stream = pl_recording_streams(recording);
    struct pl_traffic_settings traffic = made_settings(1);
    struct pl_arena arena;
    struct pl_identifier *identifier = identifier_of(&traffic, recording, &arena);
    struct pl_identity identity = pl_identity_of(SEED, 0);
    uint32_t told = 0;
    for (uint64_t position = 0; position < 3 * stream->sequence_span; position++)
        told += is_told(identifier, identity.ssrc, (uint16_t)(identity.sequence + position),
                        (uint32_t)(identity.timestamp + 128 * position));
    assert_int_equal(stream->sequence_span, 34);
    assert_int_equal(told, 3 * (34 - 3));
    free(arena.base);
}

static void noise_is_foreign(void **state)
{
    struct pl_traffic_settings traffic = made_settings(1000);
    traffic.churn_ns[0] = 100 * MS;
    traffic.churn_count = 1;
    struct pl_arena arena;
    struct pl_identifier *identifier = identifier_of(&traffic, *state, &arena);
    uint64_t random = 1;
    uint32_t told = 0;
    for (uint32_t i = 0; i < 1000000; i++) {
        uint64_t a = pl_random_next(&random), b = pl_random_next(&random);
        told += is_told(identifier, (uint32_t)a, (uint16_t)b, (uint32_t)(b >> 32));
    }
    assert_in_range(told, 0, 50);
    free(arena.base);
}

static void a_small_arena_is_refused(void **state)
{
    struct pl_traffic_settings traffic = made_settings(1);
    for (size_t less = 64; less <= pl_identifier_arena_bytes(*state); less += 64) {
        struct pl_arena arena = made_arena(pl_identifier_arena_bytes(*state) - less);
        assert_null(pl_identifier_open(&traffic, *state, SEED, &arena));
        free(arena.base);
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
        cmocka_unit_test(no_identity_beyond_the_sessions),
        cmocka_unit_test(an_epoch_for_each_outage_and_no_more),
        cmocka_unit_test(churn_allows_all_that_is_ours),
        cmocka_unit_test(hostile_sessions_are_foreign),
        cmocka_unit_test(a_changed_bit_makes_it_foreign),
        cmocka_unit_test(a_gap_is_foreign),
        cmocka_unit_test(noise_is_foreign),
        cmocka_unit_test(a_small_arena_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
