/* Making traces of a recording (recorded.h). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "allocators/base/printable.h"
#include "harness/base/files.h"
#include "harness/cli/go_program.h"
#include "harness/cli/recorded.h"
#include "harness/interpose/raw.h"

static void fill_head(const struct pl_recorded *r, const struct pl_raw_process *process,
                      struct pl_trace_head *head)
{
    struct utsname kernel;
    *head = (struct pl_trace_head){.began_unix_ms = r->began_unix_ms,
                                   .ordered_by_clock = !r->raw->by_counter,
                                   .site_frames = r->frames};
    uname(&kernel);
    kernel.release[strspn(kernel.release, "0123456789.")] = '\0';
    snprintf(head->machine, sizeof head->machine, "%ld processors, %s %s, %s",
             sysconf(_SC_NPROCESSORS_ONLN), kernel.sysname, kernel.release, kernel.machine);
    snprintf(head->program, sizeof head->program, "%s", process->program);
    snprintf(head->heap, sizeof head->heap, "%s", process->heap);
    snprintf(head->command, sizeof head->command, "%s", r->command);
}

/* Of the program's first process what it executed last; the others where they were asked for. */
static bool is_main(const struct pl_recorded *r, uint32_t process)
{
    const uint32_t count = r->raw->process_count;
    if (r->raw->processes[process].pid != r->raw->pid)
        return false;
    for (uint32_t i = process + 1; i < count && i < PL_RAW_PROCESSES; i++)
        if (r->raw->processes[i].began && r->raw->processes[i].pid == r->raw->pid)
            return false;
    return true;
}

static void report(const char *path, const struct pl_trace_head *head,
                   const struct pl_trace_totals *t)
{
    struct stat status;
    uint64_t bytes = stat(path, &status) ? 0 : (uint64_t)status.st_size;
    pl_printable_line(stderr,
                      "plimsoll: %s: %" PRIu64 " events of %" PRIu32 " thread%s, %" PRIu64
                      " B; %s ended: %s",
                      path, t->events, t->threads, t->threads == 1 ? "" : "s", bytes, head->program,
                      head->ended[0] ? head->ended : "not known");
    if (head->lost[0])
        pl_printable_line(stderr,
                          "plimsoll: %s: the recording ended before the program did: %s; what is "
                          "in it is whole up to there",
                          path, head->lost);
    if (pl_go_program(head->program))
        pl_printable_line(stderr,
                          "plimsoll: %s: %s is a Go program: its C code's blocks are recorded, and "
                          "nothing of Go's own heap",
                          path, head->program);
}

static void take_maps(const struct pl_recorded *r, uint32_t process, struct pl_trace_watch *objects)
{
    char path[sizeof r->raw_path + 32];
    snprintf(path, sizeof path, PL_RAW_MAPS_FORMAT, r->raw_path, process);
    pl_trace_watch_take_maps(objects, path);
}

/* What a process had mapped itself comes first: at the same address another one, or what it was
 * before, may have had another file. A child of fork has its parent's. */
static void gather_objects(const struct pl_recorded *r, uint32_t process,
                           struct pl_trace_watch *objects)
{
    const uint32_t count = r->raw->process_count;
    take_maps(r, process, objects);
    const bool is_fork = !objects->object_count;
    for (size_t i = 0; i < r->watch.object_count; i++)
        pl_trace_watch_add(objects, &r->watch.objects[i]);
    for (uint32_t i = 0; is_fork && i < count && i < PL_RAW_PROCESSES; i++)
        take_maps(r, i, objects);
}

static int write_trace(struct pl_recorded *r, uint32_t process, const char *path,
                       struct pl_error *error)
{
    const bool main_one = is_main(r, process);
    struct pl_trace_watch objects = {.pid = 0};
    if (r->frames)
        gather_objects(r, process, &objects);
    const struct pl_trace_source source = {.raw = r->raw_path,
                                           .process = process,
                                           .samples = main_one ? r->samples : NULL,
                                           .times = r->watch.times,
                                           .time_count = r->watch.time_count,
                                           .objects = objects.objects,
                                           .object_count = objects.object_count};
    struct pl_trace_head head;
    struct pl_trace_totals totals;
    struct pl_file file;
    fill_head(r, &r->raw->processes[process], &head);
    if (main_one)
        memcpy(head.ended, r->ended, sizeof head.ended);
    int rc = pl_file_open(&file, path, error);
    if (!rc) {
        rewind(r->samples);
        rc = pl_trace_compile(&source, &head, file.stream, &totals, error);
        if (rc)
            pl_file_discard(&file);
        else
            rc = pl_file_commit(&file, error);
    }
    pl_trace_watch_free(&objects);
    if (!rc)
        report(path, &head, &totals);
    return rc;
}

/* my.trace, and of other processes my.trace.PID, or my.trace.PID.2 of what it executed second. */
static void name_trace(const struct pl_recorded *r, uint32_t process, char *path, size_t capacity)
{
    int number = 1;
    for (uint32_t i = 0; i < process; i++)
        number += r->raw->processes[i].pid == r->raw->processes[process].pid;
    if (is_main(r, process))
        snprintf(path, capacity, "%s", r->out);
    else if (number == 1)
        snprintf(path, capacity, "%s.%d", r->out, (int)r->raw->processes[process].pid);
    else
        snprintf(path, capacity, "%s.%d.%d", r->out, (int)r->raw->processes[process].pid, number);
}

int pl_recorded_write(struct pl_recorded *r, struct pl_error *error)
{
    char path[4096];
    int rc = 0;
    const uint32_t count = r->raw->process_count;
    for (uint32_t i = 0; i < count && i < PL_RAW_PROCESSES && !rc; i++) {
        if (!r->raw->processes[i].began || (!r->children && !is_main(r, i)))
            continue;
        name_trace(r, i, path, sizeof path);
        rc = write_trace(r, i, path, error);
    }
    if (!rc && !r->children && r->others)
        pl_printable_line(stderr,
                          "plimsoll: %" PRIu64 " process%s that it started %s not recorded; "
                          "--children records each into a file of its own",
                          r->others, r->others == 1 ? "" : "es", r->others == 1 ? "is" : "are");
    return rc;
}
