/* Faults against the models that they are said to follow. All is seeded: what passes, passes. */
#include <math.h>

#include "harness/traffic/network_faults.h"
#include "harness/traffic/tests/cmocka_all.h"

enum { PACKETS = 100000 };

#define GAP_NS 2902494 /* 128 samples at 44.1 kHz */

/* What a walk over PACKETS packets came to. */
struct tally {
    double lost, bursts; /* a burst: losses in a row */
    double duplicated, reordered;
    double late_ns, late_ns_max; /* in order */
    double delay_ns;
};

static struct tally walk(const struct pl_faults *faults, uint64_t seed)
{
    struct pl_network network;
    struct tally tally = {0};
    bool before = false;
    pl_network_start(&network, faults, seed, 3);
    for (int64_t i = 0; i < PACKETS; i++) {
        struct pl_packet_fate fate = pl_network_pass(&network, i * GAP_NS);
        double late_ns = (double)(fate.arrival_ns - i * GAP_NS);
        tally.lost += fate.lost;
        tally.bursts += fate.lost && !before;
        tally.duplicated += fate.duplicated;
        tally.reordered += fate.delay_ns > 0;
        tally.delay_ns += (double)fate.delay_ns;
        tally.late_ns += late_ns;
        tally.late_ns_max = fmax(tally.late_ns_max, late_ns);
        before = fate.lost;
    }
    return tally;
}

static void assert_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.6g is not within %.3g of %.6g", value, tolerance, expected);
}

/* Four standard deviations of a sum of so many draws. */
static double four_sigma(double probability)
{
    return 4 * sqrt(PACKETS * probability * (1 - probability));
}

static void none_asked_none_made(void **state)
{
    (void)state;
    struct pl_faults faults = {.burst_leave = 1, .burst_loss = 1, .reorder_delay_ns = 15000000};
    assert_false(pl_faults_any(&faults));
    struct tally tally = walk(&faults, 1);
    assert_true(tally.lost == 0 && tally.duplicated == 0 && tally.reordered == 0);
    assert_true(tally.late_ns_max == 0);
}

static void each_fault_counts_as_one(void **state)
{
    (void)state;
    assert_true(pl_faults_any(&(struct pl_faults){.loss = 0.1}));
    assert_true(pl_faults_any(&(struct pl_faults){.burst_enter = 0.1, .burst_loss = 0.1}));
    assert_true(pl_faults_any(&(struct pl_faults){.duplicate = 0.1}));
    assert_true(pl_faults_any(&(struct pl_faults){.reorder = 0.1}));
    assert_true(pl_faults_any(&(struct pl_faults){.jitter_ns = 1}));
}

/* Without bursts, losses are independent: one in a burst of 1 / (1 - p) on average. */
static void independent_losses(void **state)
{
    (void)state;
    static const double shares[] = {0.001, 0.02, 0.3, 0.9};
    for (unsigned i = 0; i < 4; i++) {
        const double p = shares[i];
        struct tally tally = walk(&(struct pl_faults){.loss = p, .burst_leave = 1}, 10 + i);
        assert_near(tally.lost, PACKETS * p, four_sigma(p));
        assert_near(tally.lost / tally.bursts, 1 / (1 - p), 0.05 / (1 - p));
    }
}

/* Gilbert's own: nothing lost in the good state, everything in the bad one. Bursts are geometric,
 * of variance (1 - q) / q^2; tolerances are four standard deviations, that of the rate by the
 * autocorrelation 1 - p - q of the states. */
static void bursts_as_gilbert_has_them(void **state)
{
    (void)state;
    static const double models[][2] = {{0.01, 0.25}, {0.002, 0.05}, {0.05, 0.5}, {0.3, 0.9}};
    for (unsigned i = 0; i < 4; i++) {
        const double p = models[i][0], q = models[i][1], bad = p / (p + q), r = 1 - p - q;
        struct pl_faults faults = {.burst_enter = p, .burst_leave = q, .burst_loss = 1};
        struct tally tally = walk(&faults, 20 + i);
        assert_near(tally.lost, PACKETS * bad, four_sigma(bad) * sqrt((1 + r) / (1 - r)));
        assert_near(tally.lost / tally.bursts, 1 / q, 4 * sqrt((1 - q) / tally.bursts) / q);
    }
}

/* Elliott's: losses in both states, by different shares. */
static void losses_in_both_states_as_elliott_has_them(void **state)
{
    (void)state;
    struct pl_faults faults = {
        .loss = 0.01, .burst_enter = 0.02, .burst_leave = 0.1, .burst_loss = 0.6};
    const double bad = 0.02 / 0.12, expected = bad * 0.6 + (1 - bad) * 0.01;
    struct tally tally = walk(&faults, 30);
    assert_near(tally.lost, PACKETS * expected, 4 * sqrt(PACKETS * expected * 5));
    /* A loss follows a loss by the state's memory: P(loss, loss) / P(loss). */
    const double after_bad = 0.9 * 0.6 + 0.1 * 0.01, after_good = 0.98 * 0.01 + 0.02 * 0.6;
    const double again = (bad * 0.6 * after_bad + (1 - bad) * 0.01 * after_good) / expected;
    assert_near(1 - tally.bursts / tally.lost, again, 4 * sqrt(again * (1 - again) / tally.lost));
}

static void duplicates_and_reordered_ones(void **state)
{
    (void)state;
    struct pl_faults faults = {.duplicate = 0.03, .reorder = 0.2, .reorder_delay_ns = 15000000};
    struct tally tally = walk(&faults, 40);
    assert_near(tally.duplicated, PACKETS * 0.03, four_sigma(0.03));
    assert_near(tally.reordered, PACKETS * 0.2, four_sigma(0.2));
    assert_true(tally.delay_ns == tally.reordered * 15000000);
    assert_true(tally.late_ns == 0);
}

/* Below the gap between packets nobody waits for another, and lateness is uniform. */
static void jitter_is_uniform(void **state)
{
    (void)state;
    struct tally tally = walk(&(struct pl_faults){.jitter_ns = 2000000}, 50);
    assert_near(tally.late_ns / PACKETS, 1000000, 4 * 2000000 / sqrt(12. * PACKETS));
    assert_near(tally.late_ns_max, 2000000, 200);
}

/* Far above it they do wait, keep their order and come no later than the longest delay. */
static void jitter_keeps_the_order(void **state)
{
    (void)state;
    struct pl_faults faults = {.jitter_ns = 40000000};
    struct pl_network network;
    pl_network_start(&network, &faults, 60, 0);
    int64_t before_ns = 0;
    uint32_t together = 0;
    for (int64_t i = 0; i < PACKETS; i++) {
        struct pl_packet_fate fate = pl_network_pass(&network, i * GAP_NS);
        assert_true(fate.arrival_ns >= i * GAP_NS && fate.arrival_ns <= i * GAP_NS + 40000000);
        assert_true(fate.arrival_ns >= before_ns);
        together += fate.arrival_ns == before_ns;
        before_ns = fate.arrival_ns;
    }
    assert_in_range(together, PACKETS / 2, PACKETS);
}

/* What is left of a walk with losses and reordering is what was there without. */
static void faults_leave_each_other_alone(void **state)
{
    (void)state;
    struct pl_faults few = {.jitter_ns = 40000000, .duplicate = 0.1};
    struct pl_faults many = few;
    many.loss = 0.2;
    many.reorder = 0.5;
    many.reorder_delay_ns = 7000000;
    struct pl_network a, b;
    pl_network_start(&a, &few, 70, 9);
    pl_network_start(&b, &many, 70, 9);
    for (int64_t i = 0; i < PACKETS; i++) {
        struct pl_packet_fate without = pl_network_pass(&a, i * GAP_NS);
        struct pl_packet_fate with = pl_network_pass(&b, i * GAP_NS);
        assert_int_equal(with.arrival_ns, without.arrival_ns);
        assert_int_equal(with.duplicated, without.duplicated);
    }
}

static uint32_t agreements(uint64_t seed, uint32_t sender, uint64_t other, uint32_t other_sender)
{
    struct pl_faults faults = {.loss = 0.5, .jitter_ns = 1000};
    struct pl_network a, b;
    uint32_t same = 0;
    pl_network_start(&a, &faults, seed, sender);
    pl_network_start(&b, &faults, other, other_sender);
    for (int64_t i = 0; i < 1000; i++) {
        struct pl_packet_fate x = pl_network_pass(&a, i * GAP_NS),
                              y = pl_network_pass(&b, i * GAP_NS);
        same += x.lost == y.lost && x.arrival_ns == y.arrival_ns;
    }
    return same;
}

static void seed_and_sender_decide(void **state)
{
    (void)state;
    assert_int_equal(agreements(5, 2, 5, 2), 1000);
    assert_in_range(agreements(5, 2, 6, 2), 0, 20);
    assert_in_range(agreements(5, 2, 5, 3), 0, 20);
    assert_in_range(agreements(5, 2, 6, 1), 0, 20);
}

/* The literals pin the numbers: a seed means the same on every machine and in every version. */
static void fates_are_pinned(void **state)
{
    (void)state;
    struct pl_faults faults = {.loss = 0.25,
                               .duplicate = 0.25,
                               .reorder = 0.25,
                               .reorder_delay_ns = 1,
                               .jitter_ns = 1000000};
    struct pl_network network;
    uint32_t bits = 0;
    int64_t late_ns = 0;
    pl_network_start(&network, &faults, 7, 1);
    for (int64_t i = 0; i < 10; i++) {
        struct pl_packet_fate fate = pl_network_pass(&network, i * GAP_NS);
        bits = bits << 3 | (uint32_t)fate.lost << 2 | (uint32_t)fate.duplicated << 1 |
               (uint32_t)fate.delay_ns;
        late_ns += fate.arrival_ns - i * GAP_NS;
    }
    assert_int_equal(bits, 0x120d4000);
    assert_int_equal(late_ns, 4864015);
}

static bool dead_after(struct pl_faults faults, int64_t packets)
{
    struct pl_network network;
    pl_network_start(&network, &faults, 1, 1);
    for (int64_t i = 0; i < packets; i++)
        pl_network_pass(&network, i);
    return pl_network_dead(&network);
}

static void knows_when_nothing_comes_any_more(void **state)
{
    (void)state;
    assert_true(dead_after((struct pl_faults){.loss = 1}, 0));
    assert_true(dead_after((struct pl_faults){.loss = 1, .burst_enter = 1, .burst_loss = 1}, 0));
    assert_false(dead_after((struct pl_faults){.loss = 1, .burst_enter = 0.1}, 0));
    assert_false(dead_after((struct pl_faults){.loss = 0.999}, 1000));
    /* Into a bad state that has no way out. */
    struct pl_faults trap = {.burst_enter = 1, .burst_loss = 1};
    assert_false(dead_after(trap, 0));
    assert_true(dead_after(trap, 1));
    trap.burst_leave = 0.1;
    assert_false(dead_after(trap, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none_asked_none_made),
        cmocka_unit_test(each_fault_counts_as_one),
        cmocka_unit_test(independent_losses),
        cmocka_unit_test(bursts_as_gilbert_has_them),
        cmocka_unit_test(losses_in_both_states_as_elliott_has_them),
        cmocka_unit_test(duplicates_and_reordered_ones),
        cmocka_unit_test(jitter_is_uniform),
        cmocka_unit_test(jitter_keeps_the_order),
        cmocka_unit_test(faults_leave_each_other_alone),
        cmocka_unit_test(seed_and_sender_decide),
        cmocka_unit_test(fates_are_pinned),
        cmocka_unit_test(knows_when_nothing_comes_any_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
