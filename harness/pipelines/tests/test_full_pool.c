/* The receiver on a full pool: what it does until there is room again, and that nothing is lost
 * from the books whatever acquire fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/pipelines/tests/rig.h"

#define S INT64_C(1000000000)
#define MS INT64_C(1000000)

static void a_full_pool_pauses_and_the_kernel_drops(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s);
    s.budgets[0].max = 100 * (696 + 2072); /* under plain glibc a limit counts requested bytes */
    s.budgets[1].max = 1 << 20;
    s.receiver.stalls[0] = (struct pl_span){0, 10 * S};
    s.receiver.stall_count = 1;
    s.receiver.rcvbuf_bytes = 768 * 50; /* 172 B datagrams: 536 B of data in 1024, 256 of sk_buff */
    rig_open_in_order(&rig, &s, 100, "limited/glibc");
    rig_run(&rig, 10 * S);
    assert_int_equal(rig.meter.live_bytes, 100 * (696 + 2072));
    assert_int_equal(rig.counts.dropped[PL_DROP_KERNEL], 1000 - 100 - 768 * 50 / 1280);
    assert_int_equal(rig.counts.dropped[PL_DROP_LIMIT], 0);
    rig_run(&rig, 20 * S);
    assert_true(rig.counts.delivered > 900); /* it plays again */
    /* Paused from packet 100, at 1 s, until the first retry after the stall. */
    assert_in_range(rig.counts.paused_ns, 9 * S, 9 * S + 200 * MS);
    rig_close(&rig);
}

static void a_pause_that_goes_on_counts(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s);
    s.budgets[0].max = 100 * (696 + 2072);
    s.budgets[1].max = 1 << 20;
    s.receiver.stalls[0] = (struct pl_span){0, INT64_MAX};
    s.receiver.stall_count = 1;
    rig_open_in_order(&rig, &s, 100, "limited/glibc");
    rig_run(&rig, 10 * S);
    rig_close(&rig);
    assert_int_equal(rig.counts.paused_ns, 9 * S);
}

/* What the socket held was read: it can hold as much again. */
static void the_kernels_buffer_empties(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s);
    s.budgets[0].max = 100 * (696 + 2072);
    s.budgets[1].max = 1 << 20;
    s.receiver.rcvbuf_bytes = 50 * 1280;
    for (int i = 0; i < 2; i++)
        s.receiver.stalls[i] = (struct pl_span){20 * i * S, (20 * i + 10) * S};
    s.receiver.stall_count = 2;
    rig_open_in_order(&rig, &s, 100, "limited/glibc");
    rig_run(&rig, 10 * S);
    assert_int_equal(rig.counts.dropped[PL_DROP_KERNEL], 1000 - 100 - 50);
    rig_run(&rig, 20 * S);
    uint64_t before = rig.counts.dropped[PL_DROP_KERNEL],
             held = rig.meter.books[0].acquires - rig.meter.books[0].releases;
    rig_run(&rig, 30 * S);
    assert_int_equal(rig.counts.dropped[PL_DROP_KERNEL] - before, 1000 - (100 - held) - 50);
    rig_close(&rig);
}

/* Full at 1 s, read again at 1.06 s: the timer finds room at its first try. */
static void a_pause_lasts_until_the_timer_finds_room(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s);
    s.budgets[0].max = 100 * (696 + 2072);
    s.budgets[1].max = 1 << 20;
    s.receiver.retry_ns = 300 * MS;
    s.receiver.stalls[0] = (struct pl_span){0, 1050 * MS};
    s.receiver.stall_count = 1;
    rig_open_in_order(&rig, &s, 100, "limited/glibc");
    rig_run(&rig, 2 * S);
    assert_int_equal(rig.counts.paused_ns, 300 * MS);
    assert_int_equal(rig.counts.dropped[PL_DROP_KERNEL], 0);
    rig_close(&rig);
}

/* 400 s of 100 packets a second are more than half a turn of 16-bit sequence numbers: what comes
 * after the pause must not pass for old. */
static void it_plays_again_after_any_pause(void **state)
{
    (void)state;
    for (int seconds = 100; seconds <= 1000; seconds += 60) {
        struct pl_scenario s;
        struct rig rig;
        rig_scenario(&s);
        s.budgets[0].max = 100 * (696 + 2072);
        s.budgets[1].max = 1 << 20;
        s.receiver.stalls[0] = (struct pl_span){0, seconds * S};
        s.receiver.stall_count = 1;
        rig_open_in_order(&rig, &s, 100, "limited/glibc");
        rig_run(&rig, (seconds + 10) * S);
        assert_in_range(rig.counts.delivered, 850, 1000);
        assert_int_equal(rig.counts.integrity_errors, 0);
        rig_close(&rig);
    }
}

static void drop_newest_drops_instead_of_pausing(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s);
    s.budgets[0].max = 100 * (696 + 2072);
    s.budgets[1].max = 1 << 20;
    s.receiver.on_full = PL_ON_FULL_DROP_NEWEST;
    s.receiver.stalls[0] = (struct pl_span){0, 10 * S};
    s.receiver.stall_count = 1;
    rig_open_in_order(&rig, &s, 100, "limited/glibc");
    rig_run(&rig, 10 * S);
    assert_int_equal(rig.counts.dropped[PL_DROP_LIMIT], 900);
    assert_int_equal(rig.counts.paused_ns, 0);
    rig_close(&rig);
}

/* Whatever acquire fails, nothing is lost from the books, leaked or delivered wrong. */
static void any_failing_acquire_is_survived(void **state)
{
    (void)state;
    for (int nth = 1; nth <= 200; nth++) {
        char stack[64];
        struct pl_scenario s;
        struct rig rig;
        rig_scenario(&s);
        snprintf(stack, sizeof stack, "fault:nth=%d/glibc", nth);
        rig_open_in_order(&rig, &s, 100, stack);
        rig_run(&rig, 3 * S);
        assert_int_equal(rig.counts.integrity_errors, 0);
        uint64_t failures = 0;
        for (uint32_t i = 0; i < rig.meter.class_count; i++)
            failures += rig.meter.books[i].failures;
        assert_true(failures >= 1);
        rig_close(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_pool_pauses_and_the_kernel_drops),
        cmocka_unit_test(a_pause_that_goes_on_counts),
        cmocka_unit_test(the_kernels_buffer_empties),
        cmocka_unit_test(a_pause_lasts_until_the_timer_finds_room),
        cmocka_unit_test(it_plays_again_after_any_pause),
        cmocka_unit_test(drop_newest_drops_instead_of_pausing),
        cmocka_unit_test(any_failing_acquire_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
