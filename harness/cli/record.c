/* `plimsoll record`: runs a program, records what it asks of its heap, and makes a trace of it once
 * the program has ended, however it ended. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <time.h>

#include "harness/base/files.h"
#include "harness/base/proc.h"
#include "harness/cli/cli.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/recorded.h"
#include "harness/trace/order.h"
#include "harness/trace/raw_log.h"

#define OUT_DEFAULT "plimsoll.trace"
#define RAW_BYTES_MAX (UINT64_C(1) << 40)

/* Most of what is free: the rest is for the trace, and for others. */
static uint64_t room_in(const char *folder)
{
    struct statvfs status;
    if (statvfs(folder, &status))
        return 0;
    const uint64_t room = (uint64_t)status.f_bavail * status.f_frsize / 8 * 7;
    return room < RAW_BYTES_MAX ? room / 4096 * 4096 : RAW_BYTES_MAX;
}

static int make_raw(struct pl_recorded *r, struct pl_error *error)
{
    char samples[1100];
    const uint64_t bytes = PL_RAW_FIRST + room_in(r->disk.path);
    snprintf(r->raw_path, sizeof r->raw_path, "%s/raw", r->disk.path);
    snprintf(samples, sizeof samples, "%s/samples", r->disk.path);
    snprintf(r->page_path, sizeof r->page_path, "%s/page", r->memory.path);
    int rc = pl_raw_make(r->raw_path, bytes, &r->raw, error);
    if (rc)
        return rc;
    r->raw->frames = r->frames;
    r->raw->children = r->children;
    r->raw->by_counter = !pl_trace_clock_is_one();
    r->samples = fopen(samples, "w+e");
    return r->samples ? 0 : pl_error_set(error, -errno, "%s: %s", samples, strerror(errno));
}

/* Before anything runs: a recording that has nowhere to go would be made in vain. */
static int check_out(const char *path, struct pl_error *error)
{
    struct pl_file file;
    int rc = pl_file_open(&file, path, error);
    if (!rc)
        pl_file_discard(&file);
    return rc;
}

static int prepare(struct pl_recorded *r, struct pl_error *error)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    r->began_unix_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    int rc = pl_proc_check(error);
    if (!rc)
        rc = check_out(r->out, error);
    if (!rc)
        rc = pl_temporary_make(&r->disk, "recording", error);
    if (!rc)
        rc = pl_temporary_make_in_memory(&r->memory, "recorded", error);
    return rc ? rc : make_raw(r, error);
}

static void clean_up(struct pl_recorded *r)
{
    pl_trace_watch_free(&r->watch);
    if (r->samples)
        fclose(r->samples);
    if (r->raw)
        munmap(r->raw, PL_RAW_FIRST);
    pl_temporary_remove(&r->disk);
    pl_temporary_remove(&r->memory);
    pl_arguments_free(&r->arguments);
}

static int exit_code(int rc)
{
    return rc == -ENOSYS || rc == -ENOSPC || rc == -ENOMEM ? PL_EXIT_MACHINE : PL_EXIT_USAGE;
}

/* What a cell alone can have: then the program runs in one. */
static bool needs_cell(const struct pl_arguments *a)
{
    return !a->command || a->send_count || a->ready || a->setting_count;
}

static int check_arguments(const struct pl_arguments *a)
{
    if (!a->command && a->scenario_count != 1)
        return pl_cli_usage("no program; expected `-- PROGRAM [ARGUMENT...]`, or one scenario of "
                            "the pipeline program");
    if (strchr(a->allocators, ',') || strchr(a->allocators, '/'))
        return pl_cli_usage("--allocator %s is not a heap alone; expected one without layers",
                            a->allocators);
    if (a->instrument_count || a->repeat || a->ledger || a->json)
        return pl_cli_usage("--instrument, --repeat, --ledger and --json are options of run; "
                            "expected record without them");
    return PL_EXIT_OK;
}

static int read_arguments(int argc, char **argv, struct pl_recorded *r)
{
    const char *sites = NULL, *stacks = NULL, *children = NULL;
    int code = pl_arguments_take(&argc, argv, "--out", false, &r->out);
    if (!code)
        code = pl_arguments_take(&argc, argv, "--sites", true, &sites);
    if (!code)
        code = pl_arguments_take(&argc, argv, "--sites=stack", true, &stacks);
    if (!code)
        code = pl_arguments_take(&argc, argv, "--children", true, &children);
    if (!code)
        code = pl_arguments_read(argc, argv, &r->arguments);
    if (code)
        return code;
    r->frames = stacks ? PL_RAW_FRAMES_MAX : sites ? 1 : 0;
    r->children = children;
    if (!r->arguments.allocators)
        r->arguments.allocators = "glibc";
    return check_arguments(&r->arguments);
}

static int record(struct pl_recorded *r)
{
    const volatile sig_atomic_t *interrupted = pl_interrupt_catch();
    struct pl_error error = {""};
    int code = PL_EXIT_OK, rc = prepare(r, &error);
    if (!rc && needs_cell(&r->arguments))
        code = pl_recorded_run_cell(r, interrupted);
    else if (!rc)
        rc = pl_recorded_run_program(r, interrupted, &error);
    if (!rc && code == PL_EXIT_OK)
        rc = pl_recorded_write(r, &error);
    return rc ? pl_cli_fail(exit_code(rc), &error) : code;
}

int pl_cli_record(int argc, char **argv)
{
    static struct pl_recorded r = {.out = OUT_DEFAULT, .disk = {.fd = -1}, .memory = {.fd = -1}};
    int code = read_arguments(argc, argv, &r);
    if (code == PL_EXIT_OK)
        code = record(&r);
    clean_up(&r);
    return code;
}
