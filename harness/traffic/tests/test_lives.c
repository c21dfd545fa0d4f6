/* When a sender changes its identity, and when it is dead. */
#include "harness/traffic/ssrc_timeline.h"
#include "harness/traffic/tests/cmocka_all.h"

enum { DEAD = -1 };

/* The epoch at a time, or DEAD, as a sender that has come there in one step or in many. */
static int at(const struct pl_traffic_settings *traffic, uint32_t sender, int64_t now_ns)
{
    struct pl_ssrc_timeline once, often;
    pl_ssrc_timeline_start(&once, traffic, sender,
                           (struct pl_away){traffic->outages, traffic->outage_count});
    often = once;
    pl_ssrc_timeline_move(&once, now_ns);
    for (int64_t i = 0; i <= 1000; i++)
        pl_ssrc_timeline_move(&often, now_ns / 1000 * i);
    pl_ssrc_timeline_move(&often, now_ns);
    assert_int_equal(once.out, often.out);
    assert_int_equal(once.epoch, often.epoch);
    return once.out ? DEAD : (int)once.epoch;
}

static void one_life_for_good(void **state)
{
    (void)state;
    struct pl_traffic_settings traffic = {.sessions = 1};
    assert_false(pl_ssrc_timeline_any(&traffic));
    assert_int_equal(at(&traffic, 0, 0), 0);
    assert_int_equal(at(&traffic, 5, INT64_MAX - 1), 0);
}

static void senders_take_turns_through_churn_times(void **state)
{
    (void)state;
    struct pl_traffic_settings traffic = {.churn_ns = {1000, 300}, .churn_count = 2};
    assert_true(pl_ssrc_timeline_any(&traffic));
    for (uint32_t sender = 0; sender < 4; sender += 2) {
        assert_int_equal(at(&traffic, sender, 0), 0);
        assert_int_equal(at(&traffic, sender, 999), 0);
        assert_int_equal(at(&traffic, sender, 1000), 1);
        assert_int_equal(at(&traffic, sender, 70000), 70);
        assert_int_equal(at(&traffic, sender + 1, 299), 0);
        assert_int_equal(at(&traffic, sender + 1, 300), 1);
        assert_int_equal(at(&traffic, sender + 1, 70000), 233);
    }
}

/* One kept for longer than there is time is kept for good. */
static void churn_does_not_overflow(void **state)
{
    (void)state;
    struct pl_traffic_settings traffic = {.churn_ns = {INT64_MAX / 2 + 10}, .churn_count = 1};
    assert_int_equal(at(&traffic, 0, INT64_MAX / 2 + 9), 0);
    assert_int_equal(at(&traffic, 0, INT64_MAX / 2 + 10), 1);
    assert_int_equal(at(&traffic, 0, INT64_MAX - 1), 1);
}

static void outages_end_identities(void **state)
{
    (void)state;
    struct pl_traffic_settings traffic = {.outages = {{100, 200}, {300, 301}}, .outage_count = 2};
    assert_true(pl_ssrc_timeline_any(&traffic));
    static const struct {
        int64_t now_ns;
        int epoch;
    } cases[] = {{0, 0},   {99, 0},     {100, DEAD}, {199, DEAD},       {200, 1},
                 {299, 1}, {300, DEAD}, {301, 2},    {INT64_MAX - 1, 2}};
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(at(&traffic, i, cases[i].now_ns), cases[i].epoch);
}

static void outages_from_the_start_and_for_ever(void **state)
{
    (void)state;
    struct pl_traffic_settings traffic = {.outages = {{0, 50}, {80, INT64_MAX}}, .outage_count = 2};
    assert_int_equal(at(&traffic, 0, 0), DEAD);
    assert_int_equal(at(&traffic, 0, 49), DEAD);
    assert_int_equal(at(&traffic, 0, 50), 1);
    assert_int_equal(at(&traffic, 0, 79), 1);
    assert_int_equal(at(&traffic, 0, 80), DEAD);
    assert_int_equal(at(&traffic, 0, INT64_MAX - 1), DEAD);
}

static void outages_back_to_back(void **state)
{
    (void)state;
    struct pl_traffic_settings traffic = {.outages = {{10, 20}, {20, 30}}, .outage_count = 2};
    assert_int_equal(at(&traffic, 0, 9), 0);
    assert_int_equal(at(&traffic, 0, 20), DEAD);
    assert_int_equal(at(&traffic, 0, 29), DEAD);
    assert_int_equal(at(&traffic, 0, 30), 2);
}

/* Churn counts from the return on; no identity is used up while nobody is there. */
static void churn_begins_again_after_an_outage(void **state)
{
    (void)state;
    struct pl_traffic_settings traffic = {
        .churn_ns = {100}, .churn_count = 1, .outages = {{250, 930}}, .outage_count = 1};
    assert_int_equal(at(&traffic, 0, 249), 2);
    assert_int_equal(at(&traffic, 0, 250), DEAD);
    assert_int_equal(at(&traffic, 0, 929), DEAD);
    assert_int_equal(at(&traffic, 0, 930), 3);
    assert_int_equal(at(&traffic, 0, 1029), 3);
    assert_int_equal(at(&traffic, 0, 1030), 4);
    /* One that begins when an identity ends takes its successor's place. */
    traffic.outages[0].from_ns = 200;
    assert_int_equal(at(&traffic, 0, 199), 1);
    assert_int_equal(at(&traffic, 0, 200), DEAD);
    assert_int_equal(at(&traffic, 0, 930), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_life_for_good),
        cmocka_unit_test(senders_take_turns_through_churn_times),
        cmocka_unit_test(churn_does_not_overflow),
        cmocka_unit_test(outages_end_identities),
        cmocka_unit_test(outages_from_the_start_and_for_ever),
        cmocka_unit_test(outages_back_to_back),
        cmocka_unit_test(churn_begins_again_after_an_outage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
