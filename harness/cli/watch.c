/* `plimsoll watch --pid N`: the memory of a running tree of processes over time, from outside. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "allocators/base/printable.h"
#include "allocators/base/units.h"
#include "harness/base/proc.h"
#include "harness/cli/arguments.h"
#include "harness/cli/cli.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/watched_file.h"
#include "harness/pipelines/program/process_tree.h"
#include "harness/report/writers/text.h"

#define NS_PER_SECOND INT64_C(1000000000)
#define INTERVAL_MIN_NS INT64_C(10000000)
#define PF_EXITING 0x4U

enum { PID = 1, DURATION, INTERVAL, OUT };

static const struct option options[] = {
    {"pid", required_argument, NULL, PID},
    {"duration", required_argument, NULL, DURATION},
    {"interval", required_argument, NULL, INTERVAL},
    {"out", required_argument, NULL, OUT},
    {0},
};

struct watch {
    pid_t pid;
    int64_t duration_ns; /* 0: until it ends */
    int64_t interval_ns;
    const char *out; /* NULL: stdout */
    struct pl_process_tree below;
    int statm_fd; /* of the process itself: stays that one's, whoever gets its id */
    int stat_fd;  /* likewise */
    struct pl_watched_file file;
    int64_t began_ns, epoch_ns; /* the same moment, by CLOCK_BOOTTIME and since 1970 */
    uint64_t samples;
    uint64_t rss_bytes;
    uint32_t processes;
};

static int64_t now_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * NS_PER_SECOND + t.tv_nsec;
}

static int read_pid(const char *text, pid_t *pid)
{
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);
    if (end == text || *end || errno || number < 1 || number > INT32_MAX)
        return pl_cli_usage("--pid %s; expected the number of a process", text);
    *pid = (pid_t)number;
    return PL_EXIT_OK;
}

static int take_option(int option, const char *value, void *context)
{
    struct watch *w = context;
    switch (option) {
    case PID:
        return read_pid(value, &w->pid);
    case DURATION:
        return pl_arguments_time("duration", value, INTERVAL_MIN_NS, &w->duration_ns);
    case INTERVAL:
        return pl_arguments_time("interval", value, INTERVAL_MIN_NS, &w->interval_ns);
    default:
        w->out = value;
        return PL_EXIT_OK;
    }
}

static int read_wishes(int argc, char **argv, struct watch *w)
{
    int code = pl_arguments_options(argc, argv, options, take_option, w);
    if (code != PL_EXIT_OK)
        return code;
    if (optind < argc)
        return pl_cli_usage("%s is no option; expected --pid N", argv[optind]);
    return w->pid ? PL_EXIT_OK : pl_cli_usage("no process; expected --pid N");
}

/* @return whether the process still has memory: one that ended has none, until it is waited for */
static bool read_own(const struct watch *w, uint64_t *rss_bytes)
{
    char text[128];
    uint64_t size, resident, shared;
    ssize_t n = pread(w->statm_fd, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    if (sscanf(text, "%" SCNu64 " %" SCNu64 " %" SCNu64, &size, &resident, &shared) != 3 || !size)
        return false;
    *rss_bytes = (resident > shared ? resident - shared : 0) * w->below.page_bytes;
    return true;
}

/* Whether it ends just now (PF_EXITING, the kernel's include/linux/sched.h): part of its memory may
 * be gone already, which would look like a fall. */
static bool is_ending(const struct watch *w)
{
    char text[1024];
    unsigned flags = 0;
    ssize_t n = pread(w->stat_fd, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    const char *behind = strrchr(text, ')');
    return !behind || sscanf(behind + 1, " %*c %*d %*d %*d %*d %*d %u", &flags) != 1 ||
           (flags & PF_EXITING);
}

/* @return 0; -ESRCH when the process has ended; -ENOMEM */
static int read_tree(struct watch *w)
{
    struct pl_process_tree_figures below = {0};
    uint64_t own = 0;
    int rc = pl_process_tree_read(&w->below, PL_PROCESS_TREE_MEMORY, &below);
    if (!read_own(w, &own) || is_ending(w))
        return -ESRCH;
    w->rss_bytes = own + below.rss_bytes;
    w->processes = 1 + below.processes;
    return rc;
}

static int open_file(pid_t pid, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    return open(path, O_RDONLY | O_CLOEXEC);
}

static int open_process(struct watch *w)
{
    w->statm_fd = open_file(w->pid, "statm");
    w->stat_fd = open_file(w->pid, "stat");
    if (w->statm_fd < 0 || w->stat_fd < 0)
        return pl_cli_usage("--pid %d: %s; expected a process that runs", (int)w->pid,
                            errno == ENOENT ? "no such process" : strerror(errno));
    pl_process_tree_open(&w->below, w->pid, NULL);
    w->below.keeps_orphans = true;
    uint64_t own;
    if (!read_own(w, &own))
        return pl_cli_usage("--pid %d has no memory: it has ended, or is the kernel's; expected a "
                            "process that runs",
                            (int)w->pid);
    return PL_EXIT_OK;
}

static void show(const struct watch *w, int64_t elapsed_ns)
{
    char rss[PL_TEXT_FIGURE], time[PL_TEXT_FIGURE];
    if (!isatty(STDERR_FILENO))
        return;
    pl_text_bytes(rss, (double)w->rss_bytes);
    pl_text_duration(time, (double)(elapsed_ns / NS_PER_SECOND));
    fprintf(stderr, "\r\033[K%s in %" PRIu32 " process%s; %s, %" PRIu64 " samples", rss,
            w->processes, w->processes == 1 ? "" : "es", time, w->samples);
}

/* Where a sleep is interrupted, the flag tells why. */
static void wait_until(int64_t t_ns)
{
    const struct timespec t = {.tv_sec = (time_t)(t_ns / NS_PER_SECOND),
                               .tv_nsec = t_ns % NS_PER_SECOND};
    clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &t, NULL);
}

static void conclude(const struct watch *w, const char *why)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    pl_printable_line(stderr, "plimsoll: %s; %" PRIu64 " sample%s in %s", why, w->samples,
                      w->samples == 1 ? " is" : "s are", w->out ? w->out : "stdout");
}

/* One sample. @return PL_EXIT_OK to go on, with *why left NULL; else the exit code */
static int take_sample(struct watch *w, int64_t elapsed_ns, const char **why)
{
    struct pl_error error;
    int rc = read_tree(w);
    if (rc == -ESRCH) {
        *why = "the process has ended";
        return PL_EXIT_OK;
    }
    if (!rc)
        rc = pl_watched_file_add(&w->file, w->epoch_ns + elapsed_ns, w->rss_bytes, w->processes,
                                 &error);
    else
        pl_error_set(&error, rc, "out of memory");
    if (rc) {
        return pl_cli_fail(PL_EXIT_USAGE, &error);
    }
    w->samples++;
    show(w, elapsed_ns);
    return PL_EXIT_OK;
}

static int sample(struct watch *w)
{
    const volatile sig_atomic_t *interrupted = pl_interrupt_catch();
    const char *why = NULL;
    int code = PL_EXIT_OK;
    w->began_ns = now_of(CLOCK_BOOTTIME);
    w->epoch_ns = now_of(CLOCK_REALTIME);
    for (int64_t due_ns = 0; !why && code == PL_EXIT_OK;) {
        bool last = w->duration_ns && due_ns > w->duration_ns;
        wait_until(w->began_ns + (last ? w->duration_ns : due_ns));
        int64_t elapsed_ns = now_of(CLOCK_BOOTTIME) - w->began_ns;
        if (*interrupted) {
            why = "stopped";
            code = PL_EXIT_INTERRUPTED;
        } else if (last || (w->duration_ns && elapsed_ns > w->duration_ns)) {
            why = "the duration is over";
        } else {
            code = take_sample(w, elapsed_ns, &why);
            due_ns += w->interval_ns * (1 + (elapsed_ns - due_ns) / w->interval_ns);
        }
    }
    if (code != PL_EXIT_USAGE) /* what went wrong was said */
        conclude(w, why ? why : "stopped");
    return code;
}

int pl_cli_watch(int argc, char **argv)
{
    struct watch w = {
        .interval_ns = NS_PER_SECOND, .statm_fd = -1, .stat_fd = -1, .file = {.fd = -1}};
    struct pl_error error;
    int code = read_wishes(argc, argv, &w);
    if (code != PL_EXIT_OK)
        return code;
    if (pl_proc_check(&error))
        return pl_cli_fail(PL_EXIT_MACHINE, &error);
    code = open_process(&w);
    if (code == PL_EXIT_OK && pl_watched_file_open(&w.file, w.out, &error))
        code = pl_cli_fail(PL_EXIT_USAGE, &error);
    if (code == PL_EXIT_OK)
        code = sample(&w);
    pl_watched_file_close(&w.file);
    pl_process_tree_close(&w.below);
    if (w.statm_fd >= 0)
        close(w.statm_fd);
    if (w.stat_fd >= 0)
        close(w.stat_fd);
    return code;
}
