/* Senders: as the recording is, and as a network makes it. */
#include "harness/traffic/sender.h"

#include <stdlib.h>

#include "harness/base/random.h"
#include "harness/traffic/impaired.h"
#include "harness/traffic/tests/cmocka_all.h"
#include "harness/traffic/tests/made.h"

#define MS INT64_C(1000000)

static const int64_t never = INT64_MAX;

/* Many loops of each copy, at rates that round and at which none does. */
static void assert_as_recorded(const struct pl_traffic_settings *traffic,
                               const struct pl_recording *recording)
{
    struct pl_replay_options options = {traffic->sessions, traffic->rate, 11};
    struct made_senders made = made_senders(traffic, recording, 11);
    for (uint32_t copy = 0; copy < traffic->sessions; copy++) {
        struct pl_sender *sender = pl_sender_at(made.senders, copy);
        struct pl_replay replay;
        pl_replay_start(&replay, recording, &options, copy);
        for (uint32_t i = 0; i < 20 * recording->packet_count; i++) {
            struct pl_arrival expected, got;
            assert_int_equal(pl_sender_due(sender), pl_replay_due(&replay));
            pl_replay_take(&replay, &expected);
            pl_sender_take(sender, &got);
            assert_arrivals_equal(&expected, &got);
        }
    }
    made_senders_close(&made);
}

static void plain_is_as_recorded(void **state)
{
    struct pl_traffic_settings traffic = made_settings(5);
    assert_as_recorded(&traffic, *state);
    traffic.rate = 3.7;
    assert_as_recorded(&traffic, *state);
}

/* The other way to take packets, when nothing happens to any of them. */
static void altered_is_as_recorded_while_nothing_happens(void **state)
{
    struct pl_traffic_settings traffic = made_settings(5);
    traffic.outages[0] = (struct pl_span){never - 1, never};
    traffic.outage_count = 1;
    assert_as_recorded(&traffic, *state);
    traffic.churn_ns[0] = never / 2;
    traffic.churn_count = 1;
    traffic.rate = 3.7;
    assert_as_recorded(&traffic, *state);
    traffic.faults.reorder = 1e-300;
    traffic.faults.duplicate = 1e-300;
    traffic.faults.loss = 1e-300;
    assert_as_recorded(&traffic, *state);
}

/* One arrival that is expected, and its place among all when they arrive together. */
struct expected {
    struct pl_arrival arrival;
    uint32_t order;
};

static int compare(const void *a, const void *b)
{
    const struct expected *x = a, *y = b;
    if (x->arrival.arrival_ns != y->arrival.arrival_ns)
        return x->arrival.arrival_ns < y->arrival.arrival_ns ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

enum { WALKED = 4000 };

/* What sender 1 of three should send, the plain way: each packet's fate, then sorted. All that
 * arrives until the last packet walked over is sent is there. */
static uint32_t expect(const struct pl_traffic_settings *traffic,
                       const struct pl_recording *recording, struct expected *expected,
                       int64_t *until_ns)
{
    struct pl_replay_options options = {3, traffic->rate, 11};
    struct pl_replay replay;
    struct pl_network network;
    struct pl_ssrc_timeline lives;
    uint32_t count = 0;
    pl_replay_start(&replay, recording, &options, 1);
    pl_network_start(&network, &traffic->faults, 11, 1);
    pl_ssrc_timeline_start(&lives, traffic, 1,
                           (struct pl_away){traffic->outages, traffic->outage_count});
    for (uint32_t i = 0; i < WALKED; i++) {
        struct pl_arrival arrival;
        pl_replay_take(&replay, &arrival);
        *until_ns = arrival.arrival_ns;
        pl_ssrc_timeline_move(&lives, arrival.arrival_ns);
        if (lives.out)
            continue;
        struct pl_packet_fate fate = pl_network_pass(&network, arrival.arrival_ns);
        if (fate.lost)
            continue;
        arrival.epoch = lives.epoch;
        arrival.port = lives.epoch * replay.sessions + arrival.session;
        struct pl_identity identity = pl_identity_of(11, arrival.port);
        arrival.ssrc = identity.ssrc;
        arrival.wire_sequence = (uint16_t)(identity.sequence + arrival.position);
        arrival.wire_timestamp = (uint32_t)(identity.timestamp + arrival.timestamp);
        arrival.arrival_ns = fate.arrival_ns + fate.delay_ns;
        for (uint32_t copy = 0; copy < 1u + fate.duplicated; copy++, count++)
            expected[count] = (struct expected){arrival, count};
    }
    qsort(expected, count, sizeof *expected, compare);
    return count;
}

static uint32_t assert_as_expected(const struct pl_traffic_settings *traffic,
                                   const struct pl_recording *recording)
{
    struct expected *expected = calloc(2 * WALKED, sizeof *expected);
    assert_non_null(expected);
    int64_t until_ns = 0;
    uint32_t count = expect(traffic, recording, expected, &until_ns), i = 0;
    struct made_senders made = made_senders(traffic, recording, 11);
    struct pl_sender *sender = pl_sender_at(made.senders, 1);
    for (; i < count && expected[i].arrival.arrival_ns < until_ns; i++) {
        struct pl_arrival got;
        assert_int_equal(pl_sender_due(sender), expected[i].arrival.arrival_ns);
        pl_sender_take(sender, &got);
        assert_arrivals_equal(&expected[i].arrival, &got);
    }
    assert_true(pl_sender_due(sender) >= until_ns);
    made_senders_close(&made);
    free(expected);
    return i;
}

/* Some faults, churn and outages out of all, mild or wild, by the bits of `number`. */
static struct pl_traffic_settings some_of_all(uint32_t number, int64_t loop_ns)
{
    uint64_t random = number;
    struct pl_traffic_settings t = made_settings(3);
    double wild = number & 1 ? 0.9 : 0.05;
    t.rate = number & 2 ? 1 : 13.1;
    t.faults.loss = number & 4 ? wild * 0.5 : 0;
    t.faults.burst_enter = number & 8 ? 0.02 : 0;
    t.faults.burst_leave = 0.2;
    t.faults.duplicate = number & 16 ? wild : 0;
    t.faults.reorder = number & 32 ? wild : 0;
    t.faults.reorder_delay_ns = MS + (int64_t)(pl_random_next(&random) % 1000) * MS;
    t.faults.jitter_ns = number & 64 ? (int64_t)(pl_random_next(&random) % 200) * MS : 0;
    for (uint32_t i = 0; number & 128 && i < 3; i++, t.churn_count++)
        t.churn_ns[i] = 100 * MS + (int64_t)(pl_random_next(&random) % 300) * MS;
    int64_t from_ns = number & 1 ? 0 : loop_ns / 3;
    for (uint32_t i = 0; number & 256 && i < 5; i++, t.outage_count++) {
        int64_t until_ns = from_ns + (int64_t)(pl_random_next(&random) % (uint64_t)loop_ns);
        t.outages[i] = (struct pl_span){from_ns, i == 4 ? never : until_ns};
        from_ns = until_ns + (int64_t)(pl_random_next(&random) % (uint64_t)loop_ns);
    }
    return t;
}

/* All combinations, against the plain way to the same. */
static void everything_together_is_as_expected(void **state)
{
    const struct pl_recording *recording = *state;
    uint64_t compared = 0;
    for (uint32_t number = 0; number < 512; number++) {
        struct pl_traffic_settings traffic = some_of_all(number, recording->duration_ns);
        compared += assert_as_expected(&traffic, recording);
    }
    assert_in_range(compared, 512 * 1000, 512 * 2 * WALKED);
}

static void arrivals_never_fall(void **state)
{
    for (uint32_t number = 0; number < 256; number++) {
        struct pl_traffic_settings traffic = some_of_all(number, MS);
        struct made_senders made = made_senders(&traffic, *state, number);
        struct pl_sender *sender = pl_sender_at(made.senders, number % 3);
        int64_t before_ns = 0;
        for (uint32_t i = 0; i < 2000; i++) {
            struct pl_arrival arrival;
            pl_sender_take(sender, &arrival);
            assert_true(arrival.arrival_ns >= before_ns);
            before_ns = arrival.arrival_ns;
        }
        made_senders_close(&made);
    }
}

static void same_seed_same_traffic(void **state)
{
    struct pl_traffic_settings traffic = some_of_all(127, MS);
    struct made_senders a = made_senders(&traffic, *state, 5);
    struct made_senders again = made_senders(&traffic, *state, 5);
    struct made_senders other = made_senders(&traffic, *state, 6);
    uint32_t same = 0, same_sender = 0;
    for (uint32_t i = 0; i < 1000; i++) {
        struct pl_arrival x, y, z, w;
        pl_sender_take(pl_sender_at(a.senders, 0), &x);
        pl_sender_take(pl_sender_at(again.senders, 0), &y);
        pl_sender_take(pl_sender_at(other.senders, 0), &z);
        pl_sender_take(pl_sender_at(again.senders, 1), &w);
        assert_arrivals_equal(&x, &y);
        same += x.arrival_ns == z.arrival_ns;
        same_sender += x.arrival_ns == w.arrival_ns;
    }
    assert_in_range(same, 0, 10);
    assert_in_range(same_sender, 0, 10);
    made_senders_close(&a);
    made_senders_close(&again);
    made_senders_close(&other);
}

static void a_small_arena_is_refused(void **state)
{
    struct pl_traffic_settings traffic = some_of_all(127, MS);
    traffic.hostile = 5;
    size_t bytes = pl_senders_arena_bytes(&traffic, *state, INT64_MAX);
    for (size_t less = 64; less <= bytes; less += 64 * 37) {
        struct pl_arena arena = made_arena(bytes - less);
        assert_null(pl_senders_open(&traffic, *state, 1, INT64_MAX, &arena));
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
        cmocka_unit_test(plain_is_as_recorded),
        cmocka_unit_test(altered_is_as_recorded_while_nothing_happens),
        cmocka_unit_test(everything_together_is_as_expected),
        cmocka_unit_test(arrivals_never_fall),
        cmocka_unit_test(same_seed_same_traffic),
        cmocka_unit_test(a_small_arena_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
