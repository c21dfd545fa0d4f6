/* KDE's heaptrack: each allocation under the heap that is named, with its stack.
 *
 * Its library is preloaded and writes raw records; heaptrack_interpret finds the frames' names and
 * heaptrack_print sums them up, one kind of cost a run. The `heaptrack` script does the same
 * through a pipe between three programs, which nothing bounds. Its curve is left out: it takes a
 * point every 10 ms of real time, in which a replay passes minutes. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/child.h"
#include "harness/base/files.h"
#include "harness/instruments/inlined.h"
#include "harness/instruments/observation.h"

/* Where the parts of one installation lie. */
struct parts {
    char print[PL_OBSERVATION_PATH];
    char preload[PL_OBSERVATION_PATH];
    char interpret[PL_OBSERVATION_PATH];
};

/* The library and the interpreter lie in ../lib/heaptrack beside the folder of the programs. */
static int find_parts(struct parts *parts, struct pl_error *error)
{
    if (pl_child_find("heaptrack_print", parts->print, sizeof parts->print))
        return pl_error_set(error, -ENOENT, "heaptrack_print is not in PATH");
    char *real = realpath(parts->print, NULL);
    if (!real)
        return pl_error_set(error, -ENOENT, "heaptrack_print: %s", strerror(errno));
    *strrchr(real, '/') = '\0';
    snprintf(parts->preload, sizeof parts->preload,
             "%.4000s/../lib/heaptrack/libheaptrack_preload.so", real);
    snprintf(parts->interpret, sizeof parts->interpret,
             "%.4000s/../lib/heaptrack/libexec/heaptrack_interpret", real);
    free(real);
    if (access(parts->preload, R_OK))
        return pl_error_set(error, -ENOENT, "%.300s is missing", parts->preload);
    if (access(parts->interpret, X_OK))
        return pl_error_set(error, -ENOENT, "%.300s is missing", parts->interpret);
    return 0;
}

static int check(struct pl_error *error)
{
    struct parts parts;
    return find_parts(&parts, error);
}

static int record(struct pl_observation *o, const struct parts *parts, const char *raw,
                  struct pl_error *error)
{
    char output[PL_OBSERVATION_PATH + 32];
    const char *const environment[] = {output, NULL};
    struct pl_cell_wrapper wrapper = {
        .environment = environment, .preload = parts->preload, .slowdown = o->instrument->slowdown};
    snprintf(output, sizeof output, "DUMP_HEAPTRACK_OUTPUT=%s", raw);
    int rc = pl_observation_run(o, &wrapper, error);
    o->cell.wrapper = NULL;
    return rc;
}

static int interpret(struct pl_observation *o, const struct parts *parts, const char *raw,
                     const char *data, struct pl_error *error)
{
    const char *const argv[] = {parts->interpret, NULL};
    int rc = pl_observation_help(o, argv, raw, data, error);
    if (!rc)
        pl_observation_file(o, "heaptrack");
    return rc;
}

/* One kind of cost, as folded stacks. */
static int print(struct pl_observation *o, const struct parts *parts, const char *data,
                 const char *kind, const char *suffix, struct pl_stacks *stacks,
                 struct pl_error *error)
{
    char folded[PL_OBSERVATION_PATH], histogram[PL_OBSERVATION_PATH];
    pl_observation_path(o, suffix, folded, sizeof folded);
    pl_observation_path(o, "sizes.tsv", histogram, sizeof histogram);
    const char *const argv[] = {
        parts->print, "-f", data, "-F", folded, "-H", histogram, "--flamegraph-cost-type",
        kind,         "-p", "0",  "-a", "0",    "-T", "0",       NULL};
    int rc = pl_observation_help(o, argv, NULL, NULL, error);
    return rc ? rc : pl_stacks_read(folded, stacks, error);
}

/* Puts inlined functions in their order, in the file too: others draw from it. */
static int mend(struct pl_observation *o, const char *data, struct pl_stacks *stacks,
                struct pl_error *error)
{
    char folded[PL_OBSERVATION_PATH], *text = NULL;
    size_t size = 0;
    pl_observation_path(o, "folded", folded, sizeof folded);
    int rc = pl_file_read(data, PL_FILE_OUTPUT_BYTES_MAX, &text, &size, error);
    if (!rc)
        rc = pl_inlined_mend(text, size, data, stacks, error);
    free(text);
    return rc ? rc : pl_stacks_write(stacks, folded, error);
}

static int report_peak(struct pl_observation *o, const struct parts *parts, const char *data,
                       struct pl_error *error)
{
    struct pl_stacks stacks = {0};
    int rc = print(o, parts, data, "peak", "folded", &stacks, error);
    if (rc)
        return rc;
    pl_observation_file(o, "folded");
    pl_observation_file(o, "sizes.tsv");
    rc = mend(o, data, &stacks, error);
    if (!rc)
        rc = pl_observation_peak(o, &stacks, error);
    pl_stacks_free(&stacks);
    return rc;
}

/* The other kinds: only their sums are kept, in the whole run and in the window. */
static int report_sums(struct pl_observation *o, const struct parts *parts, const char *data,
                       struct pl_error *error)
{
    static const struct {
        const char *kind, *figure, *window;
    } sums[] = {
        {"leaked", "leaked_bytes", "leaked_bytes_window"},
        {"allocations", "allocations", "allocations_window"},
        {"temporary", "temporary_allocations", "temporary_allocations_window"},
    };
    int rc = 0;
    for (size_t i = 0; !rc && i < sizeof sums / sizeof *sums; i++) {
        struct pl_stacks stacks = {0};
        rc = print(o, parts, data, sums[i].kind, "sums", &stacks, error);
        if (!rc) {
            pl_observation_integer(o, sums[i].figure, pl_stacks_sum(&stacks, NULL));
            pl_observation_integer(o, sums[i].window, pl_stacks_sum(&stacks, PL_STACKS_WINDOW));
        }
        pl_observation_forget(o, "sums");
        pl_stacks_free(&stacks);
    }
    return rc;
}

static int observe(struct pl_observation *o, struct pl_error *error)
{
    struct parts parts;
    char raw[PL_OBSERVATION_PATH], data[PL_OBSERVATION_PATH];
    if (find_parts(&parts, error))
        return -ENOTSUP;
    pl_observation_version(o, parts.print);
    pl_observation_path(o, "raw", raw, sizeof raw);
    pl_observation_path(o, "heaptrack", data, sizeof data);
    pl_observation_forget(o, "log");
    int rc = record(o, &parts, raw, error);
    if (!rc)
        rc = interpret(o, &parts, raw, data, error);
    unlink(raw); /* its names stand in the other one */
    if (!rc)
        rc = report_peak(o, &parts, data, error);
    return rc ? rc : report_sums(o, &parts, data, error);
}

const struct pl_instrument pl_instrument_heaptrack = {
    .name = "heaptrack",
    .sees = "each allocation under the heap that is named: peak, leaks, temporary ones, by stack",
    .blind = "It sees what is requested, not what the heap makes of it: neither overhead nor "
             "fragmentation nor what is kept. Its own library adds libstdc++'s 72,704 bytes, which "
             "stand before the window. It does not see memalign and pvalloc: of an x264 encoder of "
             "171 MiB 75 KiB are left. Into a pool it sees only what the pool announces.",
    .headline = "peak_bytes_window",
    .get = "`ci/setup` installs it",
    .slowdown = 14,
    .longest_ns = INT64_C(60) * 1000000000,
    .slab_option = "backing=mmap",
    .blind_to_null = true,
    .check = check,
    .observe = observe,
};
