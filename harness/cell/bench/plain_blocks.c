/* The floor under cells of many threads: a plain program whose threads acquire, touch and free the
 * blocks of the pipeline `blocks`, in the same sizes, for the same lifetimes and in the same turns,
 * and nothing else: no events, metering, integrity. A thread has its turn each 20 ms of the time
 * that would go by, after the one before it; each cycle of a job is the next thread's.
 * `ci/speed` runs it beside a cell.
 *   plimsoll-plain-blocks TRACE THREADS JOBS LIVE_BYTES SECONDS   prints CPU ns an acquire or free
 * Cycles are of 1 s, the last 100 ms of it idle; jobs begin evenly over one. */
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "harness/base/random.h"
#include "harness/pipelines/stamp.h"
#include "harness/traffic/profile.h"

#define THREADS_MAX 64
#define TURN_MS 20 /* as workers.turn is unless it is given */
#define CYCLE_MS 1000
#define BUSY_MS 900
#define HELD_FROM 7 /* of the lifetimes in a profile: they last for the cycle */
#define WHEEL 64u   /* acquires within which the others go */

struct plain_list {
    void **blocks;
    size_t count;
    size_t capacity;
};

struct plain_job {
    struct plain_list held;
    struct plain_list wheel[WHEEL]; /* by the acquire after which they go */
    uint64_t random;
    uint64_t acquires;
    uint64_t held_bytes;
    uint64_t frees;
    uint64_t begin_ms;
    uint64_t next_ms; /* that is to be done */
    uint64_t thread;  /* whose the cycle is */
};

struct plain_run {
    const struct pl_profile *profile;
    struct plain_job *jobs;
    uint64_t job_count;
    uint64_t live_bytes;
    uint64_t threads;
    uint64_t cycles; /* that were begun */
    uint64_t from_ms;
    uint64_t until_ms;
    bool ending;
    sem_t turn[THREADS_MAX];
    sem_t done;
};

struct plain_thread {
    struct plain_run *run;
    uint64_t index;
    pthread_t thread;
};

static void *need(void *block)
{
    if (!block)
        exit(1);
    return block;
}

static void append(struct plain_list *list, void *block)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? 2 * list->capacity : 16;
        list->blocks = need(realloc(list->blocks, list->capacity * sizeof *list->blocks));
    }
    list->blocks[list->count++] = block;
}

static void free_all(struct plain_job *job, struct plain_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->blocks[i]);
    job->frees += list->count;
    list->count = 0;
}

static void acquire(const struct plain_run *run, struct plain_job *job)
{
    const struct pl_profile_row *row = pl_profile_draw(run->profile, pl_random_next(&job->random));
    uint8_t *block = need(malloc(row->size));
    pl_stamp_write(block, row->size, job->acquires);
    if (row->life >= HELD_FROM) {
        append(&job->held, block);
        job->held_bytes += row->size;
    } else {
        uint64_t low = row->life ? 1u << (row->life - 1) : 0;
        uint64_t after = low + (low > 1 ? pl_random_next(&job->random) % low : 0);
        append(&job->wheel[(job->acquires + after) % WHEEL], block);
    }
    free_all(job, &job->wheel[job->acquires++ % WHEEL]);
}

/* A millisecond of a job. Where its cycle is of a thread that had its turn, the next makes up. */
static void step(struct plain_run *run, struct plain_job *job, uint64_t now_ms)
{
    job->next_ms = now_ms + 1;
    uint64_t since_ms = (now_ms - job->begin_ms) % CYCLE_MS;
    if (since_ms < BUSY_MS) {
        uint64_t target = run->live_bytes * (since_ms + 1) / BUSY_MS;
        while (job->held_bytes < target)
            acquire(run, job);
    } else if (since_ms == BUSY_MS) {
        free_all(job, &job->held);
        job->held_bytes = 0;
    } else if (since_ms == CYCLE_MS - 1) {
        job->thread = run->cycles++ % run->threads;
    }
}

static void take_turn(struct plain_run *run, uint64_t thread)
{
    for (uint64_t ms = run->from_ms; ms < run->until_ms; ms++)
        for (uint64_t i = 0; i < run->job_count; i++)
            if (run->jobs[i].thread == thread && run->jobs[i].next_ms <= ms)
                step(run, &run->jobs[i], ms);
}

static void *serve(void *context)
{
    struct plain_thread *t = context;
    struct plain_run *run = t->run;
    for (;;) {
        while (sem_wait(&run->turn[t->index]))
            continue;
        if (run->ending)
            return NULL;
        take_turn(run, t->index);
        sem_post(t->index + 1 < run->threads ? &run->turn[t->index + 1] : &run->done);
    }
}

static void turn(struct plain_run *run)
{
    if (run->threads == 1) {
        take_turn(run, 0);
        return;
    }
    sem_post(&run->turn[0]);
    while (sem_wait(&run->done))
        continue;
}

static void start(struct plain_run *run, struct plain_thread *threads)
{
    sem_init(&run->done, 0, 0);
    for (uint64_t i = 0; i < run->threads; i++) {
        sem_init(&run->turn[i], 0, 0);
        threads[i] = (struct plain_thread){.run = run, .index = i};
        if (run->threads > 1 && pthread_create(&threads[i].thread, NULL, serve, &threads[i]))
            exit(1);
    }
    for (uint64_t i = 0; i < run->job_count; i++) {
        run->jobs[i].random = i + 1;
        run->jobs[i].begin_ms = CYCLE_MS * i / run->job_count;
        run->jobs[i].next_ms = run->jobs[i].begin_ms;
        run->jobs[i].thread = run->cycles++ % run->threads;
    }
}

static double cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void end(struct plain_run *run, const struct plain_thread *threads)
{
    run->ending = true;
    for (uint64_t i = 0; run->threads > 1 && i < run->threads; i++) {
        sem_post(&run->turn[i]);
        pthread_join(threads[i].thread, NULL);
    }
}

static void measure(struct plain_run *run, uint64_t end_ms)
{
    struct plain_thread threads[THREADS_MAX];
    uint64_t operations = 0;
    start(run, threads);
    double before = cpu_ns();
    for (; run->from_ms < end_ms; run->from_ms = run->until_ms) {
        run->until_ms = run->from_ms + TURN_MS;
        turn(run);
    }
    double took = cpu_ns() - before;
    for (uint64_t i = 0; i < run->job_count; i++)
        operations += run->jobs[i].acquires + run->jobs[i].frees;
    printf("%.1f\n", took / (double)operations);
    end(run, threads);
}

int main(int argc, char **argv)
{
    struct pl_profile *profile = NULL;
    struct pl_error error;
    uint64_t number[4] = {0};
    for (int i = 0; argc == 6 && i < 4; i++)
        number[i] = strtoull(argv[2 + i], NULL, 10);
    if (!number[0] || number[0] > THREADS_MAX || !number[1] || !number[2] || !number[3]) {
        fputs("usage: plimsoll-plain-blocks TRACE THREADS JOBS LIVE_BYTES SECONDS\n", stderr);
        return 2;
    }
    if (pl_profile_of_trace(argv[1], 0, 0, &profile, &error)) {
        fprintf(stderr, "plimsoll-plain-blocks: %s\n", error.text);
        return 2;
    }
    struct plain_run run = {
        .profile = profile, .threads = number[0], .job_count = number[1], .live_bytes = number[2]};
    run.jobs = need(calloc(run.job_count, sizeof *run.jobs));
    measure(&run, 1000 * number[3]);
    return 0; /* what is held goes with the process */
}
