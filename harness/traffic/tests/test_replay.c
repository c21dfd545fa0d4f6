/* The replay over many loops: continuity, no drift, rate, copies, determinism. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/traffic/replay.h"
#include "harness/traffic/tests/cmocka_all.h"
#include "harness/traffic/tests/made.h"

enum { STREAMS = 3, ROUNDS = 7, PACKETS = STREAMS * ROUNDS };

/* Three L16 streams, each 7 packets of 128 samples, from just below both wraps. */
static struct pl_recording *make_recording(void)
{
    struct made_packet packets[PACKETS];
    for (uint32_t i = 0; i < PACKETS; i++)
        packets[i] = (struct made_packet){.at_ns = i * 2901999ull + i % 5 * 100,
                                          .ssrc = i % STREAMS,
                                          .sequence = (uint16_t)(65530 + i / STREAMS),
                                          .timestamp = 0xffffff00u + 128 * (i / STREAMS),
                                          .type = 10,
                                          .payload = 512};
    return made_of(packets, PACKETS);
}

static int set_up(void **state)
{
    *state = make_recording();
    return 0;
}

static int tear_down(void **state)
{
    free(*state);
    return 0;
}

static void first_loop_is_the_recording(void **state)
{
    const struct pl_recording *recording = *state;
    struct pl_replay_options options = {.copies = 1, .rate = 1, .seed = 1};
    struct pl_replay replay;
    pl_replay_start(&replay, recording, &options, 0);
    for (uint32_t i = 0; i < PACKETS; i++) {
        const struct pl_recorded_packet *packet = pl_recording_packets(recording) + i;
        struct pl_arrival arrival;
        assert_int_equal(pl_replay_due(&replay), packet->arrival_ns);
        pl_replay_take(&replay, &arrival);
        assert_ptr_equal(arrival.packet, packet);
        assert_ptr_equal(arrival.datagram,
                         pl_recording_datagrams(recording) + packet->datagram_offset);
        assert_int_equal(arrival.arrival_ns, packet->arrival_ns);
        assert_int_equal(arrival.position, packet->position);
        assert_int_equal(arrival.timestamp, packet->timestamp);
        assert_int_equal(arrival.session, i % STREAMS);
    }
}

/* Sequence + 1 and timestamp + 128 over every seam, on the wire too, past the wraps of both. */
static void loops_carry_on(void **state)
{
    struct pl_replay_options options = {.copies = 1, .rate = 1, .seed = 42};
    struct pl_replay replay;
    struct pl_arrival last[STREAMS];
    int64_t latest_ns = 0;
    pl_replay_start(&replay, *state, &options, 0);
    for (uint32_t i = 0; i < 20000 * PACKETS; i++) {
        struct pl_arrival arrival;
        pl_replay_take(&replay, &arrival);
        const struct pl_arrival *before = last + arrival.packet->stream;
        if (i >= STREAMS) {
            assert_int_equal(arrival.position, before->position + 1);
            assert_int_equal(arrival.timestamp, before->timestamp + 128);
            assert_int_equal(arrival.wire_sequence, (uint16_t)(before->wire_sequence + 1));
            assert_int_equal(arrival.wire_timestamp, before->wire_timestamp + 128);
            assert_int_equal(arrival.ssrc, before->ssrc);
        }
        assert_true(arrival.arrival_ns >= latest_ns);
        latest_ns = arrival.arrival_ns;
        last[arrival.packet->stream] = arrival;
    }
    assert_int_equal(last[0].position, 20000 * ROUNDS - 1);
}

/* What recorded time, divided by the rate, comes to; independent of the code's fixed point. Has 64
 * bits: exact to 0.04 ns after ten years. */
static long double exact(const struct pl_recording *recording, uint64_t packets, double rate)
{
    uint64_t loops = packets / recording->packet_count;
    uint64_t recorded =
        loops * (uint64_t)recording->duration_ns +
        (uint64_t)pl_recording_packets(recording)[packets % recording->packet_count].arrival_ns;
    return (long double)recorded / (long double)rate;
}

static void check_drift(const struct pl_recording *recording, double rate, int64_t until_ns)
{
    struct pl_replay_options options = {.copies = 1, .rate = rate, .seed = 1};
    struct pl_replay replay;
    struct pl_arrival arrival = {.arrival_ns = 0};
    uint64_t taken = 0;
    pl_replay_start(&replay, recording, &options, 0);
    while (arrival.arrival_ns < until_ns) {
        int64_t before = arrival.arrival_ns;
        pl_replay_take(&replay, &arrival);
        assert_true(arrival.arrival_ns >= before);
        if (taken++ % 997 != 0)
            continue;
        long double behind = exact(recording, taken - 1, rate) - (long double)arrival.arrival_ns;
        assert_true(behind > -1e-3L && behind < 1.001L); /* rounded down, so up to 1 ns early */
    }
}

static void a_day_does_not_drift(void **state)
{
    const int64_t day_ns = 86400ll * 1000000000;
    check_drift(*state, 1000, day_ns / 1000);
    check_drift(*state, 1, day_ns / 100);
    check_drift(*state, 3, day_ns / 100);
    check_drift(*state, 0.7, day_ns / 100);
}

/* Ten years on, still: the state is set there by its own fields, loops being all that counts. */
static void ten_years_do_not_drift(void **state)
{
    const struct pl_recording *recording = *state;
    const uint64_t loops = 10ull * 365 * 86400 * 1000000000 / (uint64_t)recording->duration_ns;
    const double rates[] = {1, 3, 0.7, 1.0 / 3};
    for (unsigned i = 0; i < sizeof rates / sizeof *rates; i++) {
        struct pl_replay_options options = {.copies = 1, .rate = rates[i], .seed = 1};
        struct pl_replay replay;
        struct pl_arrival arrival;
        pl_replay_start(&replay, recording, &options, 0);
        replay.loop = loops;
        replay.base_ns = loops * (uint64_t)recording->duration_ns;
        pl_replay_take(&replay, &arrival);
        pl_replay_take(&replay, &arrival);
        long double wanted = exact(recording, loops * PACKETS + 1, rates[i]);
        long double behind = wanted - (long double)arrival.arrival_ns;
        assert_true(behind > -0.2L && behind < 1.2L);
    }
}

static void rate_one_is_exact(void **state)
{
    const struct pl_recording *recording = *state;
    struct pl_replay_options options = {.copies = 1, .rate = 1, .seed = 1};
    struct pl_replay replay;
    pl_replay_start(&replay, recording, &options, 0);
    for (uint64_t i = 0; i < 1000 * PACKETS; i++) {
        struct pl_arrival arrival;
        pl_replay_take(&replay, &arrival);
        assert_int_equal(arrival.arrival_ns, i / PACKETS * (uint64_t)recording->duration_ns +
                                                 (uint64_t)arrival.packet->arrival_ns);
    }
}

static void extreme_rates(void **state)
{
    check_drift(*state, PL_REPLAY_RATE_MAX, 1000000);
    check_drift(*state, PL_REPLAY_RATE_MIN, 1000ll * 86400 * 1000000000);
}

/* Copies start within one mean gap of each other, evenly, and each starts once. */
static void copies_are_staggered(void **state)
{
    const struct pl_recording *recording = *state;
    const int64_t gap_ns = recording->duration_ns / PACKETS;
    struct pl_replay_options options = {.copies = 10, .rate = 2, .seed = 1};
    for (uint32_t copy = 0; copy < 10; copy++) {
        struct pl_replay replay;
        pl_replay_start(&replay, recording, &options, copy);
        assert_int_equal(pl_replay_due(&replay), gap_ns * copy / 10 / 2);
    }
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void assert_distinct(uint32_t *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    for (size_t i = 1; i < count; i++)
        assert_true(values[i - 1] < values[i]);
}

/* 196,608 sessions: random numbers of 32 bits would collide four times on average. */
static void sessions_and_ssrcs_are_distinct(void **state)
{
    struct pl_replay_options options = {.copies = 65536, .rate = 1, .seed = 99};
    const size_t count = (size_t)options.copies * STREAMS;
    uint32_t *ssrcs = malloc(count * sizeof *ssrcs);
    uint32_t *sessions = malloc(count * sizeof *sessions);
    assert_non_null(ssrcs);
    assert_non_null(sessions);
    for (uint32_t i = 0; i < count; i++) {
        struct pl_replay replay;
        if (i % STREAMS == 0)
            pl_replay_start(&replay, *state, &options, i / STREAMS);
        struct pl_arrival arrival;
        pl_replay_take(&replay, &arrival);
        ssrcs[i] = arrival.ssrc;
        sessions[i] = arrival.session;
    }
    assert_distinct(ssrcs, count);
    assert_distinct(sessions, count);
    assert_int_equal(sessions[count - 1], count - 1);
    free(ssrcs);
    free(sessions);
}

/* The identity that is asked for is the one that is seen. */
static void identities_are_those_on_the_wire(void **state)
{
    struct pl_replay_options options = {.copies = 4, .rate = 1, .seed = 5};
    struct pl_replay replay;
    pl_replay_start(&replay, *state, &options, 3);
    for (uint32_t i = 0; i < 2 * STREAMS; i++) {
        uint32_t ssrc, timestamp;
        uint16_t sequence;
        struct pl_arrival arrival;
        pl_replay_take(&replay, &arrival);
        pl_replay_identity(&replay, i % STREAMS, &ssrc, &sequence, &timestamp);
        assert_int_equal(arrival.ssrc, ssrc);
        assert_int_equal(arrival.wire_sequence, (uint16_t)(sequence + arrival.position));
        assert_int_equal(arrival.wire_timestamp, (uint32_t)(timestamp + arrival.timestamp));
    }
}

static void identify(const struct pl_recording *recording, uint64_t seed, uint32_t copy,
                     uint32_t out[3])
{
    struct pl_replay_options options = {.copies = 2, .rate = 1, .seed = seed};
    struct pl_replay replay;
    uint16_t sequence;
    pl_replay_start(&replay, recording, &options, copy);
    pl_replay_identity(&replay, 1, &out[0], &sequence, &out[1]);
    out[2] = sequence;
}

/* The literals pin the numbers: a seed means the same on every machine and in every version. */
static void seeds_decide(void **state)
{
    uint32_t a[3], again[3], other_seed[3], other_copy[3];
    identify(*state, 7, 0, a);
    identify(*state, 7, 0, again);
    identify(*state, 8, 0, other_seed);
    identify(*state, 7, 1, other_copy);
    assert_memory_equal(a, again, sizeof a);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_not_equal(a[i], other_seed[i]);
        assert_int_not_equal(a[i], other_copy[i]);
    }
    assert_int_equal(a[0], 0xb9e139d2);
    assert_int_equal(a[1], 0x36178c3e);
    assert_int_equal(a[2], 0xe83e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_loop_is_the_recording),
        cmocka_unit_test(loops_carry_on),
        cmocka_unit_test(a_day_does_not_drift),
        cmocka_unit_test(ten_years_do_not_drift),
        cmocka_unit_test(rate_one_is_exact),
        cmocka_unit_test(extreme_rates),
        cmocka_unit_test(copies_are_staggered),
        cmocka_unit_test(sessions_and_ssrcs_are_distinct),
        cmocka_unit_test(identities_are_those_on_the_wire),
        cmocka_unit_test(seeds_decide),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
