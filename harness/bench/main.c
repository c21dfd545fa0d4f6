/* plimsoll-gbench: micro-benchmarks of one stack under Google Benchmark.
 *
 *   plimsoll-gbench --stack SPEC [--scenario NAME] [--tier T] [--set KEY=VALUE]... [--format F]
 *                   [--memory] [--live] [Google Benchmark's own options]
 *
 * It times; with --memory it counts and weighs; --live sets the stack beside the same with a ledger
 * and does nothing else. Time is real here, for the heaps too: Google
 * Benchmark reads the same clock as they do. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/bench/enter.h"
#include "harness/bench/options.h"
#include "harness/bench/suite.h"
#include "harness/cell/enclosing.h"
#include "harness/clock/real.h"
#include "harness/pipelines/pipeline.h"
#include "harness/scenario/traits.h"

enum { EXIT_USAGE = 2, EXIT_MACHINE = 3 }; /* as plimsoll's own */

static int fail(int code, const struct pl_error *error)
{
    fprintf(stderr, "plimsoll-gbench: %s\n", error->text);
    return code;
}

/* Without its stalls: what is timed is a packet that is played. */
static int load(const struct gbench_options *o, struct pl_scenario *s,
                struct pl_recording **recording, struct pl_error *error)
{
    char path[1024];
    int rc = pl_scenario_find(o->scenario, path, sizeof path, error);
    if (!rc)
        rc = pl_scenario_load(path, o->tier, o->settings, o->setting_count, s, error);
    if (rc)
        return rc;
    if (!pl_traits_of(s)->benchmarks)
        return pl_error_set(error, -EINVAL, "%s: the benchmarks are of the receiver, not of %s",
                            s->name, pl_pipeline_of(s)->name);
    s->receiver.stall_count = 0;
    struct pl_capture_options capture = {
        .filter = s->traffic.filter,
        .payload = s->traffic.payload[0] ? s->traffic.payload : NULL,
    };
    rc = pl_capture_read(s->traffic.file, &capture, recording, NULL, error);
    return rc ? rc : pl_pipeline_of(s)->check(s, *recording, o->format, error);
}

/* What is to be done, in memory that the process which measures finds. */
static int make_job(const struct gbench_options *o, const struct pl_stack_spec *spec, int *fd,
                    struct pl_error *error)
{
    struct pl_recording *recording = NULL;
    struct pl_scenario *s = calloc(1, sizeof *s);
    if (!s)
        return pl_error_set(error, -ENOMEM, "out of memory");
    int rc = load(o, s, &recording, error);
    struct pl_enclosing enclosing;
    pl_enclosing_look(&enclosing);
    const struct pl_job_options job = {.scenario = s,
                                       .recording = recording,
                                       .stack = spec->text,
                                       .format = o->format,
                                       .threads = 1,
                                       .seed = s->seed,
                                       .room_bytes = pl_enclosing_room(&enclosing)};
    struct pl_job_memory memory = PL_JOB_MEMORY_NONE;
    if (!rc)
        rc = pl_stack_check(spec, s->classes, s->class_count, s->budgets, s->budget_count, error);
    if (!rc)
        rc = pl_job_make(&job, &memory, error);
    *fd = memory.fd;
    free(recording);
    free(s);
    return rc;
}

/* @return only if it can't be done */
static int enter(const struct gbench_options *o, char **argv)
{
    struct pl_stack_spec spec;
    struct pl_error error;
    int fd = -1;
    if (pl_stack_parse(o->stack, &spec, &error))
        return fail(EXIT_USAGE, &error);
    if (pl_stack_available(&spec, &error))
        return fail(EXIT_MACHINE, &error);
    int rc = make_job(o, &spec, &fd, &error);
    if (rc)
        return fail(rc == -ENOMEM ? EXIT_MACHINE : EXIT_USAGE, &error);
    bench_enter(&spec, fd, argv, &error);
    return fail(EXIT_MACHINE, &error);
}

/* What a reader of the JSON has to know, beside what Google Benchmark says there. Debian builds it
 * without NDEBUG, so that its library_build_type is "debug"; ours is that of the code measured. */
static int add_context(const struct suite *suite)
{
#ifdef NDEBUG
    static const char build[] = "release";
#else
    static const char build[] = "debug";
#endif
    const char *const context[][2] = {
        {"plimsoll_version", PL_VERSION},
        {"plimsoll_build_type", build},
        {"plimsoll_stack", suite->spec.text},
        {"plimsoll_scenario", suite->scenario->name},
        {"plimsoll_format", pl_format_name(suite->format)},
        {"plimsoll_pass", suite->memory ? "memory" : "time"},
    };
    int rc = 0;
    for (size_t i = 0; !rc && i < sizeof context / sizeof *context; i++)
        rc = pl_bench_context(context[i][0], context[i][1]);
    return rc;
}

static int register_all(struct suite *suite, bool live)
{
    static int (*const subjects[])(struct suite *) = {one_class_register, windows_register,
                                                      hand_over_register, replay_register};
    int rc = add_context(suite);
    if (!rc && live)
        return population_register(suite);
    for (size_t i = 0; !rc && i < sizeof subjects / sizeof *subjects; i++)
        rc = subjects[i](suite);
    return rc;
}

/* Google Benchmark has said itself what it can't read. */
static int run_benchmarks(int argc, char **argv)
{
    struct pl_error error;
    size_t ran = 0;
    int rc = pl_bench_run(argc, argv, &ran);
    if (rc == -ENOTSUP) {
        pl_error_set(&error, rc,
                     "--memory with repetitions: Google Benchmark up to 1.9.1 reads what it has "
                     "freed; expected one of the two");
        return fail(EXIT_USAGE, &error);
    }
    return rc || ran == 0 ? EXIT_USAGE : 0;
}

/* In the process that measures: no malloc but by Google Benchmark and under test. */
static int measure(const struct gbench_options *o, char **argv)
{
    struct pl_error error;
    struct suite suite;
    struct pl_job *job = pl_job_map(PL_JOB_FD);
    if (!job) {
        pl_error_set(&error, -EINVAL, "there is no job at descriptor %d", PL_JOB_FD);
        return fail(EXIT_MACHINE, &error);
    }
    pl_real_init();
    if (suite_open(&suite, job, o->memory, &error))
        return fail(EXIT_MACHINE, &error);
    int rc = register_all(&suite, o->live);
    if (rc)
        pl_error_set(&error, rc, "no benchmarks: %s", strerror(-rc));
    int code = rc ? fail(EXIT_MACHINE, &error) : run_benchmarks(o->rest, argv);
    suite_close(&suite);
    return code;
}

/* Each process reads the command line, and reading it takes it apart. */
static char **copy(int argc, char **argv)
{
    char **words = calloc((size_t)argc + 1, sizeof *words);
    if (words)
        memcpy(words, argv, (size_t)argc * sizeof *words);
    return words;
}

int main(int argc, char **argv)
{
    struct pl_error error;
    struct gbench_options options;
    bool entered = bench_entered();
    char **whole = entered ? NULL : copy(argc, argv);
    if (!entered && !whole)
        return EXIT_MACHINE;
    int code = gbench_options_read(argc, argv, &options, &error) ? fail(EXIT_USAGE, &error)
               : entered                                         ? measure(&options, argv)
                                                                 : enter(&options, whole);
    free(whole);
    return code;
}
