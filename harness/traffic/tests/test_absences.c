/* When senders are away, and what they send when they are not. */
#include <stdlib.h>

#include "harness/traffic/absences.h"
#include "harness/traffic/sender.h"
#include "harness/traffic/tests/cmocka_all.h"
#include "harness/traffic/tests/made.h"

#define S INT64_C(1000000000)
#define MOST 8

/* 6 come within 10 s, 4 of them go at once at 20 s, and 6 more come within 10 s. */
static const struct pl_load_settings curve = {
    .points = {{0, 0}, {10 * S, 6}, {20 * S, 6}, {20 * S, 2}, {30 * S, 8}}, .count = 5};

static bool is_away(struct pl_away away, int64_t at_ns)
{
    for (uint32_t i = 0; i < away.count; i++)
        if (away.spans[i].from_ns <= at_ns && at_ns < away.spans[i].until_ns)
            return true;
    return false;
}

static struct pl_traffic_settings loaded(void)
{
    struct pl_traffic_settings traffic = made_settings(MOST);
    traffic.load = curve;
    traffic.outages[0] = (struct pl_span){19 * S, 25 * S};
    traffic.outages[1] = (struct pl_span){70 * S, 80 * S};
    traffic.outage_count = 2;
    return traffic;
}

/* As many are there as the curve says, and none in an outage; a sender's spans stand apart. */
static void absences_leave_whom_the_curve_has(void **state)
{
    (void)state;
    const struct pl_traffic_settings traffic = loaded();
    struct pl_arena arena = made_arena(pl_absences_arena_bytes(&traffic, 100 * S));
    struct pl_absences absences;
    assert_true(pl_absences_open(&absences, &traffic, 3, 100 * S, &arena));
    assert_int_equal(arena.used, arena.capacity);
    static const struct {
        int64_t at_ns;
        uint32_t there;
    } cases[] = {{0, 0},          {10 * S, 6}, {19 * S - 1, 6}, {19 * S, 0}, {25 * S - 1, 0},
                 {30 * S + 1, 8}, {69 * S, 8}, {75 * S, 0},     {80 * S, 8}, {99 * S, 8}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t there = 0;
        for (uint32_t sender = 0; sender < MOST; sender++)
            there += !is_away(pl_absences_of(&absences, sender), cases[i].at_ns);
        assert_int_equal(there, cases[i].there);
    }
    for (uint32_t sender = 0; sender < MOST; sender++) {
        struct pl_away away = pl_absences_of(&absences, sender);
        for (uint32_t i = 1; i < away.count; i++)
            assert_true(away.spans[i - 1].until_ns < away.spans[i].from_ns);
    }
    free(arena.base);
    arena = made_arena(pl_absences_arena_bytes(&traffic, 100 * S) - 64);
    assert_false(pl_absences_open(&absences, &traffic, 3, 100 * S, &arena));
    free(arena.base);
}

/* What a sender sends arrives while it is there alone, each time under another SSRC and port. */
static void senders_come_back_as_others(void **state)
{
    const struct pl_recording *recording = *state;
    struct pl_traffic_settings traffic = loaded();
    traffic.sessions = 2;
    traffic.load = (struct pl_load_settings){
        .points = {{S, 0}, {S, 2}, {2 * S, 2}, {2 * S, 0}}, .count = 4, .every_ns = 10 * S};
    traffic.outage_count = 0;
    struct pl_arena arena = made_arena(pl_senders_arena_bytes(&traffic, recording, 35 * S));
    struct pl_sender *senders = pl_senders_open(&traffic, recording, 3, 35 * S, &arena);
    assert_non_null(senders);
    for (uint32_t i = 0; i < 2; i++) {
        struct pl_sender *sender = pl_sender_at(senders, i);
        uint32_t ssrc[4] = {0}, epochs = 0, packets = 0;
        for (struct pl_arrival a; pl_sender_due(sender) < 35 * S; packets++) {
            pl_sender_take(sender, &a);
            assert_in_range(a.arrival_ns % (10 * S), S, 2 * S - 1);
            uint32_t turn = (uint32_t)(a.arrival_ns / (10 * S));
            assert_int_equal(a.epoch, turn + 1);
            if (a.packet->stream == 0 && !ssrc[turn]) {
                ssrc[turn] = a.ssrc;
                epochs++;
                for (uint32_t k = 0; k < turn; k++)
                    assert_int_not_equal(ssrc[k], a.ssrc);
            }
        }
        assert_int_equal(epochs, 4);
        assert_true(packets > 4);
    }
    free(arena.base);
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
        cmocka_unit_test(absences_leave_whom_the_curve_has),
        cmocka_unit_test(senders_come_back_as_others),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
