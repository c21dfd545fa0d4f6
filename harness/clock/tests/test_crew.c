/* Workers under both clocks: which thread fires which task, in an order that repeats; threads that
 * are made anew; and that no task is lost where they run freely. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/clock/crew.h"
#include "harness/clock/real.h"
#include "harness/clock/virtual.h"

#define MS INT64_C(1000000)
#define TASKS 12
#define LOG_MAX 4096

/* A task that goes on after `period`, on the next worker where it is told so. */
struct job {
    struct pl_task task;
    struct pl_crew *crew;
    int64_t period_ns;
    bool moves;
    bool rests;
    uint32_t fired;
    pid_t last; /* thread */
};

struct firing {
    uint32_t job, worker;
    int64_t ns;
};

struct rig {
    struct pl_loop loop;
    struct pl_event *heap[2 + TASKS];
    struct pl_arena arena;
    struct pl_crew crew;
    struct job jobs[TASKS];
    struct firing log[LOG_MAX];
    uint32_t logged;
    int64_t ran_ns; /* by the real clock */
};

/* One at a time fires, so nothing guards it. */
static struct rig *turns;

static int64_t fire(void *context, int64_t now_ns)
{
    struct job *j = context;
    if (turns && turns->logged < LOG_MAX)
        turns->log[turns->logged++] =
            (struct firing){(uint32_t)(j - turns->jobs), j->task.worker, now_ns};
    j->fired++;
    j->last = gettid();
    if (j->moves)
        j->task.worker = (j->task.worker + 1) % j->crew->count;
    j->task.resting = j->rests;
    return now_ns + j->period_ns;
}

static struct rig *open_rig(struct pl_workers_settings settings, uint32_t count, bool free_running)
{
    struct rig *rig = calloc(1, sizeof *rig);
    settings.turn_ns = settings.turn_ns ? settings.turn_ns : 20 * MS;
    settings.stack_bytes = 256 << 10;
    rig->arena.capacity = pl_crew_arena_bytes(count, TASKS);
    rig->arena.base = aligned_alloc(PL_ARENA_ALIGN, rig->arena.capacity);
    memset(rig->arena.base, 0, rig->arena.capacity);
    pl_real_init();
    pl_loop_init(&rig->loop, rig->heap, 2 + TASKS);
    assert_true(pl_crew_open(&rig->crew, &settings, count, TASKS, free_running ? NULL : &rig->loop,
                             7, &rig->arena));
    return rig;
}

static void add_job(struct rig *rig, uint32_t index, struct job job)
{
    struct job *j = &rig->jobs[index];
    *j = job;
    j->crew = &rig->crew;
    j->task = (struct pl_task){.event = {.fire = fire, .context = j},
                               .worker = pl_crew_assign(&rig->crew)};
    pl_crew_add(&rig->crew, &j->task, rig->crew.loop ? pl_virtual_now() : 0);
}

static void free_rig(struct rig *rig)
{
    pl_crew_close(&rig->crew);
    turns = NULL;
    free(rig->arena.base);
    free(rig);
}

static struct rig *take_turns(struct pl_workers_settings settings, uint32_t count,
                              const struct job *job, int64_t duration_ns)
{
    struct rig *rig = open_rig(settings, count, false);
    turns = rig;
    for (uint32_t i = 0; i < TASKS; i++)
        add_job(rig, i, *job);
    pl_crew_start(&rig->crew);
    /* Turns count from 0, and the clock never goes back. */
    if (rig->crew.turns.fire)
        pl_loop_move(&rig->loop, &rig->crew.turns, pl_virtual_now() + rig->crew.settings.turn_ns);
    pl_loop_run(&rig->loop, pl_virtual_now() + duration_ns);
    return rig;
}

/* What is due before the end of a turn is fired in it, worker by worker, and at the end of the run
 * all that was due before that. */
static void workers_take_turns(void **state)
{
    (void)state;
    const struct job job = {.period_ns = 10 * MS};
    int64_t began_ns = pl_virtual_now();
    struct rig *rig = take_turns((struct pl_workers_settings){0}, 4, &job, 95 * MS);
    assert_int_equal(rig->logged, TASKS * 10);
    for (uint32_t i = 1; i < rig->logged; i++) {
        const struct firing *before = &rig->log[i - 1], *f = &rig->log[i];
        int64_t turn = (f->ns - began_ns) / (20 * MS), last = (before->ns - began_ns) / (20 * MS);
        assert_true(turn > last || (turn == last && f->worker >= before->worker));
        assert_int_equal(f->worker, f->job % 4); /* round robin */
    }
    for (uint32_t i = 0; i < TASKS; i++) {
        assert_int_not_equal(rig->jobs[i].last, gettid());
        assert_int_equal(rig->jobs[i].last == rig->jobs[0].last, i % 4 == 0);
    }
    assert_int_equal(rig->crew.threads_made, 4);
    free_rig(rig);
}

static void one_worker_is_the_thread_of_the_loop(void **state)
{
    (void)state;
    const struct job job = {.period_ns = 10 * MS};
    struct rig *rig = take_turns((struct pl_workers_settings){0}, 1, &job, 95 * MS);
    assert_int_equal(rig->logged, TASKS * 10);
    assert_int_equal(rig->jobs[5].last, gettid());
    assert_int_equal(rig->crew.threads_made, 0);
    free_rig(rig);
}

/* Also where the next worker had its turn already. */
static void a_task_that_moves_is_never_lost(void **state)
{
    (void)state;
    const struct job job = {.period_ns = 7 * MS, .moves = true};
    struct rig *first = take_turns((struct pl_workers_settings){.assign = PL_ASSIGN_RANDOM}, 5,
                                   &job, 700 * MS);
    uint32_t logged = first->logged;
    struct firing *log = malloc(sizeof first->log);
    memcpy(log, first->log, sizeof first->log);
    assert_true(logged >= TASKS * 95 && logged <= TASKS * 100);
    free_rig(first);
    struct rig *second = take_turns((struct pl_workers_settings){.assign = PL_ASSIGN_RANDOM}, 5,
                                    &job, 700 * MS);
    assert_int_equal(second->logged, logged);
    for (uint32_t i = 0; i < logged; i++)
        assert_true(log[i].job == second->log[i].job && log[i].worker == second->log[i].worker);
    free(log);
    free_rig(second);
}

static void threads_are_made_anew_after_a_time(void **state)
{
    (void)state;
    const struct job job = {.period_ns = 10 * MS};
    const struct pl_workers_settings settings = {.renew = PL_RENEW_TIME, .renew_ns = 100 * MS};
    struct rig *rig = take_turns(settings, 2, &job, 1000 * MS);
    assert_int_equal(rig->logged, TASKS * 100);
    assert_in_range(rig->crew.threads_made, 2 + 2 * 8, 2 + 2 * 10);
    free_rig(rig);
}

/* Jobs of 10 ms, one every 100: each has a thread that no other had. */
static void threads_are_made_anew_for_each_job(void **state)
{
    (void)state;
    const struct job job = {.period_ns = 100 * MS, .rests = true};
    const struct pl_workers_settings settings = {.renew = PL_RENEW_JOB};
    struct rig *rig = take_turns(settings, TASKS, &job, 1000 * MS);
    assert_int_equal(rig->logged, TASKS * 10);
    assert_int_equal(rig->crew.threads_made, TASKS * 10);
    for (uint32_t i = 0; i < TASKS; i++)
        assert_false(rig->crew.worker[i].started);
    free_rig(rig);
}

static void the_least_loaded_is_given_the_next(void **state)
{
    (void)state;
    struct rig *rig =
        open_rig((struct pl_workers_settings){.assign = PL_ASSIGN_LEAST_LOADED}, 3, false);
    for (uint32_t i = 0; i < 5; i++) {
        add_job(rig, i, (struct job){.period_ns = MS});
        assert_int_equal(rig->jobs[i].task.worker, i % 3);
    }
    assert_int_equal(pl_crew_assign(&rig->crew), 2);
    free_rig(rig);
}

static void *stop_after(void *context)
{
    nanosleep(&(struct timespec){.tv_nsec = 500 * MS}, NULL);
    pl_crew_stop(context);
    return NULL;
}

static struct rig *run_freely(struct pl_workers_settings settings, uint32_t count,
                              const struct job *job)
{
    struct rig *rig = open_rig(settings, count, true);
    pthread_t stopper;
    for (uint32_t i = 0; i < TASKS; i++)
        add_job(rig, i, *job);
    int64_t began_ns = pl_real_now();
    assert_int_equal(pthread_create(&stopper, NULL, stop_after, &rig->crew), 0);
    pl_crew_run(&rig->crew, began_ns);
    rig->ran_ns = pl_real_now() - began_ns;
    pthread_join(stopper, NULL);
    return rig;
}

/* On a busy machine some are late, as is the one who stops them, and none is lost. */
static void check_fired(const struct rig *rig)
{
    for (uint32_t i = 0; i < TASKS; i++) {
        int64_t due = rig->ran_ns / rig->jobs[i].period_ns;
        assert_in_range(rig->jobs[i].fired, due / 2, due + 1);
    }
}

static void workers_run_freely(void **state)
{
    (void)state;
    const struct job stays = {.period_ns = 5 * MS}, moves = {.period_ns = 5 * MS, .moves = true};
    for (uint32_t count = 1; count < 6; count += 2) {
        struct rig *rig = run_freely((struct pl_workers_settings){0}, count, &stays);
        check_fired(rig);
        assert_int_equal(rig->crew.threads_made, count == 1 ? 0 : count);
        free_rig(rig);
        rig = run_freely((struct pl_workers_settings){0}, count, &moves);
        check_fired(rig);
        free_rig(rig);
    }
}

static void free_threads_are_made_anew(void **state)
{
    (void)state;
    const struct job job = {.period_ns = 20 * MS, .rests = true, .moves = true};
    struct pl_workers_settings settings = {.renew = PL_RENEW_JOB};
    struct rig *rig = run_freely(settings, 8, &job);
    check_fired(rig);
    assert_true(rig->crew.threads_made > 8);
    free_rig(rig);
    settings = (struct pl_workers_settings){.renew = PL_RENEW_TIME, .renew_ns = 50 * MS};
    rig = run_freely(settings, 3, &job);
    check_fired(rig);
    assert_in_range(rig->crew.threads_made, 3 + 3, 3 + 3 * (1 + rig->ran_ns / settings.renew_ns));
    free_rig(rig);
}

/* Each waits long, and is woken by the one before it. */
static int64_t wake_next(void *context, int64_t now_ns)
{
    struct job *j = context;
    (void)now_ns;
    __atomic_fetch_add(&j->fired, 1, __ATOMIC_RELAXED);
    if (j->moves)
        pl_crew_wake(j->crew, &j[1].task, 0);
    return PL_NEVER;
}

static void a_task_is_woken_by_another_worker(void **state)
{
    (void)state;
    struct rig *rig = open_rig((struct pl_workers_settings){0}, 4, true);
    pthread_t stopper;
    for (uint32_t i = 0; i < 4; i++) {
        struct job *j = &rig->jobs[i];
        *j = (struct job){.crew = &rig->crew, .moves = i < 3};
        j->task = (struct pl_task){.event = {.fire = wake_next, .context = j}, .worker = i};
        pl_crew_add(&rig->crew, &j->task, i == 0 ? 0 : PL_NEVER);
    }
    assert_int_equal(pthread_create(&stopper, NULL, stop_after, &rig->crew), 0);
    pl_crew_run(&rig->crew, pl_real_now());
    pthread_join(stopper, NULL);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(rig->jobs[i].fired, 1);
    free_rig(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(workers_take_turns),
        cmocka_unit_test(one_worker_is_the_thread_of_the_loop),
        cmocka_unit_test(a_task_that_moves_is_never_lost),
        cmocka_unit_test(threads_are_made_anew_after_a_time),
        cmocka_unit_test(threads_are_made_anew_for_each_job),
        cmocka_unit_test(the_least_loaded_is_given_the_next),
        cmocka_unit_test(workers_run_freely),
        cmocka_unit_test(free_threads_are_made_anew),
        cmocka_unit_test(a_task_is_woken_by_another_worker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
