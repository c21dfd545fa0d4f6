/* hyperfine: what the whole command takes, from its start to its end, the controller included. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/child.h"
#include "harness/base/files.h"
#include "harness/base/shell_words.h"
#include "harness/base/temporary.h"
#include "harness/instruments/hyperfine_results.h"
#include "harness/instruments/observation.h"
#include "harness/scenario/traits.h"

#define RUNS "7" /* and one before them that does not count */
#define TIMEOUT_MS 300000

struct command {
    char hyperfine[PL_OBSERVATION_PATH];
    char plimsoll[PL_OBSERVATION_PATH];
    struct pl_temporary folder; /* for the runs' results, which nobody reads */
    char export[PL_OBSERVATION_PATH];
    char text[16384]; /* the command that is timed */
};

static int check(struct pl_error *error)
{
    char path[PL_OBSERVATION_PATH];
    if (pl_child_find("hyperfine", path, sizeof path))
        return pl_error_set(error, -ENOENT, "hyperfine is not in PATH");
    return 0;
}

static void add_option(struct command *c, const char *option, const char *value)
{
    pl_shell_words_add(c->text, sizeof c->text, option);
    pl_shell_words_add(c->text, sizeof c->text, value);
}

/* The same question, without a container and for the duration of an observation. */
static int write_command(const struct pl_observation *o, struct command *c, struct pl_error *error)
{
    const struct pl_scenario *s = o->scenario;
    char number[64];
    pl_shell_words_add(c->text, sizeof c->text, c->plimsoll);
    add_option(c, "run", s->path);
    add_option(c, "--allocator", o->stack_run);
    const bool own = o->cell.format == PL_FORMAT_OWN; /* a trace's, and its threads are, too */
    if (!own)
        add_option(c, "--format", pl_format_name(o->cell.format));
    add_option(c, "--tier", pl_tier_name((enum pl_tier)s->tier));
    for (size_t i = 0; i < o->asked.setting_count; i++)
        add_option(c, "--set", o->asked.settings[i]);
    snprintf(number, sizeof number, "threads=%" PRIu32, o->cell.threads);
    if (!own)
        add_option(c, "--set", number);
    snprintf(number, sizeof number, "duration=%" PRId64 "ns", s->duration_ns);
    add_option(c, "--set", number);
    add_option(c, "--set", "container=none");
    snprintf(number, sizeof number, "%" PRIu64, s->seed);
    add_option(c, "--seed", number);
    add_option(c, "--repeat", "1");
    char out[sizeof c->folder.path + 8]; /* the folder itself is held by this process */
    snprintf(out, sizeof out, "%s/run", c->folder.path);
    add_option(c, "--out", out);
    pl_shell_words_add(c->text, sizeof c->text, "--force");
    if (strlen(c->text) + 1 == sizeof c->text)
        return pl_error_set(error, -ENOTSUP, "the command is too long for hyperfine");
    return 0;
}

static int prepare(struct pl_observation *o, struct command *c, struct pl_error *error)
{
    if (pl_traits_of(o->scenario)->foreign)
        return pl_error_set(error, -ENOTSUP, "a program runs for its duration, whatever it does");
    if (pl_child_find("hyperfine", c->hyperfine, sizeof c->hyperfine))
        return pl_error_set(error, -ENOTSUP, "hyperfine is not in PATH");
    if (pl_child_find_beside("plimsoll", c->plimsoll, sizeof c->plimsoll))
        return pl_error_set(error, -ENOTSUP, "this program is not called plimsoll");
    int rc = pl_temporary_make(&c->folder, "hyperfine", error);
    if (rc)
        return rc;
    pl_observation_path(o, "json", c->export, sizeof c->export);
    pl_observation_forget(o, "json");
    return write_command(o, c, error);
}

static int time_command(struct pl_observation *o, const struct command *c, struct pl_error *error)
{
    const char *const argv[] = {c->hyperfine, "-N", "--style",       "none",    "--warmup", "1",
                                "--runs",     RUNS, "--export-json", c->export, c->text,    NULL};
    return pl_observation_program(o, argv, TIMEOUT_MS, error);
}

static int report(struct pl_observation *o, const struct command *c, struct pl_error *error)
{
    struct pl_hyperfine times;
    char *text = NULL;
    size_t size = 0;
    int rc = pl_file_read(c->export, PL_FILE_OUTPUT_BYTES_MAX, &text, &size, error);
    if (!rc)
        rc = pl_hyperfine_parse(text, size, c->export, &times, error);
    free(text);
    if (rc)
        return rc;
    pl_observation_file(o, "json");
    pl_observation_real(o, "median_seconds", times.median_seconds);
    pl_observation_real(o, "mean_seconds", times.mean_seconds);
    pl_observation_real(o, "stddev_seconds", times.stddev_seconds);
    pl_observation_real(o, "min_seconds", times.min_seconds);
    pl_observation_real(o, "max_seconds", times.max_seconds);
    pl_observation_integer(o, "runs", times.runs);
    return 0;
}

static int observe(struct pl_observation *o, struct pl_error *error)
{
    struct command *c = calloc(1, sizeof *c);
    if (!c)
        return pl_error_set(error, -ENOMEM, "out of memory");
    c->folder.fd = -1; /* nothing to remove yet */
    int rc = prepare(o, c, error);
    if (!rc)
        pl_observation_version(o, c->hyperfine);
    if (!rc)
        rc = time_command(o, c, error);
    if (!rc)
        rc = report(o, c, error);
    pl_temporary_remove(&c->folder);
    free(c);
    return rc;
}

const struct pl_instrument pl_instrument_hyperfine = {
    .name = "hyperfine",
    .sees = "the wall time of the whole command, start and end of controller and cell included",
    .blind =
        "It can't tell the cell from what surrounds it: most of a short run is start-up. It "
        "times one stack after the other, not in turns, so that whatever else the machine does "
        "in the meantime looks like a difference: secondary, and no gate judges it. CPU and "
        "comparisons come from the cells and their pairs.",
    .headline = "median_seconds",
    .get = "`ci/setup` installs it",
    .slowdown = 1,
    .longest_ns = INT64_C(60) * 1000000000,
    .tells_threads = true,
    .check = check,
    .observe = observe,
};
