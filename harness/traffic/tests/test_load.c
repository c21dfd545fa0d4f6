/* Load curves as sessions that come and go. */
#include "harness/traffic/load.h"
#include "harness/traffic/tests/cmocka_all.h"

#define S INT64_C(1000000000)
#define MOST 400

/* How many sessions there are at a time; each change is no earlier than the one before it, and of a
 * session that can make it. */
static uint32_t sessions_at(const struct pl_load_settings *load, int64_t at_ns, uint64_t seed)
{
    struct pl_load_walk walk;
    struct pl_load_change change;
    uint32_t sessions = 0, order[MOST];
    bool present[MOST] = {false};
    int64_t last_ns = 0;
    pl_load_start(&walk, load, seed, order);
    while (pl_load_next(&walk, &change) && change.at_ns <= at_ns) {
        assert_true(change.at_ns >= last_ns);
        assert_true(present[change.session] != change.comes);
        present[change.session] = change.comes;
        sessions += change.comes ? 1 : UINT32_MAX;
        assert_int_equal(sessions, walk.sessions);
        last_ns = change.at_ns;
    }
    return sessions;
}

static void sessions_follow_the_curve(void **state)
{
    (void)state;
    const struct pl_load_settings load = {
        .points = {{0, 0}, {60 * S, 400}, {120 * S, 20}, {130 * S, 20}, {130 * S, 50}}, .count = 5};
    assert_int_equal(pl_load_most(&load), 400);
    for (uint64_t seed = 1; seed < 5; seed++) {
        assert_in_range(sessions_at(&load, 15 * S, seed), 99, 101);
        assert_in_range(sessions_at(&load, 30 * S, seed), 199, 201);
        assert_int_equal(sessions_at(&load, 60 * S, seed), 400);
        assert_in_range(sessions_at(&load, 90 * S, seed), 209, 211);
        assert_int_equal(sessions_at(&load, 120 * S, seed), 20);
        assert_int_equal(sessions_at(&load, 130 * S - 1, seed), 20);
        assert_int_equal(sessions_at(&load, 130 * S, seed), 50); /* at once */
        assert_int_equal(sessions_at(&load, 10000 * S, seed), 50);
    }
}

/* Before the first point there are none, and there all of it come at once. */
static void a_point_alone_is_a_step(void **state)
{
    (void)state;
    const struct pl_load_settings load = {.points = {{5 * S, 7}}, .count = 1};
    assert_int_equal(sessions_at(&load, 5 * S - 1, 1), 0);
    assert_int_equal(sessions_at(&load, 5 * S, 1), 7);
}

static void waves_come_again(void **state)
{
    (void)state;
    const struct pl_load_settings load = {
        .points = {{0, 10}, {4 * S, 100}, {8 * S, 10}}, .count = 3, .every_ns = 10 * S};
    for (int64_t wave = 0; wave < 50; wave++) {
        assert_int_equal(sessions_at(&load, (wave * 10 + 4) * S, 1), 100);
        assert_int_equal(sessions_at(&load, (wave * 10 + 9) * S, 1), 10);
    }
}

/* A curve without a change ends, also where it would begin again. */
static void a_flat_curve_ends(void **state)
{
    (void)state;
    struct pl_load_settings load = {.points = {{0, 0}, {S, 0}}, .count = 2, .every_ns = 2 * S};
    assert_int_equal(sessions_at(&load, 100 * S, 1), 0);
    load.points[0].sessions = load.points[1].sessions = 5;
    assert_int_equal(sessions_at(&load, 100 * S, 1), 5);
}

/* 90 go in each wave: of a load that does not begin again, once. */
static void falls_are_counted(void **state)
{
    (void)state;
    struct pl_load_settings load = {
        .points = {{0, 20}, {4 * S, 100}, {8 * S, 10}}, .count = 3, .every_ns = 10 * S};
    assert_int_equal(pl_load_falls(&load, 95 * S), 900);
    load.every_ns = 0;
    assert_int_equal(pl_load_falls(&load, 95 * S), 90);
    load.points[2].sessions = 30; /* to the 20 of the next wave, 10 go at once */
    load.every_ns = 10 * S;
    assert_int_equal(pl_load_falls(&load, 5 * S), 80);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sessions_follow_the_curve), cmocka_unit_test(a_point_alone_is_a_step),
        cmocka_unit_test(waves_come_again),          cmocka_unit_test(a_flat_curve_ends),
        cmocka_unit_test(falls_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
