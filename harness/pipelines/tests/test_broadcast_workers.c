/* The broadcast's clients on several workers: runs repeat, blocks pass from one to another and none
 * is lost, whatever happens to a client meanwhile, under both clocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "harness/pipelines/tests/broadcast_rig.h"

/* Of three clients: one thread, some jobs each, and more than there are jobs. */
static const uint32_t thread_counts[] = {1, 2, 3, 9, 14};

#define COUNTS (sizeof thread_counts / sizeof *thread_counts)

struct outcome {
    struct pl_traffic_counts counts;
    struct pl_class_books books[CLASS_COUNT];
    uint64_t churn_bytes, live_bytes, live_bytes_peak;
};

static struct outcome outcome_of(struct broadcast_rig *rig)
{
    struct outcome o = {.counts = *broadcast_rig_counts(rig),
                        .churn_bytes = pl_sides_churn(&rig->sides),
                        .live_bytes = pl_sides_live(&rig->sides),
                        .live_bytes_peak = pl_sides_live_peak(&rig->sides)};
    for (int i = 0; i < CLASS_COUNT; i++)
        o.books[i] = *broadcast_rig_books(rig, (enum broadcast_class)i);
    return o;
}

static struct outcome run_for(const struct pl_scenario *s, uint32_t threads, int64_t ns)
{
    struct broadcast_rig *rig = broadcast_rig_open(s, "glibc", threads);
    broadcast_rig_run(rig, ns);
    struct outcome o = outcome_of(rig);
    broadcast_rig_close(rig, 0);
    return o;
}

/* What each client sends and is sent is the same for any number of workers. Only when the last
 * packets are sent is not: that may be a turn later. */
static void runs_repeat_and_do_the_same_work(void **state)
{
    (void)state;
    struct pl_scenario s = broadcast_rig_scenario;
    s.duration_ns = 2 * S;
    const struct outcome alone = run_for(&s, 1, 2 * S);
    for (size_t i = 0; i < COUNTS; i++) {
        const struct outcome one = run_for(&s, thread_counts[i], 2 * S);
        const struct outcome two = run_for(&s, thread_counts[i], 2 * S);
        assert_memory_equal(&one, &two, sizeof one);
        assert_int_equal(one.counts.sessions_started, 3);
        assert_in_range(one.counts.received, alone.counts.received - 8, alone.counts.received + 8);
        assert_in_range(one.books[CLASS_IMAGE].acquires, alone.books[CLASS_IMAGE].acquires - 8,
                        alone.books[CLASS_IMAGE].acquires + 8);
        assert_int_equal(one.counts.dropped[PL_DROP_LIMIT], 0);
    }
}

static int64_t balance(const struct broadcast_rig *rig, uint32_t worker, enum broadcast_class class)
{
    const struct pl_class_books *books =
        &rig->sides.side[worker]->meter.books[rig->b->classes[class]];
    return (int64_t)(books->acquires - books->releases);
}

/* Of 12 workers the first three receive, the next render, then come those that mix, and those that
 * send. */
static void each_job_releases_what_another_acquired(void **state)
{
    (void)state;
    struct broadcast_rig *rig = broadcast_rig_open(&broadcast_rig_scenario, "glibc", 12);
    broadcast_rig_run(rig, S);
    for (uint32_t i = 0; i < 3; i++) {
        assert_in_range(balance(rig, i, CLASS_FRAME), 28, 31); /* a second's, in the ring */
        assert_true(balance(rig, 3 + i, CLASS_FRAME) < -25);
        assert_int_equal(balance(rig, 3 + i, CLASS_IMAGE), 0);
        assert_in_range(balance(rig, 3 + i, CLASS_TEXT), 28, 31);
        assert_in_range(balance(rig, 6 + i, CLASS_AUDIO), 48, 51);
        assert_true(balance(rig, 9 + i, CLASS_TEXT) < -25);
        assert_true(balance(rig, 9 + i, CLASS_AUDIO) < -45);
    }
    broadcast_rig_close(rig, 0);
}

static const enum pl_queue_policy policies[] = {PL_QUEUE_DROP_OLDEST, PL_QUEUE_DROP_NEWEST,
                                                PL_QUEUE_BLOCK, PL_QUEUE_EVICT};

#define POLICIES (sizeof policies / sizeof *policies)

static void policies_hold_on_any_number_of_workers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNTS * POLICIES; i++) {
        enum pl_queue_policy policy = policies[i % POLICIES];
        struct pl_scenario s = broadcast_rig_stalled(policy);
        s.broadcast.reuse_images = i % 2;
        s.broadcast.rejoin_ns = 130 * MS;
        struct broadcast_rig *rig = broadcast_rig_open(&s, "glibc", thread_counts[i / POLICIES]);
        broadcast_rig_run(rig, 2 * S);
        const struct pl_traffic_counts *counts = broadcast_rig_counts(rig);
        assert_int_equal(counts->evictions, policy == PL_QUEUE_EVICT);
        assert_int_equal(counts->paused_ns > 800 * MS, policy == PL_QUEUE_BLOCK);
        assert_in_range(counts->sessions_started, 3 + 15, 3 + 17);
        bool drops = policy == PL_QUEUE_DROP_OLDEST || policy == PL_QUEUE_DROP_NEWEST;
        assert_in_range(counts->dropped[PL_DROP_QUEUE], drops ? 60 : 0, drops ? 76 : 0);
        broadcast_rig_close(rig, 0);
    }
}

/* What its session made goes back with each client, whoever serves it, and whoever tells it to go.
 */
static void a_load_holds_on_any_number_of_workers(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * COUNTS; i++) {
        struct pl_scenario s = broadcast_rig_loaded();
        uint32_t threads = thread_counts[i % COUNTS];
        struct broadcast_rig *rig = i < COUNTS ? broadcast_rig_open(&s, "glibc", threads)
                                               : broadcast_rig_open_wall(&s, "glibc", threads);
        broadcast_rig_run(rig, 1200 * MS);
        const struct pl_class_books *books = broadcast_rig_books(rig, CLASS_CLIENT);
        assert_int_equal(books->acquires - books->releases, 7 + 1 + 2);
        assert_int_equal(broadcast_rig_counts(rig)->sessions_started, 3);
        broadcast_rig_close(rig, 0);
    }
}

static void a_refusal_on_any_worker_is_counted(void **state)
{
    (void)state;
    broadcast_rig_refuse_each(5, 4);
}

/* Threads that are made anew go on where the others ended. */
static void renewed_workers_do_the_same(void **state)
{
    (void)state;
    struct pl_scenario s = broadcast_rig_scenario;
    s.duration_ns = S;
    const struct outcome stays = run_for(&s, 4, S);
    s.workers.renew = PL_RENEW_TIME;
    s.workers.renew_ns = 100 * MS;
    struct broadcast_rig *rig = broadcast_rig_open(&s, "glibc", 4);
    broadcast_rig_run(rig, S);
    const struct outcome renewed = outcome_of(rig);
    assert_in_range(rig->crew.threads_made, 4 * 9, 4 * 11);
    assert_memory_equal(&stays, &renewed, sizeof stays);
    broadcast_rig_close(rig, 0);
}

static void a_frame_that_no_worker_holds_is_found(void **state)
{
    (void)state;
    struct broadcast_rig *rig = broadcast_rig_open(&broadcast_rig_scenario, "glibc", 9);
    struct pl_side *side = rig->sides.side[4];
    void *lost = broadcast_acquire(rig->b, side, CLASS_FRAME, rig->b->frame_bytes, "lost");
    broadcast_rig_run(rig, 65 * MS);
    broadcast_release(rig->b, side, CLASS_FRAME, lost, rig->b->frame_bytes);
    broadcast_rig_close(rig, 2); /* at the views after 0 and 33 ms */
}

/* In real time some of the last may be late, on a busy machine more; those that came are whole. */
static void workers_run_freely(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNTS; i++) {
        struct broadcast_rig *rig =
            broadcast_rig_open_wall(&broadcast_rig_scenario, "glibc", thread_counts[i]);
        broadcast_rig_run(rig, 300 * MS);
        const struct pl_traffic_counts *counts = broadcast_rig_counts(rig);
        assert_int_equal(counts->sessions_started, 3);
        assert_int_equal(counts->dropped[PL_DROP_LIMIT], 0);
        assert_in_range(broadcast_rig_books(rig, CLASS_IMAGE)->acquires, 9 * 2, 9 * 10);
        assert_true(counts->samples_delivered > 0);
        broadcast_rig_close(rig, 0);
    }
}

/* Two hundred times a second a client leaves and is back while others render what it sent, and one
 * that is stalled is blocked, loses packets or is thrown out. */
static void clients_that_go_take_nothing_with_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * POLICIES; i++) {
        struct pl_scenario s = broadcast_rig_stalled(policies[i % POLICIES]);
        s.broadcast.reuse_images = i / POLICIES;
        s.broadcast.fps = s.broadcast.views = 300;
        s.broadcast.rejoin_ns = 5 * MS;
        s.broadcast.hostile = 100;
        s.broadcast.stalls[0] = (struct pl_span){50 * MS, 150 * MS};
        struct broadcast_rig *rig = broadcast_rig_open_wall(&s, "glibc", 12);
        broadcast_rig_run(rig, 200 * MS);
        const struct pl_traffic_counts *counts = broadcast_rig_counts(rig);
        assert_true(counts->sessions_started > 3);
        assert_true(counts->dropped[PL_DROP_INVALID] > 0);
        broadcast_rig_close(rig, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_repeat_and_do_the_same_work),
        cmocka_unit_test(each_job_releases_what_another_acquired),
        cmocka_unit_test(policies_hold_on_any_number_of_workers),
        cmocka_unit_test(a_load_holds_on_any_number_of_workers),
        cmocka_unit_test(a_refusal_on_any_worker_is_counted),
        cmocka_unit_test(renewed_workers_do_the_same),
        cmocka_unit_test(a_frame_that_no_worker_holds_is_found),
        cmocka_unit_test(workers_run_freely),
        cmocka_unit_test(clients_that_go_take_nothing_with_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
