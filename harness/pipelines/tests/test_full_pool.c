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
#define PACKET_BYTES (696 + 2072) /* with its buffer */

/* A reader that stalls at the start. */
static void stalled(struct pl_scenario *s, int64_t until_ns)
{
    rig_scenario(s);
    s->receiver.stalls[0] = (struct pl_span){0, until_ns};
    s->receiver.stall_count = 1;
}

/* The same, and room for so many packets: under plain glibc a limit counts requested
 * bytes. */
static void stalled_in(struct pl_scenario *s, uint64_t packets, int64_t until_ns)
{
    stalled(s, until_ns);
    s->budgets[0].max = packets * PACKET_BYTES;
    s->budgets[1].max = 1 << 20;
}

static void a_full_pool_pauses_and_the_kernel_drops(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    stalled_in(&s, 100, 10 * S);
    s.receiver.rcvbuf_bytes = 832 * 30; /* 172 B datagrams: a small head of 576 B, 256 of sk_buff */
    rig_open_in_order(&rig, &s, 100, "limited/glibc");
    rig_run(&rig, 10 * S);
    assert_int_equal(rig.side->meter.live_bytes, 100 * PACKET_BYTES);
    assert_int_equal(rig.side->counts.dropped[PL_DROP_KERNEL], 1000 - 100 - 30);
    assert_int_equal(rig.side->counts.dropped[PL_DROP_LIMIT], 0);
    rig_run(&rig, 20 * S);
    assert_true(rig.side->counts.delivered > 900); /* it plays again */
    /* Paused from packet 100, at 1 s, until the first retry after the stall. */
    assert_in_range(rig.side->counts.paused_ns, 9 * S, 9 * S + 200 * MS);
    rig_close(&rig);
}

static void a_pause_that_goes_on_counts(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    stalled_in(&s, 100, INT64_MAX);
    rig_open_in_order(&rig, &s, 100, "limited/glibc");
    rig_run(&rig, 10 * S);
    rig_close(&rig);
    assert_int_equal(rig.counts.paused_ns, 9010 * MS); /* no buffer after the hundredth packet */
}

/* What the socket held was read: it can hold as much again. */
static void the_kernels_buffer_empties(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s);
    s.budgets[0].max = 100 * PACKET_BYTES;
    s.budgets[1].max = 1 << 20;
    s.receiver.rcvbuf_bytes = 50 * 832;
    for (int i = 0; i < 2; i++)
        s.receiver.stalls[i] = (struct pl_span){20 * i * S, (20 * i + 10) * S};
    s.receiver.stall_count = 2;
    rig_open_in_order(&rig, &s, 100, "limited/glibc");
    rig_run(&rig, 10 * S);
    assert_int_equal(rig.side->counts.dropped[PL_DROP_KERNEL], 1000 - 100 - 50);
    rig_run(&rig, 20 * S);
    uint64_t before = rig.side->counts.dropped[PL_DROP_KERNEL],
             held = rig.side->meter.books[0].acquires - rig.side->meter.books[0].releases;
    rig_run(&rig, 30 * S);
    assert_int_equal(rig.side->counts.dropped[PL_DROP_KERNEL] - before, 1000 - (100 - held) - 50);
    rig_close(&rig);
}

/* Full at 1 s, read again at 1.06 s: the timer finds room at its first try. */
static void a_pause_lasts_until_the_timer_finds_room(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    stalled_in(&s, 100, 1050 * MS);
    s.receiver.retry_ns = 300 * MS;
    rig_open_in_order(&rig, &s, 100, "limited/glibc");
    rig_run(&rig, 2 * S);
    assert_int_equal(rig.side->counts.paused_ns, 300 * MS);
    assert_int_equal(rig.side->counts.dropped[PL_DROP_KERNEL], 0);
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
        stalled_in(&s, 100, seconds * S);
        rig_open_in_order(&rig, &s, 100, "limited/glibc");
        rig_run(&rig, (seconds + 10) * S);
        assert_in_range(rig.side->counts.delivered, 850, 1000);
        assert_int_equal(rig.side->counts.integrity_errors, 0);
        rig_close(&rig);
    }
}

static void drop_newest_drops_instead_of_pausing(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    stalled_in(&s, 100, 10 * S);
    s.receiver.on_full = PL_ON_FULL_DROP_NEWEST;
    rig_open_in_order(&rig, &s, 100, "limited/glibc");
    rig_run(&rig, 10 * S);
    assert_int_equal(rig.side->counts.dropped[PL_DROP_LIMIT], 900);
    assert_int_equal(rig.side->counts.paused_ns, 0);
    rig_close(&rig);
}

/* What waited longest goes, so that a reader that comes back hears what was said last. */
static void drop_oldest_keeps_what_came_last(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    stalled_in(&s, 100, 10 * S);
    s.receiver.on_full = PL_ON_FULL_DROP_OLDEST;
    rig_open_in_order(&rig, &s, 100, "limited/glibc");
    rig_run(&rig, 10 * S);
    assert_int_equal(rig.side->counts.dropped[PL_DROP_LIMIT], 901); /* for the buffer at hand */
    assert_int_equal(rig.side->counts.paused_ns, 0);
    /* A second's packets wait, beyond latency and tolerance together: they end with their session,
     * and the next one plays what comes. */
    rig_run(&rig, 12 * S);
    assert_int_equal(rig.side->counts.dropped[PL_DROP_SESSION], 99);
    assert_int_equal(rig.side->counts.integrity_errors, 0);
    rig_close(&rig);
}

/* 30 packets are 0.3 s, within the bounds: the newest play on, where of the oldest none would. */
static void drop_oldest_is_heard_at_once(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    stalled(&s, 10 * S);
    s.receiver.queue_packets = 30;
    s.receiver.on_full = PL_ON_FULL_DROP_OLDEST;
    rig_open_in_order(&rig, &s, 100, "glibc");
    rig_run(&rig, 10 * S);
    assert_int_equal(rig.side->counts.dropped[PL_DROP_QUEUE], 970);
    rig_run(&rig, 12 * S);
    assert_int_equal(rig_dropped(&rig), 971); /* one comes at 10 s, before the read */
    assert_int_equal(rig.side->counts.recovery_ns, 0);
    rig_close(&rig);
}

static void a_bounded_queue_drops_the_newest_or_pauses(void **state)
{
    (void)state;
    for (int policy = PL_ON_FULL_RETRY; policy <= PL_ON_FULL_DROP_NEWEST; policy++) {
        struct pl_scenario s;
        struct rig rig;
        stalled(&s, 10 * S);
        s.receiver.queue_packets = 50;
        s.receiver.on_full = (uint32_t)policy;
        s.receiver.rcvbuf_bytes = 832 * 20;
        rig_open_in_order(&rig, &s, 100, "glibc");
        rig_run(&rig, 10 * S);
        if (policy == PL_ON_FULL_RETRY) /* one waits in the buffer at hand, 20 in the kernel's */
            assert_int_equal(rig.side->counts.dropped[PL_DROP_KERNEL], 1000 - 50 - 1 - 20);
        else
            assert_int_equal(rig.side->counts.dropped[PL_DROP_QUEUE], 1000 - 50);
        rig_run(&rig, 20 * S);
        assert_true(rig.side->counts.delivered > 900);
        assert_int_equal(rig.side->counts.integrity_errors, 0);
        rig_close(&rig);
    }
}

/* It goes on with the very read that makes room, where the timer would find it 150 ms later. */
static void spinning_finds_room_at_once(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    stalled_in(&s, 100, 1550 * MS);
    s.receiver.on_full = PL_ON_FULL_SPIN;
    rig_open_in_order(&rig, &s, 100, "limited/glibc");
    rig_run(&rig, 5 * S);
    /* From 0.99 s to 1.55 s, and the time that reading 55 packets takes: 250 ns a touch. */
    assert_in_range(rig.side->counts.paused_ns, 560 * MS, 561 * MS);
    assert_int_equal(rig.side->counts.dropped[PL_DROP_KERNEL], 0);
    rig_close(&rig);
}

/* Thousands of packets take 2.5 ms to read, in which the pool gets full: no pause ends before it
 * began. */
static void a_pause_within_a_read_is_no_eternity(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    stalled_in(&s, 10100, 100 * MS);
    s.traffic.rate = 1000;
    s.receiver.on_full = PL_ON_FULL_SPIN;
    rig_open_in_order(&rig, &s, 100, "limited/glibc");
    rig_run(&rig, 200 * MS);
    assert_true(rig.side->meter.books[1].failures > 0 || rig.side->meter.books[0].failures > 0);
    assert_true(rig.side->counts.paused_ns < (uint64_t)(100 * MS));
    rig_close(&rig);
}

/* From the end of the stall: the backlog is given up in the first read, 200 ms are gathered, and
 * from then on every read is whole. Of what was lost a read is 10 ms. */
static void recovery_is_told_to_the_read(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s);
    s.receiver.stalls[0] = (struct pl_span){5 * S, 10 * S};
    s.receiver.stalls[1] = (struct pl_span){15 * S, 15 * S + 50 * MS};
    s.receiver.stall_count = 2;
    rig_open_in_order(&rig, &s, 100, "glibc");
    rig_run(&rig, 20 * S);
    uint64_t recovery_ns = rig.side->counts.recovery_ns, lost_ns = rig.side->counts.audio_lost_ns;
    assert_in_range(recovery_ns, 200 * MS, 230 * MS);
    assert_int_equal(lost_ns, recovery_ns); /* one sender: silent all that time, and never again */
    rig_close(&rig);
}

static void a_recovery_that_never_comes_is_told(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    stalled(&s, 10 * S);
    s.receiver.latency_ns = 3600 * S; /* nothing is ever played */
    s.receiver.latency_bounds = false;
    rig_open_in_order(&rig, &s, 100, "glibc");
    rig_run(&rig, 20 * S);
    rig_close(&rig);
    assert_in_range(rig.counts.recovery_ns, 9990 * MS, 10010 * MS);
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
        assert_int_equal(rig.side->counts.integrity_errors, 0);
        uint64_t failures = 0;
        for (uint32_t i = 0; i < rig.side->meter.class_count; i++)
            failures += rig.side->meter.books[i].failures;
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
        cmocka_unit_test(drop_oldest_keeps_what_came_last),
        cmocka_unit_test(drop_oldest_is_heard_at_once),
        cmocka_unit_test(a_bounded_queue_drops_the_newest_or_pauses),
        cmocka_unit_test(spinning_finds_room_at_once),
        cmocka_unit_test(a_pause_within_a_read_is_no_eternity),
        cmocka_unit_test(recovery_is_told_to_the_read),
        cmocka_unit_test(a_recovery_that_never_comes_is_told),
        cmocka_unit_test(any_failing_acquire_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
