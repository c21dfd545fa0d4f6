/* Recording a program that runs as by hand (recorded.h). */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "allocators/base/printable.h"
#include "harness/base/child.h"
#include "harness/base/monotonic.h"
#include "harness/base/shell_words.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/recorded.h"
#include "harness/interpose/control.h"
#include "harness/interpose/raw.h"
#include "harness/pipelines/program/exec_words.h"

/* A program that holds more without a call of malloc has a heap of its own. */
#define UNSERVED_BYTES (UINT64_C(2) << 20)
/* As long as a dock waits for it (dock_ready.c). */
#define LOADED_WITHIN_NS INT64_C(2000000000)
#define UNSERVED "it is linked statically, is a Go program, is for another C library, or is setuid"

/* One that is started. */
struct running {
    pid_t pid;
    int status; /* as waitpid gives it */
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

/* The program's process until it is the program, which is told to end when we are killed: nobody
 * would make a trace of what it goes on writing. */
static void become(struct pl_recorded *r, char **environment, const sigset_t *mask, pid_t parent,
                   int report_fd)
{
    char **command = r->arguments.command;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(127); /* killed before the line above */
    r->raw->pid = (int32_t)getpid();
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, mask, NULL);
    execvpe(command[0], command, environment);
    int rc = -errno;
    (void)!write(report_fd, &rc, sizeof rc);
    _exit(127);
}

static int fork_program(struct pl_recorded *r, char **environment, pid_t *pid)
{
    int report[2];
    const pid_t parent = getpid();
    sigset_t mask;
    sigprocmask(SIG_SETMASK, NULL, &mask);
    if (pipe2(report, O_CLOEXEC))
        return -errno;
    *pid = fork();
    if (*pid == 0)
        become(r, environment, &mask, parent, report[1]);
    int rc = *pid < 0 ? -errno : 0;
    close(report[1]);
    if (!rc)
        rc = pl_child_await_exec(report[0], *pid);
    close(report[0]);
    return rc;
}

static int start(struct pl_recorded *r, pid_t *pid, struct pl_error *error)
{
    static const struct pl_words none = {0};
    const char *variables[PL_ENVIRONMENT_MAX];
    struct pl_stack_spec stack;
    struct pl_environment heap;
    int rc = pl_stack_parse(r->arguments.allocators, &stack, error);
    if (!rc)
        rc = pl_stack_available(&stack, error);
    if (!rc)
        rc = pl_interpose_prepare_recorded(&stack, r->page_path, r->raw_path, &heap, error);
    if (rc)
        return rc;
    for (size_t i = 0; i < heap.count; i++)
        variables[i] = pl_environment_at(&heap, i);
    char **environment = pl_exec_words_environment(variables, heap.count, &none);
    if (!environment)
        return pl_error_set(error, -ENOMEM, "out of memory");
    rc = fork_program(r, environment, pid);
    free(environment);
    return rc ? pl_error_set(error, rc, "'%s' can't be run: %s", r->arguments.command[0],
                             strerror(-rc))
              : 0;
}

/* It is told while the program runs: its end may be hours away, and no trace can come of it. */
static void tell_unserved(const struct pl_recorded *r)
{
    static struct pl_interpose_report page; /* large for a stack */
    if (pl_interpose_read(r->page_path, &page) == 0 && !page.processes)
        pl_printable_line(stderr, "plimsoll: nothing of '%s' is recorded so far: " UNSERVED,
                          r->arguments.command[0]);
}

/* A terminal's Ctrl-C went to the program as well, and a second one may end it without its books.
 */
static void pass_on(pid_t pid, int number)
{
    if (number != SIGINT || pl_interrupt_was_sent())
        kill(pid, number);
}

/* Until the program has ended: signals that are sent to us alone are passed on to it. */
static void attend(struct pl_recorded *r, struct running *p,
                   const volatile sig_atomic_t *interrupted)
{
    struct pollfd ended = {.fd = (int)syscall(SYS_pidfd_open, p->pid, 0), .events = POLLIN};
    int told = 0;
    int64_t check_ns = pl_monotonic_ns() + LOADED_WITHIN_NS;
    pl_trace_watch_begin(&r->watch, p->pid, r->raw, r->samples);
    while (waitpid(p->pid, &p->status, WNOHANG) == 0) {
        const int wait_ms = pl_trace_watch_look(&r->watch);
        poll(&ended, ended.fd >= 0, wait_ms);
        if (check_ns && pl_monotonic_ns() > check_ns) {
            tell_unserved(r);
            check_ns = 0;
        }
        if (*interrupted && told != *interrupted)
            pass_on(p->pid, *interrupted);
        told = *interrupted;
    }
    pl_trace_watch_end(&r->watch);
    if (ended.fd >= 0)
        close(ended.fd);
}

static void describe_end(struct pl_recorded *r, int status, uint64_t oom_kills)
{
    if (!WIFSIGNALED(status))
        snprintf(r->ended, sizeof r->ended, "exit status %d", WEXITSTATUS(status));
    else if (WTERMSIG(status) == SIGKILL && count_oom_kills() > oom_kills)
        snprintf(r->ended, sizeof r->ended,
                 "killed by the kernel, which had no memory left for it (SIGKILL)");
    else
        snprintf(r->ended, sizeof r->ended, "ended by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
}

/* Programs that the recorded process executed: with the library in them, and recorded. */
static uint32_t images_of(const struct pl_interpose_report *page, pid_t pid)
{
    for (uint32_t i = 0; i < page->slot_count; i++)
        if (page->slots[i].pid == pid)
            return page->slots[i].images;
    return 1;
}

static uint32_t count_recorded(const struct pl_raw *raw)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < raw->process_count && i < PL_RAW_PROCESSES; i++)
        count += raw->processes[i].pid == raw->pid;
    return count;
}

static int check_recorded(struct pl_recorded *r, struct pl_error *error)
{
    static struct pl_interpose_report page; /* large for a stack */
    int rc = pl_interpose_read(r->page_path, &page);
    if (rc)
        return pl_error_set(error, rc, "%s can't be read: %s", r->page_path, strerror(-rc));
    if (!page.processes)
        return pl_error_set(error, -ENOSYS, "the malloc of '%s' can't be recorded: " UNSERVED,
                            r->arguments.command[0]);
    const char *ahead = pl_interpose_served_ahead(&page, r->raw->pid);
    if (*ahead && page.calls)
        return pl_error_set(error, -ENOSYS,
                            "nothing of '%s' is recorded: a script before it puts %s first in "
                            "LD_PRELOAD; expected `--allocator preload:path=%s` instead of that",
                            r->arguments.command[0], ahead, ahead);
    if (!page.calls && r->watch.rss_bytes > UNSERVED_BYTES)
        return pl_error_set(error, -ENOSYS,
                            "'%s' allocates nothing by the C library's malloc: a heap of its own "
                            "is linked into it, which can't be recorded",
                            r->arguments.command[0]);
    if (count_recorded(r->raw) < images_of(&page, r->raw->pid))
        return pl_error_set(error, -ENOSYS,
                            "'%s' could not be recorded: it has no room for the raw file in its "
                            "address space (ulimit -v), or may not open %s",
                            r->arguments.command[0], r->raw_path);
    r->others = page.processes - 1;
    return 0;
}

int pl_recorded_run_program(struct pl_recorded *r, const volatile sig_atomic_t *interrupted,
                            struct pl_error *error)
{
    struct running p = {0};
    const uint64_t oom_kills = count_oom_kills();
    for (char **word = r->arguments.command; *word; word++)
        pl_shell_words_add(r->command, sizeof r->command, *word);
    int rc = start(r, &p.pid, error);
    if (rc)
        return rc;
    attend(r, &p, interrupted);
    describe_end(r, p.status, oom_kills);
    return check_recorded(r, error);
}
