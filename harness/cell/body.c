/* The parts of a measured process that both clocks share (body.h). */
#include "harness/cell/body.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/cell/callgrind_window.h"
#include "harness/cell/helgrind_shared.h"
#include "harness/cell/injected_regression.h"
#include "harness/clock/real.h"

int pl_cell_fail(int code, const char *text)
{
    pl_record_failure(PL_RECORD_FD, code, text);
    return 1;
}

static int open_stack(struct pl_cell *cell, struct pl_error *error)
{
    const struct pl_scenario *s = &cell->job->scenario;
    int rc = pl_stack_parse(cell->job->stack, &cell->spec, error);
    if (!rc)
        rc = pl_stack_open(&cell->spec, s->classes, s->class_count, s->budgets, s->budget_count,
                           &cell->stack, error);
    if (!rc)
        pl_cell_trim_open(&cell->trim, &cell->spec);
    return rc;
}

static bool open_sides(struct pl_cell *cell)
{
    const struct pl_job *job = cell->job;
    if (!pl_sides_open(&cell->sides, job->sides, cell->stack, &job->scenario, job->seed,
                       &cell->arena) ||
        (job->crowd && !pl_sides_crowd(&cell->sides, job->at_once, &cell->arena)))
        return false;
    for (uint32_t i = 0; i < cell->sides.count; i++) {
        pl_declare_shared(cell->sides.side[i], sizeof *cell->sides.side[i]);
        if (job->observed)
            pl_meter_untimed(&cell->sides.side[i]->meter);
    }
    return true;
}

static int open_sampler(struct pl_cell *cell)
{
    cell->sampler = (struct pl_sampler){
        .stack = cell->stack,
        .sides = &cell->sides,
        .alerts = {&cell->job->scenario, &cell->sides, PL_RECORD_FD, {false}},
        .ceiling_bytes = cell->job->ceiling_bytes,
        .record_fd = PL_RECORD_FD,
    };
    return pl_sampler_open(&cell->sampler);
}

static void open_ledger(struct pl_cell *cell)
{
    const struct pl_job *job = cell->job;
    cell->ledger = (struct pl_cell_ledger){
        .ledger = pl_stack_ledger(cell->stack),
        .record_fd = PL_RECORD_FD,
        .duration_ns = job->scenario.duration_ns,
        .at_ns = job->ledger_at_ns,
        .at_count = job->ledger_at_count,
    };
}

static int open_parts(struct pl_cell *cell, struct pl_error *error)
{
    struct pl_job *job = cell->job;
    cell->arena = (struct pl_arena){(uint8_t *)job + job->arena_offset, 0, job->arena_bytes};
    pl_injected_objects(&job->scenario);
    int rc = open_stack(cell, error);
    if (rc)
        return rc;
    open_ledger(cell);
    rc = open_sides(cell) ? open_sampler(cell) : -ENOMEM;
    return rc ? pl_error_set(error, rc, "the cell can't start: %s", strerror(-rc)) : 0;
}

int pl_cell_open(struct pl_cell *cell)
{
    struct pl_error error;
    *cell = (struct pl_cell){0};
    pl_real_init();
    cell->job = pl_job_map(PL_JOB_FD);
    if (!cell->job) {
        fputs("a cell is started by plimsoll run, not by hand\n", stderr);
        return -EINVAL;
    }
    pl_declare_shared(&cell->job->link, sizeof cell->job->link);
    int rc = open_parts(cell, &error);
    if (rc)
        pl_cell_fail(rc, error.text);
    return rc;
}

int pl_cell_open_crew(struct pl_cell *cell, struct pl_loop *loop, struct pl_error *error)
{
    const struct pl_job *job = cell->job;
    if (!job->tasks || pl_crew_open(&cell->crew, &job->scenario.workers, job->sides, job->tasks,
                                    loop, job->seed, &cell->arena))
        return 0;
    return pl_error_set(error, -ENOMEM, "the cell can't start: its arena is too small");
}

struct pl_pipeline_inputs pl_cell_inputs(struct pl_cell *cell, struct pl_loop *loop)
{
    const struct pl_job *job = cell->job;
    return (struct pl_pipeline_inputs){
        .scenario = &job->scenario,
        .recording = pl_job_recording(job),
        .stack = &cell->spec,
        .format = (enum pl_format)job->format,
        .seed = job->seed,
        .sides = &cell->sides,
        .loop = loop,
        .crew = cell->crew.count ? &cell->crew : NULL,
        .arena = &cell->arena,
        .observed = job->observed,
        .media = &cell->media,
    };
}

void pl_cell_clock(struct pl_cell *cell, const int64_t *virtual_ns)
{
    cell->takes_turns = virtual_ns != NULL;
    pl_stack_clock(cell->stack, virtual_ns ? virtual_ns : &cell->ledger.now_ns);
}

void pl_cell_trim(struct pl_cell *cell, int64_t t_ns)
{
    pl_cell_trim_look(&cell->trim, &cell->sampler, t_ns);
}

/* What the ledger takes is the sampler's time: no part of what is measured. */
void pl_cell_sample(struct pl_cell *cell, int64_t t_ns)
{
    pl_sampler_sample(&cell->sampler, t_ns);
    int64_t started_ns = cell->ledger.ledger ? pl_real_thread_cpu() : 0;
    pl_cell_ledger_sample(&cell->ledger, t_ns, cell->takes_turns);
    if (cell->ledger.ledger)
        cell->sampler.own_cpu_ns += pl_real_thread_cpu() - started_ns;
}

void pl_cell_begin(struct pl_cell *cell)
{
    uint64_t shared;
    pl_sampler_reset_peak();
    pl_sampler_resident(&cell->sampler, &cell->rss_bytes_before, &shared);
    getrusage(RUSAGE_SELF, &cell->usage_start);
    cell->sampler.cpu_start_ns = pl_real_cpu();
    cell->real_start_ns = pl_real_now();
    pl_injected_rss();
    pl_callgrind_toggle();
}

static void add_class(struct pl_class_record *record, const struct pl_meter *meter, uint32_t i)
{
    const struct pl_class_books *books = &meter->books[i];
    uint64_t acquires = pl_counter_read(&books->acquires),
             releases = pl_counter_read(&books->releases);
    record->size = meter->sizes[i];
    record->acquires += acquires;
    record->releases += releases;
    record->failures += pl_counter_read(&books->failures);
    record->acquired_bytes += acquires * record->size + pl_counter_read(&books->acquired_excess);
    record->released_bytes += releases * record->size + pl_counter_read(&books->released_excess);
}

/* As they are now: live threads go on until they are told to stop. */
static void take_books(struct pl_cell *cell)
{
    struct pl_final *final = &cell->final;
    final->live_bytes_peak = pl_sides_live_peak(&cell->sides);
    final->class_count = cell->job->scenario.class_count;
    for (uint32_t i = 0; i < final->class_count; i++)
        for (uint32_t k = 0; k < cell->sides.count; k++)
            add_class(&final->classes[i], &cell->sides.side[k]->meter, i);
}

static int64_t since(const struct timeval *now, const struct timeval *start)
{
    return (now->tv_sec - start->tv_sec) * INT64_C(1000000000) +
           (now->tv_usec - start->tv_usec) * INT64_C(1000);
}

void pl_cell_end(struct pl_cell *cell, int64_t t_ns)
{
    struct pl_final *final = &cell->final;
    struct rusage usage;
    pl_callgrind_toggle();
    pl_injected_cpu(cell->sampler.cpu_start_ns + cell->sampler.own_cpu_ns);
    *final = (struct pl_final){.kind = PL_RECORD_FINAL, .size = sizeof *final, .t_ns = t_ns};
    final->cpu_ns = pl_real_cpu() - cell->sampler.cpu_start_ns - cell->sampler.own_cpu_ns;
    final->real_ns = pl_real_now() - cell->real_start_ns;
    getrusage(RUSAGE_SELF, &usage);
    final->cpu_user_ns = since(&usage.ru_utime, &cell->usage_start.ru_utime);
    final->cpu_system_ns = since(&usage.ru_stime, &cell->usage_start.ru_stime);
    final->faults_minor = (uint64_t)(usage.ru_minflt - cell->usage_start.ru_minflt);
    final->faults_major = (uint64_t)(usage.ru_majflt - cell->usage_start.ru_majflt);
    final->rss_bytes_before = cell->rss_bytes_before;
    final->rss_bytes_peak = pl_sampler_peak(&cell->sampler);
    final->vsz_bytes_peak = pl_sampler_space() - cell->job->bytes; /* ours is no part of it */
    final->at_ceiling = cell->sampler.at_ceiling;
    final->trims = cell->trim.trims;
    final->threads_made = cell->crew.threads_made;
    final->threads_failed = cell->crew.threads_failed;
    if (!final->at_ceiling)
        pl_cell_sample(cell, t_ns);
    take_books(cell);
    if (!cell->job
             ->observed) /* it takes memory from the heap itself, which an instrument would count */
        pl_stack_tell(&cell->trim.spec, &final->heap);
}

/* Into the first side's: nothing is timed any more. */
static const struct pl_histogram *all_latencies(struct pl_sides *sides)
{
    for (uint32_t i = 1; i < sides->count; i++)
        pl_histogram_merge(&sides->side[0]->meter.acquire_ns, &sides->side[i]->meter.acquire_ns);
    return &sides->side[0]->meter.acquire_ns;
}

void pl_cell_settle(struct pl_cell *cell)
{
    struct pl_final *final = &cell->final;
    pl_cell_ledger_end(&cell->ledger, final->t_ns);
    const struct pl_histogram *h = all_latencies(&cell->sides);
    final->acquire_ns_p50 = pl_histogram_quantile(h, 0.5);
    final->acquire_ns_p99 = pl_histogram_quantile(h, 0.99);
    final->acquire_ns_p999 = pl_histogram_quantile(h, 0.999);
    final->acquire_ns_max = h->max;
    final->acquires_timed = h->count;
}

void pl_cell_finish(struct pl_cell *cell)
{
    pl_stack_stats(cell->stack, &cell->final.stack);
    pl_sides_counts(&cell->sides, &cell->final.counts);
    cell->final.leaked_bytes = pl_sides_live(&cell->sides);
    cell->final.media = cell->media;
    pl_stack_close(cell->stack);
    pl_record_write(PL_RECORD_FD, &cell->final, sizeof cell->final);
}
