/* Alerts in a cell: each quantity, told once and again only after it was false; and how the
 * controller keeps them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/cell/alert_log.h"
#include "harness/cell/alert_watch.h"
#include "harness/scenario/alert.h"

struct rig {
    struct pl_scenario scenario;
    struct pl_side side[2], *both[2];
    struct pl_sides sides;
    struct pl_alert_watch alerts;
    struct pl_sample sample;
    struct pl_stack_stats stats;
    int fds[2];
};

static void open_rig(struct rig *r, const char *const *alerts, uint32_t count)
{
    memset(r, 0, sizeof *r);
    assert_int_equal(pipe(r->fds), 0);
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(pl_alert_parse(alerts[i], &r->scenario.alerts[i], NULL), 0);
        r->scenario.alerts[i].class_index = 1; /* as the scenario's check finds it */
    }
    r->scenario.alert_count = count;
    r->both[0] = &r->side[0];
    r->both[1] = &r->side[1];
    r->sides = (struct pl_sides){.side = r->both, .count = 2};
    r->alerts = (struct pl_alert_watch){&r->scenario, &r->sides, r->fds[1], {false}};
}

/* @return the alerts told at this sample, a bit each */
static unsigned look(struct rig *r, int64_t t_ns, uint64_t *value)
{
    struct pl_alert_record record;
    unsigned told = 0;
    r->sample.t_ns = t_ns;
    pl_alert_watch_look(&r->alerts, &r->sample, &r->stats);
    assert_int_equal(write(r->fds[1], "", 1), 1); /* what follows the last one */
    while (read(r->fds[0], &record, 1) == 1 && record.kind % 256) {
        char *rest = (char *)&record + 1;
        assert_int_equal(read(r->fds[0], rest, sizeof record - 1), sizeof record - 1);
        assert_int_equal(record.kind, PL_RECORD_ALERT);
        assert_int_equal(record.size, sizeof record);
        assert_int_equal(record.t_ns, t_ns);
        *value = record.value;
        told |= 1u << record.index;
    }
    return told;
}

static void close_rig(struct rig *r)
{
    close(r->fds[0]);
    close(r->fds[1]);
}

static void each_quantity_is_looked_at(void **state)
{
    (void)state;
    static const char *const alerts[] = {"rss_bytes > 100B",           "live_bytes > 100B",
                                         "reserved_bytes > 100B",      "packets_dropped > 100",
                                         "fallback_allocations > 100", "live_frames > 100"};
    struct rig r;
    open_rig(&r, alerts, 6);
    uint64_t *const figures[] = {&r.sample.rss_bytes,           &r.sample.live_bytes,
                                 &r.sample.reserved_bytes,      &r.sample.packets_dropped,
                                 &r.stats.fallback_allocations, &r.side[0].meter.books[1].acquires};
    for (unsigned i = 0; i < 6; i++) {
        uint64_t value = 0;
        *figures[i] = 100;
        assert_int_equal(look(&r, i, &value), 0);
        *figures[i] = 101;
        assert_int_equal(look(&r, i, &value), 1u << i);
        assert_int_equal(value, 101);
    }
    close_rig(&r);
}

/* What one thread acquires another may release. */
static void live_blocks_are_of_all_threads(void **state)
{
    (void)state;
    static const char *const alerts[] = {"live_frames >= 5"};
    struct rig r;
    uint64_t value = 0;
    open_rig(&r, alerts, 1);
    r.side[0].meter.books[1].acquires = 50;
    r.side[1].meter.books[1].releases = 46;
    r.side[0].meter.books[0].acquires = 1000; /* another class */
    assert_int_equal(look(&r, 1, &value), 0);
    r.side[1].meter.books[1].acquires = 1;
    assert_int_equal(look(&r, 2, &value), 1);
    assert_int_equal(value, 5);
    r.side[1].meter.books[1].releases = 60; /* read before an acquire of late was */
    assert_int_equal(look(&r, 3, &value), 0);
    close_rig(&r);
}

static void it_is_told_once_and_again_after_it_was_false(void **state)
{
    (void)state;
    static const char *const alerts[] = {"live_frames > 5", "live_frames < 3"};
    static const struct {
        uint64_t live;
        unsigned told;
    } steps[] = {{2, 2}, {2, 0}, {5, 0}, {6, 1}, {7, 0}, {6, 0}, {5, 0}, {6, 1}, {0, 2}, {9, 1}};
    struct rig r;
    uint64_t value;
    open_rig(&r, alerts, 2);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        r.side[0].meter.books[1].acquires = steps[i].live;
        assert_int_equal(look(&r, (int64_t)i, &value), steps[i].told);
    }
    close_rig(&r);
}

static void the_first_are_kept_and_all_are_counted(void **state)
{
    (void)state;
    struct pl_alert_log alerted = {0};
    for (uint64_t i = 0; i < 3 * PL_ALERT_LOG_MAX; i++) {
        struct pl_alert_record record = {.t_ns = (int64_t)i, .value = 2 * i};
        assert_int_equal(pl_alert_log_add(&alerted, &record), 0);
    }
    assert_int_equal(alerted.count, PL_ALERT_LOG_MAX);
    assert_int_equal(alerted.raised, 3 * PL_ALERT_LOG_MAX);
    for (size_t i = 0; i < alerted.count; i++)
        assert_int_equal(alerted.list[i].value, 2 * i);
    pl_alert_log_free(&alerted);
    assert_int_equal(alerted.raised, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_quantity_is_looked_at),
        cmocka_unit_test(live_blocks_are_of_all_threads),
        cmocka_unit_test(it_is_told_once_and_again_after_it_was_false),
        cmocka_unit_test(the_first_are_kept_and_all_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
