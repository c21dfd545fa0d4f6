/* plimsoll-cell: one measured run in a process of its own, started by the controller with the heap
 * preloaded. It reads its job from shared memory, replays the traffic through the stack under the
 * virtual clock and writes its records to a pipe. It calls no malloc but that under test. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "harness/cell/collect.h"
#include "harness/cell/job.h"
#include "harness/cell/planted.h"
#include "harness/cell/sampler.h"
#include "harness/clock/real.h"
#include "harness/pipelines/pipeline.h"

struct cell {
    const struct pl_job *job;
    struct pl_arena arena;
    struct pl_stack *stack;
    struct pl_meter *meter;
    struct pl_traffic_counts *counts;
    struct pl_loop loop;
    struct pl_sampler sampler;
    const struct pl_pipeline *pipeline;
    void *state;
    struct rusage usage_start;
    int64_t real_start_ns;
};

/* Tells the controller why the cell can't run. @return the exit code */
static int fail(int code, const char *text)
{
    struct pl_failure failure = {.kind = PL_RECORD_FAILURE, .size = sizeof failure, .code = code};
    memccpy(failure.text, text, 0, sizeof failure.text - 1);
    pl_record_write(PL_RECORD_FD, &failure, sizeof failure);
    return 1;
}

static int open_stack(struct cell *cell, struct pl_error *error)
{
    const struct pl_scenario *s = &cell->job->scenario;
    struct pl_stack_spec spec;
    int rc = pl_stack_parse(cell->job->stack, &spec, error);
    if (!rc)
        rc = pl_stack_open(&spec, s->classes, s->class_count, s->budgets, s->budget_count,
                           &cell->stack, error);
    return rc;
}

static int64_t on_sample(void *context, int64_t now_ns)
{
    struct pl_sampler *sampler = context;
    pl_collect_toggle();
    pl_sampler_sample(sampler, now_ns);
    pl_collect_toggle();
    return now_ns + sampler->interval_ns;
}

static int open_pipeline(struct cell *cell)
{
    const struct pl_job *job = cell->job;
    struct pl_pipeline_inputs inputs = {
        .scenario = &job->scenario,
        .recording = (const void *)((const char *)job + job->recording_offset),
        .format = (enum pl_format)job->format,
        .seed = job->seed,
        .meter = cell->meter,
        .loop = &cell->loop,
        .counts = cell->counts,
        .arena = &cell->arena,
    };
    cell->pipeline = pl_pipeline_of(&job->scenario);
    uint32_t events = cell->pipeline->event_count(&job->scenario) + 1;
    struct pl_event **heap = pl_arena_take(&cell->arena, events * sizeof *heap);
    if (!heap)
        return -ENOMEM;
    pl_loop_init(&cell->loop, heap, events);
    cell->state = cell->pipeline->open(&inputs);
    return cell->state ? 0 : -ENOMEM;
}

static int open_sampler(struct cell *cell)
{
    cell->sampler = (struct pl_sampler){
        .event = {.fire = on_sample, .context = &cell->sampler},
        .loop = &cell->loop,
        .stack = cell->stack,
        .meter = cell->meter,
        .counts = cell->counts,
        .interval_ns = cell->job->scenario.sample_interval_ns,
        .ceiling_bytes = cell->job->ceiling_bytes,
        .record_fd = PL_RECORD_FD,
    };
    pl_loop_add(&cell->loop, &cell->sampler.event, 0);
    return pl_sampler_open(&cell->sampler);
}

static void fill_final(struct cell *cell, struct pl_final *final)
{
    const struct pl_meter *meter = cell->meter;
    const struct pl_histogram *h = &meter->acquire_ns;
    final->acquire_ns_p50 = pl_histogram_quantile(h, 0.5);
    final->acquire_ns_p99 = pl_histogram_quantile(h, 0.99);
    final->acquire_ns_p999 = pl_histogram_quantile(h, 0.999);
    final->acquire_ns_max = h->max;
    final->acquires_timed = h->count;
    final->live_bytes_peak = meter->live_bytes_peak;
    final->class_count = meter->class_count;
    for (uint32_t i = 0; i < meter->class_count; i++) {
        const struct pl_class_books *books = &meter->books[i];
        final->classes[i] = (struct pl_class_record){meter->sizes[i], books->acquires,
                                                     books->releases, books->failures};
    }
}

/* The window: everything is open and touched, nothing has arrived. */
static void run_window(struct cell *cell, struct pl_final *final)
{
    struct rusage usage;
    pl_sampler_reset_peak();
    getrusage(RUSAGE_SELF, &cell->usage_start);
    cell->sampler.cpu_start_ns = pl_real_cpu();
    cell->real_start_ns = pl_real_now();
    pl_planted_rss();
    pl_collect_toggle();
    final->t_ns = pl_loop_run(&cell->loop, cell->job->scenario.duration_ns);
    pl_collect_toggle();
    pl_planted_cpu(cell->sampler.cpu_start_ns + cell->sampler.own_cpu_ns);
    final->cpu_ns = pl_real_cpu() - cell->sampler.cpu_start_ns - cell->sampler.own_cpu_ns;
    final->real_ns = pl_real_now() - cell->real_start_ns;
    getrusage(RUSAGE_SELF, &usage);
    final->faults_minor = (uint64_t)(usage.ru_minflt - cell->usage_start.ru_minflt);
    final->faults_major = (uint64_t)(usage.ru_majflt - cell->usage_start.ru_majflt);
    final->rss_bytes_peak = pl_sampler_peak(&cell->sampler);
    final->at_ceiling = cell->sampler.at_ceiling;
    if (!final->at_ceiling)
        pl_sampler_sample(&cell->sampler, final->t_ns);
}

static void finish(struct cell *cell, struct pl_final *final)
{
    fill_final(cell, final);
    cell->pipeline->close(cell->state, final->t_ns);
    pl_stack_stats(cell->stack, &final->stack);
    final->counts = *cell->counts;
    final->leaked_bytes = cell->meter->live_bytes;
    pl_stack_close(cell->stack);
    pl_record_write(PL_RECORD_FD, final, sizeof *final);
}

static int open_cell(struct cell *cell, struct pl_job *job, struct pl_error *error)
{
    cell->job = job;
    cell->arena = (struct pl_arena){(uint8_t *)job + job->arena_offset, 0, job->arena_bytes};
    cell->meter = pl_arena_take(&cell->arena, sizeof *cell->meter);
    cell->counts = pl_arena_take(&cell->arena, sizeof *cell->counts);
    if (!cell->meter || !cell->counts)
        return pl_error_set(error, -ENOMEM, "the job's arena is too small");
    pl_planted_objects(&job->scenario);
    int rc = open_stack(cell, error);
    if (rc)
        return rc;
    pl_meter_open(cell->meter, cell->stack, &job->scenario, job->seed);
    if (job->observed)
        pl_meter_untimed(cell->meter);
    rc = open_pipeline(cell);
    if (!rc)
        rc = open_sampler(cell);
    return rc ? pl_error_set(error, rc, "the cell can't start: %s", strerror(-rc)) : 0;
}

int main(void)
{
    struct cell cell = {0};
    struct pl_final final = {.kind = PL_RECORD_FINAL, .size = sizeof final};
    struct pl_error error;
    pl_real_init();
    struct pl_job *job = pl_job_map(PL_JOB_FD);
    if (!job) {
        fputs("plimsoll-cell is started by plimsoll run, not by hand\n", stderr);
        return 2;
    }
    int rc = open_cell(&cell, job, &error);
    if (rc)
        return fail(rc, error.text);
    run_window(&cell, &final);
    finish(&cell, &final);
    return 0;
}
