/* The event loop: order, re-arming, moving, stopping; and that it drives the virtual clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "harness/base/random.h"
#include "harness/clock/loop.h"
#include "harness/clock/threads.h"
#include "harness/clock/virtual.h"

#define EVENTS 64

struct firing {
    int id;
    int64_t at_ns;
};

struct log {
    struct firing firings[100000];
    size_t count;
};

struct periodic {
    struct pl_event event;
    struct log *log;
    int id;
    int64_t period_ns;
    int64_t origin_ns;
};

static int64_t fire(void *context, int64_t now_ns)
{
    struct periodic *p = context;
    assert_int_equal(pl_virtual_now(), now_ns);
    p->log->firings[p->log->count++] = (struct firing){p->id, now_ns};
    return p->period_ns ? now_ns + p->period_ns : PL_NEVER;
}

/* The clock never goes back, so each test starts where the last one ended. */
static int64_t start(void)
{
    return pl_virtual_now();
}

static void fires_in_order_of_time_then_of_adding(void **state)
{
    (void)state;
    struct log *log = calloc(1, sizeof *log);
    struct pl_event *heap[EVENTS];
    struct periodic events[EVENTS];
    struct pl_loop loop;
    uint64_t random = 42;
    int64_t zero = start();
    pl_loop_init(&loop, heap, EVENTS);
    for (int i = 0; i < EVENTS; i++) {
        events[i] = (struct periodic){.log = log, .id = i};
        events[i].period_ns = 1 + (int64_t)(pl_random_next(&random) % 50);
        events[i].origin_ns = zero + (int64_t)(pl_random_next(&random) % 50);
        events[i].event = (struct pl_event){.fire = fire, .context = &events[i]};
        pl_loop_add(&loop, &events[i].event, events[i].origin_ns);
    }
    assert_int_equal(pl_loop_run(&loop, zero + 1000), zero + 1000);
    size_t expected = 0;
    for (int i = 0; i < EVENTS; i++) /* due at origin + k * period, below zero + 1000 */
        expected += (size_t)((zero + 999 - events[i].origin_ns) / events[i].period_ns) + 1;
    assert_int_equal(log->count, expected);
    for (size_t i = 1; i < log->count; i++) {
        const struct firing *a = &log->firings[i - 1], *b = &log->firings[i];
        assert_true(a->at_ns < b->at_ns || (a->at_ns == b->at_ns && a->id < b->id));
    }
    free(log);
}

/* Events due at random times that move, remove and add each other: some wait in the queue, some in
 * the heap, and they change from one to the other. */
struct crowd {
    struct pl_loop loop;
    struct pl_event *heap[EVENTS];
    struct pl_event events[EVENTS];
    bool out[EVENTS]; /* of the loop */
    uint64_t random;
    uint32_t fired_from_queue;
    uint32_t fired_from_heap;
};

static int64_t some_time(struct crowd *c, int64_t now_ns)
{
    uint64_t n = pl_random_next(&c->random);
    return n % 16 == 0 ? PL_NEVER : now_ns + (int64_t)(n / 16 % (n % 4 ? 400 : 4));
}

static void disturb(struct crowd *c, uint64_t i, int64_t now_ns)
{
    bool was_out = c->out[i];
    c->out[i] = !was_out && pl_random_next(&c->random) % 4 == 0;
    if (was_out)
        pl_loop_add(&c->loop, &c->events[i], some_time(c, now_ns));
    else if (c->out[i])
        pl_loop_remove(&c->loop, &c->events[i]);
    else
        pl_loop_move(&c->loop, &c->events[i], some_time(c, now_ns));
}

static int64_t fire_in_crowd(void *context, int64_t now_ns)
{
    struct crowd *c = context;
    struct pl_event *firing = pl_loop_next(&c->loop);
    assert_int_equal(firing->due_ns, now_ns);
    for (uint32_t i = 0; i < EVENTS; i++)
        assert_false(!c->out[i] && pl_loop_precedes(&c->events[i], firing));
    *(firing->place == PL_LOOP_QUEUED ? &c->fired_from_queue : &c->fired_from_heap) += 1;
    uint64_t i = pl_random_next(&c->random) % (4 * EVENTS); /* one in four disturbs another */
    if (i < EVENTS && &c->events[i] != firing)
        disturb(c, i, now_ns);
    return now_ns + 90 + (int64_t)(pl_random_next(&c->random) % 20);
}

static void what_moves_between_queue_and_heap_fires_in_order(void **state)
{
    (void)state;
    struct crowd *c = calloc(1, sizeof *c);
    int64_t zero = start();
    c->random = 7;
    pl_loop_init(&c->loop, c->heap, EVENTS);
    for (uint32_t i = 0; i < EVENTS; i++) {
        c->events[i] = (struct pl_event){.fire = fire_in_crowd, .context = c};
        pl_loop_add(&c->loop, &c->events[i], some_time(c, zero));
    }
    pl_loop_run(&c->loop, zero + 100000);
    assert_true(c->fired_from_queue > 1000 && c->fired_from_heap > 1000);
    free(c);
}

static void an_event_at_the_end_does_not_fire(void **state)
{
    (void)state;
    struct log *log = calloc(1, sizeof *log);
    struct pl_event *heap[1];
    struct periodic p = {.log = log};
    struct pl_loop loop;
    int64_t zero = start();
    p.event = (struct pl_event){.fire = fire, .context = &p};
    pl_loop_init(&loop, heap, 1);
    pl_loop_add(&loop, &p.event, zero + 10);
    pl_loop_run(&loop, zero + 10);
    assert_int_equal(log->count, 0);
    pl_loop_run(&loop, zero + 11);
    assert_int_equal(log->count, 1);
    assert_int_equal(p.event.due_ns, PL_NEVER);
    free(log);
}

struct mover {
    struct pl_event event;
    struct pl_loop *loop;
    struct pl_event *other;
    int64_t to_ns;
};

static int64_t move_other(void *context, int64_t now_ns)
{
    struct mover *m = context;
    pl_loop_move(m->loop, m->other, m->to_ns);
    (void)now_ns;
    return PL_NEVER;
}

static void an_event_can_be_moved_both_ways_by_another(void **state)
{
    (void)state;
    for (int earlier = 0; earlier < 2; earlier++) {
        struct log *log = calloc(1, sizeof *log);
        struct pl_event *heap[3];
        struct pl_loop loop;
        int64_t zero = start();
        struct periodic first = {.log = log, .id = 1}, second = {.log = log, .id = 2};
        first.event = (struct pl_event){.fire = fire, .context = &first};
        second.event = (struct pl_event){.fire = fire, .context = &second};
        struct mover mover = {.loop = &loop, .other = &second.event};
        mover.event = (struct pl_event){.fire = move_other, .context = &mover};
        mover.to_ns = zero + (earlier ? 10 : 90);
        pl_loop_init(&loop, heap, 3);
        pl_loop_add(&loop, &mover.event, zero + 5);
        pl_loop_add(&loop, &first.event, zero + 50);
        pl_loop_add(&loop, &second.event, earlier ? PL_NEVER : zero + 20);
        pl_loop_run(&loop, zero + 100);
        assert_int_equal(log->count, 2);
        assert_int_equal(log->firings[earlier ? 0 : 1].id, 2);
        assert_int_equal(log->firings[earlier ? 0 : 1].at_ns, mover.to_ns);
        free(log);
    }
}

struct stopper {
    struct pl_event event;
    struct pl_loop *loop;
};

static int64_t stop_there(void *context, int64_t now_ns)
{
    ((struct stopper *)context)->loop->stopped = true;
    return now_ns + 1;
}

static void a_stopped_loop_tells_where(void **state)
{
    (void)state;
    struct pl_event *heap[1];
    struct pl_loop loop;
    struct stopper stopper = {.loop = &loop};
    int64_t zero = start();
    stopper.event = (struct pl_event){.fire = stop_there, .context = &stopper};
    pl_loop_init(&loop, heap, 1);
    pl_loop_add(&loop, &stopper.event, zero + 7);
    assert_int_equal(pl_loop_run(&loop, zero + 100), zero + 7);
}

static void the_clock_never_goes_back(void **state)
{
    (void)state;
    int64_t now = pl_virtual_now();
    pl_virtual_advance(now + 5);
    pl_virtual_advance(now + 1);
    assert_int_equal(pl_virtual_now(), now + 5);
}

struct threaded {
    struct pl_event event;
    struct log *log;
    pthread_t fired_by[2];
    int64_t period_ns;
};

static int64_t fire_threaded(void *context, int64_t now_ns)
{
    struct threaded *t = context;
    t->fired_by[t->event.thread] = pthread_self();
    t->log->firings[t->log->count++] = (struct firing){(int)t->event.order, now_ns};
    return now_ns + t->period_ns;
}

/* Two threads fire in the very order of one, each its own events only. */
static void two_threads_fire_as_one_does(void **state)
{
    (void)state;
    struct log *logs[2] = {calloc(1, sizeof **logs), calloc(1, sizeof **logs)};
    for (int both = 0; both <= 1; both++) {
        struct pl_event *heap[EVENTS];
        struct threaded events[EVENTS];
        struct pl_loop loop;
        struct pl_loop_threads threads;
        int64_t zero = start();
        pl_loop_init(&loop, heap, EVENTS);
        for (int i = 0; i < EVENTS; i++) {
            events[i] = (struct threaded){.log = logs[both], .period_ns = 7 + i % 13};
            events[i].event = (struct pl_event){
                .fire = fire_threaded, .context = &events[i], .thread = (uint32_t)(both * i % 2)};
            pl_loop_add(&loop, &events[i].event, zero + i % 5);
        }
        if (both) {
            assert_int_equal(pl_loop_threads_open(&threads, &loop), 0);
            assert_int_equal(pl_loop_threads_run(&threads, zero + 5000), zero + 5000);
            pl_loop_threads_close(&threads);
            assert_true(pthread_equal(events[0].fired_by[0], pthread_self()));
            assert_false(pthread_equal(events[1].fired_by[1], pthread_self()));
        } else {
            pl_loop_run(&loop, zero + 5000);
        }
        for (size_t i = 0; i < logs[both]->count; i++)
            logs[both]->firings[i].at_ns -= zero;
    }
    assert_int_equal(logs[0]->count, logs[1]->count);
    assert_true(logs[0]->count > 10000);
    assert_memory_equal(logs[0]->firings, logs[1]->firings,
                        logs[0]->count * sizeof *logs[0]->firings);
    free(logs[0]);
    free(logs[1]);
}

static int64_t stop_loop(void *context, int64_t now_ns)
{
    ((struct pl_loop *)context)->stopped = true;
    return now_ns + 10;
}

/* The second thread stops the loop: the first ends the run, and where it was. */
static void either_thread_stops_the_loop(void **state)
{
    (void)state;
    struct pl_event *heap[1];
    struct pl_loop loop;
    struct pl_loop_threads threads;
    int64_t zero = start();
    pl_loop_init(&loop, heap, 1);
    struct pl_event event = {.fire = stop_loop, .context = &loop, .thread = 1};
    pl_loop_add(&loop, &event, zero + 5);
    assert_int_equal(pl_loop_threads_open(&threads, &loop), 0);
    assert_int_equal(pl_loop_threads_run(&threads, zero + 1000), zero + 5);
    pl_loop_threads_close(&threads);
}

struct worker {
    struct pl_event event;
    struct pl_loop *loop;
    struct log *log;
    int64_t work_ns;
};

static int64_t work(void *context, int64_t now_ns)
{
    struct worker *w = context;
    pl_loop_pass(w->loop, &w->event, w->work_ns);
    w->log->firings[w->log->count++] = (struct firing){-1, pl_virtual_now()};
    return now_ns + 100;
}

/* Every 100 ns an event whose work takes 55 ns: what is due every 10 ns fires meanwhile, in order,
 * and nothing twice. The last one's work is cut by the end. */
static void an_events_work_takes_time(void **state)
{
    (void)state;
    for (int both = 0; both <= 1; both++) {
        struct log *log = calloc(1, sizeof *log);
        struct pl_event *heap[2];
        struct pl_loop loop;
        struct pl_loop_threads threads;
        int64_t zero = start();
        pl_loop_init(&loop, heap, 2);
        struct threaded other = {.log = log, .period_ns = 10};
        other.event = (struct pl_event){.fire = fire_threaded, .context = &other};
        struct worker worker = {.loop = &loop, .log = log, .work_ns = 55};
        worker.event =
            (struct pl_event){.fire = work, .context = &worker, .thread = (uint32_t)both};
        pl_loop_add(&loop, &other.event, zero + 5);
        pl_loop_add(&loop, &worker.event, zero);
        if (both) {
            assert_int_equal(pl_loop_threads_open(&threads, &loop), 0);
            pl_loop_threads_run(&threads, zero + 230);
            pl_loop_threads_close(&threads);
        } else {
            pl_loop_run(&loop, zero + 230);
        }
        /* 23 firings of the other, 3 of the worker, at the times when its work was done. */
        assert_int_equal(log->count, 26);
        int64_t last = zero, ended[3], worked = 0;
        for (size_t i = 0; i < log->count; i++) {
            assert_true(log->firings[i].at_ns >= last);
            last = log->firings[i].at_ns;
            if (log->firings[i].id < 0)
                ended[worked++] = last - zero;
        }
        assert_int_equal(worked, 3);
        assert_int_equal(ended[0], 55);
        assert_int_equal(ended[1], 155);
        assert_int_equal(ended[2], 229);
        assert_int_equal(pl_virtual_now(), zero + 230);
        free(log);
    }
}

static int64_t work_for_ever(void *context, int64_t now_ns)
{
    struct worker *w = context;
    (void)now_ns;
    pl_loop_pass(w->loop, &w->event, 1000000);
    return PL_NEVER;
}

/* The other thread stops the loop in the middle of it. */
static void work_ends_when_the_loop_is_stopped(void **state)
{
    (void)state;
    struct pl_event *heap[2];
    struct pl_loop loop;
    struct pl_loop_threads threads;
    int64_t zero = start();
    pl_loop_init(&loop, heap, 2);
    struct worker worker = {.loop = &loop};
    worker.event = (struct pl_event){.fire = work_for_ever, .context = &worker, .thread = 1};
    struct pl_event stop = {.fire = stop_loop, .context = &loop};
    pl_loop_add(&loop, &worker.event, zero);
    pl_loop_add(&loop, &stop, zero + 50);
    assert_int_equal(pl_loop_threads_open(&threads, &loop), 0);
    pl_loop_threads_run(&threads, zero + 2000000);
    pl_loop_threads_close(&threads);
    assert_true(loop.stopped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_in_order_of_time_then_of_adding),
        cmocka_unit_test(what_moves_between_queue_and_heap_fires_in_order),
        cmocka_unit_test(an_event_at_the_end_does_not_fire),
        cmocka_unit_test(an_event_can_be_moved_both_ways_by_another),
        cmocka_unit_test(a_stopped_loop_tells_where),
        cmocka_unit_test(the_clock_never_goes_back),
        cmocka_unit_test(two_threads_fire_as_one_does),
        cmocka_unit_test(either_thread_stops_the_loop),
        cmocka_unit_test(an_events_work_takes_time),
        cmocka_unit_test(work_ends_when_the_loop_is_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
