/* valgrind's massif: every requested byte, with the stack that requested it. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/child.h"
#include "harness/base/files.h"
#include "harness/instruments/observation.h"
#include "harness/instruments/snapshots.h"
#include "harness/instruments/valgrind.h"

/* The curve beside our own, over what was requested and released so far: massif can't read the
 * replay's clock, and its instructions pass unevenly (a slab's poison comes in steps). */
static int write_curve(struct pl_observation *o, const struct pl_snapshots *s,
                       struct pl_error *error)
{
    char path[PL_OBSERVATION_PATH];
    struct pl_file file;
    pl_observation_path(o, "curve.csv", path, sizeof path);
    int rc = pl_file_open(&file, path, error);
    if (rc)
        return rc;
    fputs("source,churn_bytes,heap_bytes\n", file.stream);
    for (size_t i = 0; i < s->count; i++)
        fprintf(file.stream, "massif,%.0f,%" PRIu64 "\n", s->list[i].time, s->list[i].heap_bytes);
    for (size_t i = 0; i < o->evidence.sample_count; i++)
        fprintf(file.stream, "plimsoll,%" PRIu64 ",%" PRIu64 "\n",
                o->evidence.samples[i].churn_bytes, o->evidence.samples[i].live_bytes);
    rc = pl_file_commit(&file, error);
    if (!rc)
        pl_observation_file(o, "curve.csv");
    return rc;
}

static int write_stacks(struct pl_observation *o, const struct pl_stacks *stacks,
                        struct pl_error *error)
{
    char path[PL_OBSERVATION_PATH];
    pl_observation_path(o, "folded", path, sizeof path);
    int rc = pl_stacks_write(stacks, path, error);
    if (!rc)
        pl_observation_file(o, "folded");
    return rc;
}

static int report(struct pl_observation *o, struct pl_snapshots *s, struct pl_error *error)
{
    if (s->peak == SIZE_MAX)
        return pl_error_set(error, -ENODATA, "massif took no detailed snapshot");
    pl_observation_integer(o, "snapshots", s->count);
    int rc = pl_observation_peak(o, &s->tree, error);
    if (!rc)
        rc = write_curve(o, s, error);
    return rc ? rc : write_stacks(o, &s->tree, error);
}

static int observe(struct pl_observation *o, struct pl_error *error)
{
    /* Each peak counts (the default is to overlook rises below 1 %), each caller stands in the tree
     * (threshold), and no stack is cut before it reaches the window (depth). */
    static const char *const options[] = {"--detailed-freq=1",
                                          "--max-snapshots=1000",
                                          "--peak-inaccuracy=0.0",
                                          "--threshold=0.0",
                                          "--depth=200",
                                          "--time-unit=B",
                                          NULL};
    char path[PL_OBSERVATION_PATH];
    struct pl_snapshots snapshots = {0};
    int rc = pl_valgrind_run(o, "massif", options, error);
    if (rc)
        return rc;
    pl_observation_path(o, "out", path, sizeof path);
    rc = pl_snapshots_read(path, &snapshots, error);
    if (rc)
        return rc;
    rc = report(o, &snapshots, error);
    pl_snapshots_free(&snapshots);
    return rc;
}

const struct pl_instrument pl_instrument_massif = {
    .name = "massif",
    .sees = "each requested byte at the peak, by the stack that requested it",
    .blind = "It replaces every malloc by its own: the heap named is loaded and serves nothing, so "
             "that its overhead, its fragmentation and what it keeps are not seen. It sees no "
             "mappings, no stacks of threads and no pvalloc; into a pool it sees only what the "
             "pool announces.",
    .headline = "peak_bytes_window",
    .get = PL_VALGRIND_GET,
    .slowdown = 16,
    .longest_ns = INT64_C(60) * 1000000000,
    .slab_option = "backing=mmap", /* a malloc'd slab would be counted, and its objects again */
    .blind_to_null = true,
    .check = pl_valgrind_check,
    .observe = observe,
};
