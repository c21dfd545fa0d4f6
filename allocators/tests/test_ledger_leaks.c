/* Which sites are suspected of a leak, and which are not: live counts over time, made up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "allocators/tests/ledgered.h"

#define BASE UINT64_C(0x7f0000000000)
#define SIZE 100

static struct pl_site site = {.label = "suspect"};

/* How many blocks are live at sample i of n. */
typedef size_t (*curve)(size_t i, size_t n);

static size_t leak(size_t i, size_t n)
{
    (void)n;
    return i + 5;
}

/* What is in use goes up and down; a block in ten stays. */
static size_t leak_below_a_sawtooth(size_t i, size_t n)
{
    (void)n;
    return i / 10 + i * 7 % 40;
}

static size_t warms_up_then_leaks(size_t i, size_t n)
{
    (void)n;
    return i < 12 ? 300 : 100 + i / 4;
}

static size_t slow_leak(size_t i, size_t n)
{
    (void)n;
    return 20 + i / 90;
}

static size_t steady(size_t i, size_t n)
{
    (void)n;
    return 100 + i % 3;
}

/* A queue that fills up in a third of the run and stays full. */
static size_t fills_once(size_t i, size_t n)
{
    return i < n / 3 ? i : n / 3;
}

static size_t cache(size_t i, size_t n)
{
    (void)n;
    size_t held = 0;
    while (held < 12 && (size_t)1 << held <= i)
        held++;
    return held;
}

static size_t comes_and_goes(size_t i, size_t n)
{
    return i < n / 2 ? i : n - i;
}

/* What a reader that stalls leaves, and takes away when it comes back. */
static size_t taken_away_once(size_t i, size_t n)
{
    return i < n / 2 ? i : i - n / 2;
}

static size_t starts_late(size_t i, size_t n)
{
    return i < n / 2 ? 100 : 100 + i - n / 2;
}

static size_t empty(size_t i, size_t n)
{
    (void)i;
    (void)n;
    return 0;
}

static void follow(struct ledgered *l, curve live_at, size_t samples)
{
    size_t live = 0;
    for (size_t i = 0; i < samples; i++) {
        size_t wanted = live_at(i, samples);
        for (; live < wanted; live++)
            ledgered_take(l, BASE + 128 * live, SIZE, &site);
        for (; live > wanted; live--)
            pl_release(l->link, (void *)(BASE + 128 * (live - 1)), SIZE);
        pl_ledger_watch(l->ledger, (int64_t)i * 100000000); /* each 100 ms */
    }
}

static bool suspects(curve live_at, size_t samples, struct pl_ledger_leak *found)
{
    struct ledgered l;
    uint32_t index = 1;
    ledgered_open(&l);
    follow(&l, live_at, samples);
    bool suspected = pl_ledger_site_count(l.ledger) > 1 && pl_ledger_leak(l.ledger, index, found);
    assert_int_equal(pl_ledger_corruptions(l.ledger), 0);
    ledgered_close(&l);
    return suspected;
}

static void finds_what_only_grows(void **state)
{
    struct pl_ledger_leak found;
    (void)state;
    for (size_t samples = 32; samples <= 3000; samples += 61) {
        assert_true(suspects(leak, samples, &found));
        assert_true(found.windows >= 7 && found.windows <= 14);
        assert_true(suspects(leak_below_a_sawtooth, samples + 800, &found));
        assert_true(suspects(warms_up_then_leaks, samples + 800, &found));
    }
}

static void leaves_alone_what_does_not(void **state)
{
    static const curve innocent[] = {steady,         fills_once,      cache,
                                     comes_and_goes, taken_away_once, empty};
    struct pl_ledger_leak found;
    (void)state;
    for (size_t samples = 200; samples <= 3000; samples += 61)
        for (size_t i = 0; i < sizeof innocent / sizeof *innocent; i++)
            if (suspects(innocent[i], samples, &found))
                fail_msg("curve %zu of %zu samples is taken for a leak", i, samples);
}

/* 600 and 60,000 a minute: a block at each sample of 100 ms, and its bytes. */
static void tells_the_slope(void **state)
{
    struct pl_ledger_leak found;
    (void)state;
    assert_true(suspects(leak, 1000, &found));
    assert_true(found.blocks_per_minute > 590 && found.blocks_per_minute < 610);
    assert_true(found.bytes_per_minute > 59000 && found.bytes_per_minute < 61000);
    assert_int_equal(found.windows, 14);
    assert_int_equal(found.window_ns / 1000000, 6400 - 100 / 15 - 1); /* 64 samples each, but the
                                                                         first has no time before */
}

/* Nothing can be said of fewer than 8 windows; less than a block a window is seen when the run has
 * become longer, and windows with it; and a leak that begins in the midst of the run breaks the
 * rule.
 */
static void needs_its_time(void **state)
{
    struct pl_ledger_leak found;
    (void)state;
    assert_false(suspects(leak, 7, &found));
    assert_true(suspects(leak, 8, &found));
    assert_false(suspects(slow_leak, 500, &found));
    assert_true(suspects(slow_leak, 2000, &found));
    assert_false(suspects(starts_late, 1000, &found));
}

/* At a third of the run, a queue that is filling up still looks like a leak: said in the report. */
static size_t still_fills(size_t i, size_t n)
{
    return fills_once(i, 3 * n);
}

static void cannot_tell_what_still_fills_up(void **state)
{
    struct pl_ledger_leak found;
    (void)state;
    assert_true(suspects(still_fills, 400, &found));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_only_grows),
        cmocka_unit_test(leaves_alone_what_does_not),
        cmocka_unit_test(tells_the_slope),
        cmocka_unit_test(needs_its_time),
        cmocka_unit_test(cannot_tell_what_still_fills_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
