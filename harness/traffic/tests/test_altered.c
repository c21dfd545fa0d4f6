/* Packets on their way: copies, delays, and the room that they need. */
#include "harness/traffic/impaired.h"

#include <stdlib.h>

#include "harness/traffic/tests/cmocka_all.h"
#include "harness/traffic/tests/made.h"

#define MS INT64_C(1000000)

static const int64_t never = INT64_MAX;

/* The very same again, at the same time, with nothing between. */
static void duplicates_follow_right_behind(void **state)
{
    struct pl_traffic_settings traffic = made_settings(1);
    traffic.faults.duplicate = 1;
    traffic.faults.reorder = 0.3;
    traffic.faults.jitter_ns = 20 * MS;
    struct made_senders made = made_senders(&traffic, *state, 3);
    for (uint32_t i = 0; i < 5000; i++) {
        struct pl_arrival first, second;
        pl_sender_take(made.senders, &first);
        assert_int_equal(pl_sender_due(made.senders), first.arrival_ns);
        pl_sender_take(made.senders, &second);
        assert_arrivals_equal(&first, &second);
    }
    made_senders_close(&made);
}

static int64_t sent_ns(const struct pl_recording *recording, const struct pl_arrival *arrival)
{
    uint64_t span = pl_recording_streams(recording)[arrival->packet->stream].sequence_span;
    return (int64_t)(arrival->position / span) * recording->duration_ns +
           arrival->packet->arrival_ns;
}

/* Those in order are on time, the others late by the delay and overtaken by five. */
static void reordered_ones_are_late_by_the_delay(void **state)
{
    (void)state;
    struct pl_recording *recording = made_plain(100);
    struct pl_traffic_settings traffic = made_settings(1);
    traffic.faults.reorder = 0.1;
    struct made_senders made = made_senders(&traffic, recording, 3);
    uint32_t late = 0, overtaken = 0;
    int64_t latest_ns = 0;
    for (uint32_t i = 0; i < 10000; i++) {
        struct pl_arrival arrival;
        pl_sender_take(made.senders, &arrival);
        int64_t late_ns = arrival.arrival_ns - sent_ns(recording, &arrival);
        assert_true(late_ns == 0 || late_ns == 15 * MS);
        late += late_ns > 0;
        overtaken += sent_ns(recording, &arrival) < latest_ns;
        if (sent_ns(recording, &arrival) > latest_ns)
            latest_ns = sent_ns(recording, &arrival);
    }
    assert_in_range(late, 880, 1120); /* four standard deviations */
    assert_int_equal(overtaken, late);
    made_senders_close(&made);
    free(recording);
}

/* What loses everything is due never, and found so at once or where it begins. */
static void total_loss_ends(void **state)
{
    struct pl_traffic_settings traffic = made_settings(2);
    traffic.faults.loss = 1;
    struct made_senders made = made_senders(&traffic, *state, 3);
    assert_int_equal(pl_sender_due(pl_sender_at(made.senders, 1)), never);
    made_senders_close(&made);
    traffic.faults = (struct pl_faults){
        .burst_enter = 0.01, .burst_loss = 1, .reorder = 0.5, .reorder_delay_ns = 15 * MS};
    made = made_senders(&traffic, *state, 3);
    uint32_t count = 0;
    for (; pl_sender_due(made.senders) < never; count++) {
        struct pl_arrival arrival;
        pl_sender_take(made.senders, &arrival);
    }
    assert_in_range(count, 1, 2000);
    made_senders_close(&made);
}

/* What was sent first comes first of two that arrive together: here a delayed packet comes with the
 * fifth behind it, but for 2 ns of jitter. */
static void the_older_comes_first(void **state)
{
    (void)state;
    struct made_packet packets[100];
    for (uint16_t i = 0; i < 100; i++)
        packets[i] = (struct made_packet){
            .at_ns = i * 1000000u, .ssrc = 1, .sequence = i, .timestamp = i, .type = 96};
    struct pl_recording *recording = made_of(packets, 100);
    struct pl_traffic_settings traffic = made_settings(1);
    traffic.faults.reorder = 0.5;
    traffic.faults.reorder_delay_ns = 5 * MS;
    traffic.faults.jitter_ns = 2;
    struct made_senders made = made_senders(&traffic, recording, 3);
    struct pl_arrival before = {.arrival_ns = -1}, got;
    uint32_t together = 0;
    for (uint32_t i = 0; i < 5000; i++, before = got) {
        pl_sender_take(made.senders, &got);
        if (got.arrival_ns != before.arrival_ns)
            continue;
        assert_true(before.position < got.position);
        together++;
    }
    assert_in_range(together, 300, 540);
    made_senders_close(&made);
    free(recording);
}

/* With all of them delayed: each late by just that, in order. */
static void all_may_be_delayed(void **state)
{
    const struct pl_recording *recording = *state;
    struct pl_traffic_settings traffic = made_settings(1);
    traffic.faults.reorder = 1;
    traffic.faults.reorder_delay_ns = 1000 * MS;
    struct pl_replay replay;
    struct made_senders made = made_senders(&traffic, recording, 3);
    pl_replay_start(&replay, recording, &(struct pl_replay_options){1, 1, 3}, 0);
    for (uint32_t i = 0; i < 5000; i++) {
        struct pl_arrival expected, got;
        pl_replay_take(&replay, &expected);
        pl_sender_take(made.senders, &got);
        expected.arrival_ns += 1000 * MS;
        assert_arrivals_equal(&expected, &got);
    }
    made_senders_close(&made);
}

/* How many are on their way at most, of so many packets, all of them reordered. */
static uint32_t most_on_their_way(const struct pl_traffic_settings *traffic,
                                  const struct pl_recording *recording)
{
    struct made_senders made = made_senders(traffic, recording, 3);
    uint32_t most = 0;
    for (uint32_t i = 0; i < 20000; i++) {
        struct pl_arrival arrival;
        const struct pl_impaired *impaired = made.senders->impaired;
        assert_int_equal(impaired->next.copies, 0); /* nothing was sent at once */
        if (impaired->count > most)
            most = impaired->count;
        pl_sender_take(made.senders, &arrival);
    }
    made_senders_close(&made);
    return most;
}

/* Without jitter all that can be on its way is, so there is room for it and little more. */
static void there_is_room_for_the_worst_and_little_more(void **state)
{
    static const int64_t delays_ns[] = {1 * MS, 15 * MS, 92 * MS, 101 * MS, 400 * MS};
    static const double rates[] = {1, 0.1, 7.3};
    for (unsigned i = 0; i < 15; i++) {
        struct pl_traffic_settings traffic = made_settings(1);
        traffic.rate = rates[i % 3];
        traffic.faults.reorder = 1;
        traffic.faults.reorder_delay_ns = delays_ns[i / 3];
        uint32_t capacity = pl_impaired_capacity(&traffic, *state);
        uint32_t most = most_on_their_way(&traffic, *state);
        assert_in_range(most, capacity - 1, capacity);
        traffic.faults.jitter_ns = delays_ns[i % 5];
        most = most_on_their_way(&traffic, *state);
        assert_in_range(most, 1, pl_impaired_capacity(&traffic, *state));
    }
}

/* Twenty packets come at once, then a second of nothing: the room is for the burst. */
static void room_is_for_bursts(void **state)
{
    (void)state;
    struct made_packet packets[24];
    for (uint16_t i = 0; i < 24; i++)
        packets[i] =
            (struct made_packet){.at_ns = (i < 4 ? i * UINT64_C(1000000) : 4000000u + i) * 1000,
                                 .ssrc = 1,
                                 .sequence = i,
                                 .type = 96};
    struct pl_recording *recording = made_of(packets, 24);
    struct pl_traffic_settings traffic = made_settings(1);
    assert_int_equal(pl_impaired_capacity(&traffic, recording), 0);
    traffic.faults.reorder = 0.5;
    assert_int_equal(pl_impaired_capacity(&traffic, recording), 20);
    traffic.faults.reorder_delay_ns = 999 * MS;
    assert_in_range(pl_impaired_capacity(&traffic, recording), 20, 21);
    traffic.faults.reorder = 1;
    assert_in_range(most_on_their_way(&traffic, recording), 20, 21);
    free(recording);
}

/* Without room a packet is sent at once, in order, rather than lost. */
static void without_room_nothing_is_lost(void **state)
{
    const struct pl_recording *recording = *state;
    for (uint32_t capacity = 0; capacity < 4; capacity++) {
        struct pl_traffic_settings traffic = made_settings(1);
        traffic.faults.reorder = 0.7;
        traffic.faults.reorder_delay_ns = 30 * MS;
        struct pl_arena arena = made_arena(pl_impaired_arena_bytes(capacity));
        struct pl_replay replay;
        pl_replay_start(&replay, recording, &(struct pl_replay_options){1, 1, 3}, 0);
        struct pl_impaired *impaired =
            pl_impaired_open(&(struct pl_impaired_options){&traffic, 3, INT64_MAX, capacity}, 0,
                             (struct pl_away){NULL, 0}, &replay, &arena);
        assert_non_null(impaired);
        int64_t before_ns = 0;
        uint32_t delayed = 0, taken = 0;
        for (; pl_impaired_due(impaired) < 5 * recording->duration_ns; taken++) {
            struct pl_arrival arrival;
            pl_impaired_take(impaired, &arrival);
            int64_t late_ns = arrival.arrival_ns - sent_ns(recording, &arrival);
            assert_true(late_ns == 0 || late_ns == 30 * MS);
            assert_true(arrival.arrival_ns >= before_ns);
            before_ns = arrival.arrival_ns;
            delayed += late_ns > 0;
        }
        assert_in_range(taken, 5 * recording->packet_count - capacity, 5 * recording->packet_count);
        assert_in_range(delayed, capacity * 10, capacity * 20);
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

/* One packet in 10^12 is not lost: nobody waits for it beyond the end. */
static void a_loss_of_nearly_all_ends_with_the_run(void **state)
{
    struct pl_traffic_settings traffic = made_settings(1);
    traffic.faults.loss = 1 - 1e-12;
    struct pl_arena arena = made_arena(pl_impaired_arena_bytes(0));
    struct pl_replay replay;
    pl_replay_start(&replay, *state, &(struct pl_replay_options){1, 1, 3}, 0);
    const struct pl_impaired *impaired =
        pl_impaired_open(&(struct pl_impaired_options){&traffic, 3, INT64_C(60000000000), 0}, 0,
                         (struct pl_away){NULL, 0}, &replay, &arena);
    assert_non_null(impaired);
    assert_int_equal(pl_impaired_due(impaired), INT64_MAX);
    free(arena.base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(duplicates_follow_right_behind),
        cmocka_unit_test(reordered_ones_are_late_by_the_delay),
        cmocka_unit_test(total_loss_ends),
        cmocka_unit_test(the_older_comes_first),
        cmocka_unit_test(all_may_be_delayed),
        cmocka_unit_test(there_is_room_for_the_worst_and_little_more),
        cmocka_unit_test(room_is_for_bursts),
        cmocka_unit_test(without_room_nothing_is_lost),
        cmocka_unit_test(a_loss_of_nearly_all_ends_with_the_run),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
