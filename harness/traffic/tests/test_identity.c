/* Identities: from an index to an SSRC and back, and what a copy does with its epochs. */
#include <stdlib.h>

#include "harness/traffic/replay.h"
#include "harness/traffic/tests/cmocka_all.h"
#include "harness/traffic/tests/made.h"

/* Over both halves, the sessions' and the hostile sender's. */
static void an_ssrc_tells_its_index(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 5; seed++)
        for (uint64_t index = seed; index <= UINT32_MAX; index += 65521) {
            struct pl_identity identity = pl_identity_of(seed, (uint32_t)index);
            assert_int_equal(pl_identity_index(seed, identity.ssrc), index);
        }
}

/* The literals pin the numbers: a seed means the same on every machine and in every version. */
static void identities_are_pinned(void **state)
{
    (void)state;
    struct pl_identity identity = pl_identity_of(7, PL_IDENTITIES + 5);
    assert_int_equal(identity.ssrc, 0xd706e807);
    assert_int_equal(identity.timestamp, 0x946a6f8e);
    assert_int_equal(identity.sequence, 0x9859);
}

/* 3 copies of 2 streams over 200 epochs: every index from 0 on, once. */
static void epochs_take_indices_in_a_row(void **state)
{
    struct pl_recording *recording = *state;
    struct pl_replay_options options = {.copies = 3, .rate = 1, .seed = 4};
    for (uint32_t copy = 0; copy < 3; copy++) {
        struct pl_replay replay;
        pl_replay_start(&replay, recording, &options, copy);
        for (uint32_t epoch = 0; epoch < 200; epoch++) {
            struct pl_arrival arrival;
            pl_replay_set_epoch(&replay, epoch);
            pl_replay_take(&replay, &arrival);
            uint32_t stream = arrival.packet->stream, session = stream + 2 * copy;
            assert_int_equal(arrival.session, session);
            assert_int_equal(arrival.epoch, epoch);
            assert_int_equal(arrival.port, 6 * epoch + session);
            assert_int_equal(pl_identity_index(4, arrival.ssrc), arrival.port);
            struct pl_identity identity = pl_identity_of(4, arrival.port);
            assert_int_equal(arrival.wire_sequence,
                             (uint16_t)(identity.sequence + arrival.position));
            assert_int_equal(arrival.wire_timestamp,
                             (uint32_t)(identity.timestamp + arrival.timestamp));
        }
    }
}

/* Past the last epoch the first one comes again, and never an index of the hostile sender. */
static void epochs_come_round(void **state)
{
    struct pl_replay_options options = {.copies = 65536, .rate = 1, .seed = 4};
    struct pl_replay replay;
    struct pl_arrival arrival;
    const uint32_t epochs = PL_IDENTITIES / (2 * 65536);
    pl_replay_start(&replay, *state, &options, 65535);
    pl_replay_set_epoch(&replay, epochs - 1);
    pl_replay_take(&replay, &arrival);
    assert_int_equal(arrival.epoch, epochs - 1);
    assert_true(pl_identity_index(4, arrival.ssrc) < PL_IDENTITIES);
    assert_true(pl_identity_index(4, arrival.ssrc) > PL_IDENTITIES - 2 * 65536);
    pl_replay_set_epoch(&replay, epochs + 2);
    pl_replay_take(&replay, &arrival);
    assert_int_equal(arrival.epoch, 2);
}

/* What a walk packet by packet comes to, from any place, over none to many loops. */
static void skipping_is_walking(void **state)
{
    const struct pl_recording *recording = *state;
    static const double rates[] = {1, 0.001, 3.7, 1000};
    for (uint32_t i = 0; i < 400; i++) {
        struct pl_replay_options options = {.copies = 2, .rate = rates[i % 4], .seed = 4};
        struct pl_replay walked, skipped;
        struct pl_arrival arrival;
        pl_replay_start(&walked, recording, &options, i % 2);
        for (uint32_t k = 0; k < i % 50; k++)
            pl_replay_take(&walked, &arrival);
        skipped = walked;
        double loops = (double)recording->duration_ns / options.rate;
        int64_t until_ns = pl_replay_due(&walked) + (int64_t)(loops * (i % 23) / 7) + i % 3;
        while (pl_replay_due(&walked) < until_ns)
            pl_replay_take(&walked, &arrival);
        pl_replay_skip(&skipped, until_ns);
        struct pl_arrival expected, got;
        pl_replay_take(&walked, &expected);
        pl_replay_take(&skipped, &got);
        assert_arrivals_equal(&expected, &got);
    }
}

/* To the very packet that is due then, and not past it. */
static void skipping_ends_on_time(void **state)
{
    struct pl_replay_options options = {.copies = 1, .rate = 1, .seed = 4};
    struct pl_replay replay;
    const struct pl_recording *recording = *state;
    const int64_t at_ns =
        3 * recording->duration_ns + pl_recording_packets(recording)[5].arrival_ns;
    pl_replay_start(&replay, recording, &options, 0);
    pl_replay_skip(&replay, at_ns);
    assert_int_equal(pl_replay_due(&replay), at_ns);
    pl_replay_skip(&replay, at_ns);
    assert_int_equal(pl_replay_due(&replay), at_ns);
    pl_replay_skip(&replay, at_ns + 1);
    assert_true(pl_replay_due(&replay) > at_ns);
}

/* A century at once; at rate 1 arithmetic tells the place. */
static void skipping_goes_far(void **state)
{
    const struct pl_recording *recording = *state;
    struct pl_replay_options options = {.copies = 1, .rate = 1, .seed = 4};
    const int64_t until_ns = INT64_C(100) * 366 * 86400 * 1000000000;
    const int64_t loops = until_ns / recording->duration_ns;
    struct pl_replay replay;
    pl_replay_start(&replay, recording, &options, 0);
    pl_replay_skip(&replay, until_ns);
    struct pl_arrival arrival;
    pl_replay_take(&replay, &arrival);
    assert_in_range(arrival.arrival_ns, until_ns, until_ns + recording->duration_ns / 8);
    assert_int_equal(arrival.arrival_ns,
                     loops * recording->duration_ns + arrival.packet->arrival_ns);
    uint64_t span = pl_recording_streams(recording)[arrival.packet->stream].sequence_span;
    assert_int_equal(arrival.position, arrival.packet->position + (uint64_t)loops * span);
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
        cmocka_unit_test(an_ssrc_tells_its_index),
        cmocka_unit_test(identities_are_pinned),
        cmocka_unit_test(epochs_take_indices_in_a_row),
        cmocka_unit_test(epochs_come_round),
        cmocka_unit_test(skipping_is_walking),
        cmocka_unit_test(skipping_ends_on_time),
        cmocka_unit_test(skipping_goes_far),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
