/* `plimsoll record -- PROGRAM`: runs a program, records what it asks of its heap, and makes a trace
 * of it once the program has ended, however it ended. */
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "allocators/printable.h"
#include "harness/base/child.h"
#include "harness/base/files.h"
#include "harness/base/proc.h"
#include "harness/base/temporary.h"
#include "harness/base/words.h"
#include "harness/cli/cli.h"
#include "harness/cli/interrupt.h"
#include "harness/interpose/control.h"
#include "harness/pipelines/program/words.h"
#include "harness/trace/order.h"
#include "harness/trace/raw_log.h"
#include "harness/trace/watch.h"

#define OUT_DEFAULT "plimsoll.trace"
#define RAW_BYTES_MAX (UINT64_C(1) << 40)
/* A program that holds more without a call of malloc has a heap of its own. */
#define UNSERVED_BYTES (UINT64_C(2) << 20)

struct recording {
    const char *out;
    const char *heap;
    char **command;
    uint32_t frames;
    bool children;
    struct pl_temporary disk, memory; /* folders */
    char raw_path[1100], page_path[1100], samples_path[1100];
    struct pl_raw *raw;
    struct pl_environment environment;
    struct pl_trace_watch watch;
    FILE *samples;
    pid_t pid;
    int status; /* as waitpid gives it */
    uint64_t oom_kills;
    int64_t began_unix_ms;
    struct pl_interpose_report report;
};

/* As many as the kernel has killed for want of memory since the machine was started. */
static uint64_t count_oom_kills(void)
{
    char line[128];
    uint64_t count = 0;
    FILE *file = fopen("/proc/vmstat", "re");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "oom_kill %" SCNu64, &count) == 1)
            break;
    if (file)
        fclose(file);
    return count;
}

/* Most of what is free: the rest is for the trace, and for others. */
static uint64_t room_in(const char *folder)
{
    struct statvfs status;
    if (statvfs(folder, &status))
        return 0;
    const uint64_t room = (uint64_t)status.f_bavail * status.f_frsize / 8 * 7;
    return room < RAW_BYTES_MAX ? room / 4096 * 4096 : RAW_BYTES_MAX;
}

static int make_raw(struct recording *r, struct pl_error *error)
{
    const uint64_t bytes = PL_RAW_FIRST + room_in(r->disk.path);
    snprintf(r->raw_path, sizeof r->raw_path, "%s/raw", r->disk.path);
    snprintf(r->samples_path, sizeof r->samples_path, "%s/samples", r->disk.path);
    snprintf(r->page_path, sizeof r->page_path, "%s/page", r->memory.path);
    int rc = pl_raw_make(r->raw_path, bytes, &r->raw, error);
    if (rc)
        return rc;
    r->raw->frames = r->frames;
    r->raw->children = r->children;
    r->raw->by_counter = !pl_trace_clock_is_one();
    r->samples = fopen(r->samples_path, "w+e");
    return r->samples ? 0 : pl_error_set(error, -errno, "%s: %s", r->samples_path, strerror(errno));
}

static int prepare(struct recording *r, struct pl_error *error)
{
    struct pl_stack_spec stack;
    int rc = pl_proc_check(error);
    if (!rc)
        rc = pl_stack_parse(r->heap, &stack, error);
    if (!rc)
        rc = pl_stack_available(&stack, error);
    if (!rc)
        rc = pl_temporary_make(&r->disk, "recording", error);
    if (!rc)
        rc = pl_temporary_make_in_memory(&r->memory, "recorded", error);
    if (!rc)
        rc = make_raw(r, error);
    return rc ? rc
              : pl_interpose_prepare_recorded(&stack, r->page_path, r->raw_path, &r->environment,
                                              error);
}

/* The program's process until it is the program. */
static void become(struct recording *r, char **environment, const sigset_t *mask, int report_fd)
{
    r->raw->pid = (int32_t)getpid();
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, mask, NULL);
    execvpe(r->command[0], r->command, environment);
    int rc = -errno;
    (void)!write(report_fd, &rc, sizeof rc);
    _exit(127);
}

static int start(struct recording *r, const sigset_t *mask, struct pl_error *error)
{
    static const struct pl_words none = {0};
    const char *variables[PL_ENVIRONMENT_MAX];
    int report[2];
    for (size_t i = 0; i < r->environment.count; i++)
        variables[i] = pl_environment_at(&r->environment, i);
    char **environment = pl_words_environment(variables, r->environment.count, &none);
    if (!environment)
        return pl_error_set(error, -ENOMEM, "out of memory");
    if (pipe2(report, O_CLOEXEC)) {
        free(environment);
        return pl_error_set(error, -errno, "no pipe: %s", strerror(errno));
    }
    r->pid = fork();
    if (r->pid == 0)
        become(r, environment, mask, report[1]);
    int rc = r->pid < 0 ? -errno : 0;
    close(report[1]);
    if (!rc)
        rc = pl_child_await_exec(report[0], r->pid);
    close(report[0]);
    free(environment);
    return rc ? pl_error_set(error, rc, "'%s' can't be run: %s", r->command[0], strerror(-rc)) : 0;
}

/* Until the program has ended: signals that are sent to us alone are passed on to it. */
static void attend(struct recording *r, const volatile sig_atomic_t *interrupted)
{
    struct pollfd ended = {.fd = (int)syscall(SYS_pidfd_open, r->pid, 0), .events = POLLIN};
    int told = 0;
    pl_trace_watch_begin(&r->watch, r->pid, r->raw, r->samples);
    while (waitpid(r->pid, &r->status, WNOHANG) == 0) {
        const int wait_ms = pl_trace_watch_look(&r->watch);
        poll(&ended, ended.fd >= 0, wait_ms);
        if (*interrupted && told != *interrupted && *interrupted != SIGINT)
            kill(r->pid, *interrupted);
        told = *interrupted;
    }
    pl_trace_watch_end(&r->watch);
    if (ended.fd >= 0)
        close(ended.fd);
}

static void tell_end(const struct recording *r, char *text, size_t capacity)
{
    if (!WIFSIGNALED(r->status))
        snprintf(text, capacity, "exit status %d", WEXITSTATUS(r->status));
    else if (WTERMSIG(r->status) == SIGKILL && count_oom_kills() > r->oom_kills)
        snprintf(text, capacity, "killed by the kernel, which had no memory left (SIGKILL)");
    else
        snprintf(text, capacity, "ended by signal %d (%s)", WTERMSIG(r->status),
                 strsignal(WTERMSIG(r->status)));
}

static void fill_head(const struct recording *r, const struct pl_raw_process *process,
                      struct pl_trace_head *head)
{
    struct utsname kernel;
    *head = (struct pl_trace_head){.began_unix_ms = r->began_unix_ms,
                                   .ordered_by_clock = !r->raw->by_counter,
                                   .site_frames = r->frames};
    uname(&kernel);
    snprintf(head->program, sizeof head->program, "%s", process->program);
    snprintf(head->heap, sizeof head->heap, "%s", process->heap);
    snprintf(head->machine, sizeof head->machine, "%ld processors, %s %s, %s",
             sysconf(_SC_NPROCESSORS_ONLN), kernel.sysname, kernel.release, kernel.machine);
    for (char **word = r->command; *word; word++)
        pl_words_add(head->command, sizeof head->command, *word);
    tell_end(r, head->ended, sizeof head->ended);
}

/* Of the program's first process what it executed last; the others where they were asked for. */
static bool is_main(const struct recording *r, uint32_t process)
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
                      "plimsoll: %s: %" PRIu64 " events of %" PRIu32 " threads, %" PRIu64
                      " B; %s ended: %s",
                      path, t->events, t->threads, bytes, head->program, head->ended);
    if (head->lost[0])
        pl_printable_line(stderr,
                          "plimsoll: %s: the recording ended before the program did: %s; what is "
                          "in it is whole up to there",
                          path, head->lost);
}

static int write_trace(struct recording *r, uint32_t process, const char *path,
                       struct pl_error *error)
{
    const bool main_one = is_main(r, process);
    const struct pl_trace_source source = {.raw = r->raw_path,
                                           .process = process,
                                           .samples = main_one ? r->samples : NULL,
                                           .times = r->watch.times,
                                           .time_count = r->watch.time_count,
                                           .objects = r->watch.objects,
                                           .object_count = r->watch.object_count};
    struct pl_trace_head head;
    struct pl_trace_totals totals;
    struct pl_file file;
    fill_head(r, &r->raw->processes[process], &head);
    if (!main_one)
        head.ended[0] = '\0';
    int rc = pl_file_open(&file, path, error);
    if (rc)
        return rc;
    rewind(r->samples);
    rc = pl_trace_compile(&source, &head, file.stream, &totals, error);
    if (rc)
        pl_file_discard(&file);
    else
        rc = pl_file_commit(&file, error);
    if (!rc)
        report(path, &head, &totals);
    return rc;
}

/* my.trace, and of other processes my.trace.PID, or my.trace.PID.2 of what it executed second. */
static void name_trace(const struct recording *r, uint32_t process, char *path, size_t capacity)
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

static int write_traces(struct recording *r, struct pl_error *error)
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
    return rc;
}

static int check_recorded(struct recording *r, struct pl_error *error)
{
    int rc = pl_interpose_read(r->page_path, &r->report);
    if (rc)
        return pl_error_set(error, rc, "%s can't be read: %s", r->page_path, strerror(-rc));
    if (!r->report.processes)
        return pl_error_set(error, -ENOSYS,
                            "the malloc of '%s' can't be recorded: it is linked statically, is a "
                            "Go program, is for another C library, or is setuid",
                            r->command[0]);
    if (!r->report.calls && r->watch.rss_bytes > UNSERVED_BYTES)
        return pl_error_set(error, -ENOSYS,
                            "'%s' allocates nothing by the C library's malloc: a heap of its own "
                            "is linked into it, which can't be recorded",
                            r->command[0]);
    if (!r->raw->process_count)
        return pl_error_set(error, -ENOSYS,
                            "'%s' could not be recorded: it has no room for the raw file in its "
                            "address space (ulimit -v), or may not open %s",
                            r->command[0], r->raw_path);
    return 0;
}

static void tell_others(const struct recording *r)
{
    if (!r->children && r->report.processes > 1)
        pl_printable_line(stderr,
                          "plimsoll: %" PRIu64 " processes that it started are not recorded; "
                          "--children records each into a file of its own",
                          r->report.processes - 1);
}

static int record(struct recording *r, struct pl_error *error)
{
    sigset_t mask;
    struct timespec now;
    const volatile sig_atomic_t *interrupted = pl_interrupt_catch();
    int rc = prepare(r, error);
    if (rc)
        return rc;
    sigprocmask(SIG_SETMASK, NULL, &mask);
    r->oom_kills = count_oom_kills();
    clock_gettime(CLOCK_REALTIME, &now);
    r->began_unix_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    rc = start(r, &mask, error);
    if (rc)
        return rc;
    attend(r, interrupted);
    rc = check_recorded(r, error);
    if (!rc)
        rc = write_traces(r, error);
    if (!rc)
        tell_others(r);
    return rc;
}

static void clean_up(struct recording *r)
{
    pl_trace_watch_free(&r->watch);
    if (r->samples)
        fclose(r->samples);
    if (r->raw)
        munmap(r->raw, PL_RAW_FIRST);
    pl_temporary_remove(&r->disk);
    pl_temporary_remove(&r->memory);
}

static int read_arguments(int argc, char **argv, struct recording *r)
{
    const char **wanted = NULL;
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        wanted = strcmp(word, "--out") == 0         ? &r->out
                 : strcmp(word, "--allocator") == 0 ? &r->heap
                                                    : NULL;
        if (strcmp(word, "--") == 0) {
            r->command = &argv[i + 1];
            return *r->command ? PL_EXIT_OK : pl_cli_usage("-- is followed by a program");
        }
        if (wanted && i + 1 < argc)
            *wanted = argv[++i];
        else if (wanted)
            return pl_cli_usage("%s takes a value", word);
        else if (strcmp(word, "--children") == 0)
            r->children = true;
        else if (strcmp(word, "--sites") == 0)
            r->frames = 1;
        else if (strcmp(word, "--sites=stack") == 0)
            r->frames = PL_RAW_FRAMES_MAX;
        else
            return pl_cli_usage("record takes --out, --allocator, --sites[=stack], --children and "
                                "-- PROGRAM, not '%s'",
                                word);
    }
    return pl_cli_usage("record takes a program: plimsoll record --out my.trace -- ./my-server");
}

static int exit_code(int rc)
{
    return rc == -ENOSYS || rc == -ENOSPC || rc == -ENOMEM ? PL_EXIT_MACHINE : PL_EXIT_USAGE;
}

int pl_cli_record(int argc, char **argv)
{
    static struct recording r = {
        .out = OUT_DEFAULT, .heap = "glibc", .disk = {.fd = -1}, .memory = {.fd = -1}};
    struct pl_error error = {""};
    int code = read_arguments(argc, argv, &r);
    if (code)
        return code;
    int rc = record(&r, &error);
    clean_up(&r);
    return rc ? pl_cli_fail(exit_code(rc), &error) : PL_EXIT_OK;
}
