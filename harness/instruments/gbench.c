/* Google Benchmark: plimsoll-gbench (harness/bench) on one stack. All benchmarks are timed in one
 * process; then each is counted and weighed in a process of its own, so that none has the memory of
 * another under it. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/child.h"
#include "harness/base/files.h"
#include "harness/base/proc.h"
#include "harness/instruments/gbench_results.h"
#include "harness/instruments/observation.h"
#include "harness/scenario/traits.h"

#define PROGRAM "plimsoll-gbench"
#define GET "`ci/setup` installs Google Benchmark; then configure and build again"
#define SETTINGS_MAX 63 /* of the person's; the program takes one more */

/* 12 benchmarks of 5 x 50 ms and what Google Benchmark tries beforehand: 6 s on an idle machine. */
#define REPETITIONS "--benchmark_repetitions=5"
#define MIN_TIME "--benchmark_min_time=0.05"
#define TIMED_TIMEOUT_MS 180000
/* Counting needs no more time than to get memory into its steady state. */
#define MEMORY_MIN_TIME "--benchmark_min_time=0.01"
#define MEMORY_TIMEOUT_MS 60000

struct command {
    char program[PL_OBSERVATION_PATH];
    char seed[64];
    char out[PL_OBSERVATION_PATH + 32];
    char filter[1024];
    const char *argv[2 * SETTINGS_MAX + 24];
    size_t count;
};

static int check(struct pl_error *error)
{
    char path[PL_OBSERVATION_PATH];
    int rc = pl_proc_check(error);
    if (rc)
        return rc;
    if (pl_child_find_beside(PROGRAM, path, sizeof path))
        return pl_error_set(error, -ENOENT,
                            PROGRAM " was not built: Google Benchmark was not found");
    return 0;
}

static void add(struct command *c, const char *word)
{
    c->argv[c->count++] = word;
}

static void add_pair(struct command *c, const char *option, const char *value)
{
    add(c, option);
    add(c, value);
}

/* What both passes have in common: the scenario as the person asked for it. */
static int begin(struct pl_observation *o, struct command *c, struct pl_error *error)
{
    const struct pl_scenario *s = o->scenario;
    if (pl_child_find_beside(PROGRAM, c->program, sizeof c->program))
        return pl_error_set(error, -ENOTSUP, PROGRAM " is not there");
    if (o->asked.setting_count > SETTINGS_MAX)
        return pl_error_set(error, -ENOTSUP, PROGRAM " has too many --set; expected at most %d",
                            SETTINGS_MAX);
    add(c, c->program);
    add_pair(c, "--stack", o->stack_run);
    add_pair(c, "--scenario", s->path);
    add_pair(c, "--tier", pl_tier_name((enum pl_tier)s->tier));
    add_pair(c, "--format", pl_format_name(o->cell.format));
    for (size_t i = 0; i < o->asked.setting_count; i++)
        add_pair(c, "--set", o->asked.settings[i]);
    snprintf(c->seed, sizeof c->seed, "seed=%" PRIu64, s->seed);
    add_pair(c, "--set", c->seed);
    return 0;
}

static void write_to(struct pl_observation *o, struct command *c, const char *suffix)
{
    char path[PL_OBSERVATION_PATH];
    pl_observation_path(o, suffix, path, sizeof path);
    snprintf(c->out, sizeof c->out, "--benchmark_out=%s", path);
    pl_observation_forget(o, suffix);
    add(c, c->out);
    add(c, "--benchmark_out_format=json");
}

/* Reads FOLDER/<stem>.SUFFIX. @param text free() */
static int read_back(struct pl_observation *o, const char *suffix, char *path, char **text,
                     size_t *size, struct pl_error *error)
{
    pl_observation_path(o, suffix, path, PL_OBSERVATION_PATH);
    return pl_file_read(path, PL_FILE_OUTPUT_BYTES_MAX, text, size, error);
}

static int time_all(struct pl_observation *o, struct pl_error *error)
{
    struct command c = {.count = 0};
    char path[PL_OBSERVATION_PATH], *text = NULL;
    size_t size = 0;
    int rc = begin(o, &c, error);
    if (rc)
        return rc;
    add(&c, REPETITIONS);
    add(&c, MIN_TIME);
    write_to(o, &c, "json");
    rc = pl_observation_program(o, c.argv, TIMED_TIMEOUT_MS, error);
    if (!rc)
        rc = read_back(o, "json", path, &text, &size, error);
    if (!rc)
        rc = pl_gbench_times(text, size, path, &o->benchmarks, error);
    free(text);
    if (!rc)
        pl_observation_file(o, "json");
    return rc;
}

/* A regular expression that this name alone satisfies. */
static void set_filter(struct command *c, const char *name)
{
    size_t used = (size_t)snprintf(c->filter, sizeof c->filter, "--benchmark_filter=^");
    for (; *name && used + 4 < sizeof c->filter; name++) {
        if (!isalnum((unsigned char)*name) && !strchr("_/:-", *name))
            c->filter[used++] = '\\';
        c->filter[used++] = *name;
    }
    snprintf(c->filter + used, sizeof c->filter - used, "$");
    add(c, c->filter);
}

/* The plain outputs go into one, which has the first one's context: a file that Google Benchmark's
 * own tools read. */
static void gather(json_t **all, const char *text, size_t size)
{
    json_t *one = json_loadb(text, size, 0, NULL);
    if (!*all)
        *all = json_incref(one);
    else
        json_array_extend(json_object_get(*all, "benchmarks"), json_object_get(one, "benchmarks"));
    json_decref(one);
}

static int weigh(struct pl_observation *o, json_t *benchmark, json_t **all, struct pl_error *error)
{
    struct command c = {.count = 0};
    char path[PL_OBSERVATION_PATH], *text = NULL;
    size_t size = 0;
    int rc = begin(o, &c, error);
    if (rc)
        return rc;
    add(&c, "--memory");
    add(&c, MEMORY_MIN_TIME);
    set_filter(&c, json_string_value(json_object_get(benchmark, "name")));
    write_to(o, &c, "one.json");
    rc = pl_observation_program(o, c.argv, MEMORY_TIMEOUT_MS, error);
    if (!rc)
        rc = read_back(o, "one.json", path, &text, &size, error);
    if (!rc)
        rc = pl_gbench_memory(text, size, path, benchmark, error);
    if (!rc)
        gather(all, text, size);
    free(text);
    pl_observation_forget(o, "one.json");
    return rc;
}

static int keep(struct pl_observation *o, const json_t *all, struct pl_error *error)
{
    char path[PL_OBSERVATION_PATH];
    struct pl_file file;
    pl_observation_path(o, "memory.json", path, sizeof path);
    int rc = pl_file_open(&file, path, error);
    if (rc)
        return rc;
    json_dumpf(all, file.stream, JSON_INDENT(2));
    fputc('\n', file.stream);
    rc = pl_file_commit(&file, error);
    if (!rc)
        pl_observation_file(o, "memory.json");
    return rc;
}

static bool was_timed(const json_t *benchmark)
{
    return json_object_get(benchmark, "repetitions") != NULL;
}

static int weigh_all(struct pl_observation *o, struct pl_error *error)
{
    json_t *all = NULL, *benchmark;
    size_t i;
    int rc = 0;
    json_array_foreach(o->benchmarks, i, benchmark)
    {
        if (!rc && was_timed(benchmark))
            rc = weigh(o, benchmark, &all, error);
    }
    if (!rc && all)
        rc = keep(o, all, error);
    json_decref(all);
    return rc;
}

/* What stands for the rest in the shortest table. */
static int summarize(struct pl_observation *o, struct pl_error *error)
{
    static const struct {
        const char *name, *figure;
    } headlines[] = {{"receiver", "receiver_cpu_ns_per_packet"},
                     {"replay_floor", "replay_floor_cpu_ns_per_packet"}};
    const json_t *benchmark;
    size_t i, timed = 0;
    json_array_foreach(o->benchmarks, i, benchmark)
    {
        const char *name = json_string_value(json_object_get(benchmark, "name"));
        const json_t *ns = json_object_get(benchmark, "cpu_ns_per_operation");
        timed += was_timed(benchmark);
        for (size_t k = 0; ns && k < sizeof headlines / sizeof *headlines; k++)
            if (strcmp(name, headlines[k].name) == 0)
                pl_observation_real(o, headlines[k].figure, json_real_value(ns));
    }
    pl_observation_integer(o, "benchmarks_timed", timed);
    pl_observation_integer(o, "benchmarks_skipped", json_array_size(o->benchmarks) - timed);
    return timed ? 0 : pl_error_set(error, -ENODATA, "every benchmark was skipped");
}

static int observe(struct pl_observation *o, struct pl_error *error)
{
    if (!pl_traits_of(o->scenario)->benchmarks)
        return pl_error_set(error, -ENOTSUP, "the benchmarks are of the pipeline receiver");
    int rc = time_all(o, error);
    if (!rc)
        rc = summarize(o, error);
    return rc ? rc : weigh_all(o, error);
}

const struct pl_instrument pl_instrument_gbench = {
    .name = "gbench",
    .sees = "ns an operation of a stack in tight loops, and what they take, by Google Benchmark",
    .blind = "These are micro-benchmarks: no gate judges them. A loop has the caches to itself and "
             "no idle time, and time is real, so that a heap that purges by time hardly does. They "
             "tell where a stack's time goes; what a server pays is in the cells. replay_floor is "
             "the receiver on null in the same process: what remains of `receiver` above it is the "
             "stack's. Debian's Google Benchmark calls itself a debug library, which concerns its "
             "own code alone.",
    .headline = "receiver_cpu_ns_per_packet",
    .get = GET,
    .slowdown = 1,
    .longest_ns = INT64_MAX, /* it replays packets, not a duration */
    .check = check,
    .observe = observe,
};
