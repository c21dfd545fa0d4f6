/* Spawning and waiting for helpers (child.h). */
#include "harness/base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "allocators/base/printable.h"
#include "harness/base/spare_memory.h"

#define STEP_MS 10

extern char **environ;

/* Dispositions that are ignored survive exec. What a person or a shell's `&` has the whole group of
 * processes ignore stays so. */
static void reset_signals(void)
{
    sigset_t none;
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action;
        bool chosen = number == SIGINT || number == SIGQUIT || number == SIGHUP;
        if (!chosen || sigaction(number, NULL, &action) || action.sa_handler != SIG_IGN)
            signal(number, SIG_DFL);
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

int pl_child_become(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        return -ESRCH; /* it died before the line above */
    reset_signals();
    return 0;
}

static int redirect(int from, int to, int flags)
{
    int fd = from < 0 ? open("/dev/null", flags) : from;
    int rc = fd < 0 ? -errno : 0;
    if (!rc && (fd == to ? fcntl(to, F_SETFD, 0) : dup2(fd, to)) < 0)
        rc = -errno;
    if (from < 0 && fd >= 0 && fd != to)
        close(fd);
    return rc;
}

/* What a helper starts does not die with us by itself, as the helper does: a process that waits for
 * our end kills their group then. */
struct guard {
    pid_t pid; /* 0: there is none */
    int life;  /* closed when we die, however that is */
};

static void watch(int life, pid_t group)
{
    char released;
    static const int passed_over[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof passed_over / sizeof *passed_over; i++)
        signal(passed_over[i], SIG_IGN); /* what we make of them is seen by our end */
    if (dup2(life, STDIN_FILENO) >= 0)
        close_range(STDIN_FILENO + 1, ~0U, 0); /* nobody may wait for us at the end of a pipe */
    if (read(STDIN_FILENO, &released, 1) == 0)
        kill(-group, SIGKILL);
    _exit(0);
}

static struct guard guard_start(pid_t group)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC))
        return (struct guard){0};
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[1]);
        watch(ends[0], group);
    }
    close(ends[0]);
    if (pid > 0)
        return (struct guard){pid, ends[1]};
    close(ends[1]);
    return (struct guard){0};
}

static void guard_end(struct guard *guard)
{
    if (!guard->pid)
        return;
    (void)!write(guard->life, "", 1);
    close(guard->life);
    while (waitpid(guard->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
}

/* What is started together. */
struct started {
    pid_t pid;
    struct guard guard;
};

/* The child waits until its guard watches: it may be killed with us as soon as it runs.
 * @return whether it may begin; not, when we have died meanwhile */
static bool may_begin(int go_fd)
{
    char byte;
    ssize_t n;
    while ((n = read(go_fd, &byte, 1)) < 0 && errno == EINTR)
        continue;
    return n == 1;
}

/* Between fork and exec: async-signal-safe calls alone.
 * @param go_fd tells when to begin @param report_fd takes why it failed */
static void run_child(const struct pl_child *c, pid_t parent, int go_fd, int report_fd)
{
    char **environment = c->environment ? (char **)(uintptr_t)c->environment : environ;
    int rc = pl_child_become(parent);
    if (!rc && c->group && setpgid(0, 0))
        rc = -errno;
    if (!may_begin(go_fd))
        _exit(127);
    if (!rc)
        rc = redirect(c->in, STDIN_FILENO, O_RDONLY);
    if (!rc)
        rc = redirect(c->out, STDOUT_FILENO, O_WRONLY);
    if (!rc)
        rc = redirect(c->stderr_fd, STDERR_FILENO, O_WRONLY);
    if (!rc) {
        execve(c->argv[0], (char **)(uintptr_t)c->argv, environment);
        rc = -errno;
    }
    (void)!write(report_fd, &rc, sizeof rc);
    _exit(127);
}

int pl_child_await_exec(int report_fd, pid_t pid)
{
    int rc = 0;
    ssize_t n;
    while ((n = read(report_fd, &rc, sizeof rc)) < 0 && errno == EINTR)
        continue;
    if (n != (ssize_t)sizeof rc)
        return 0;
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    return rc;
}

static int start(const struct pl_child *c, struct started *started)
{
    int report[2], go[2];
    pid_t parent = getpid();
    *started = (struct started){0};
    if (pipe2(report, O_CLOEXEC))
        return -errno;
    if (pipe2(go, O_CLOEXEC)) {
        close(report[0]);
        close(report[1]);
        return -EMFILE;
    }
    started->pid = fork();
    if (started->pid == 0) {
        close(go[1]); /* else it would wait for itself */
        run_child(c, parent, go[0], report[1]);
    }
    int rc = started->pid < 0 ? -errno : 0;
    if (!rc && c->group)
        started->guard = guard_start(started->pid);
    (void)!write(go[1], "", 1);
    close(go[0]);
    close(go[1]);
    close(report[1]);
    if (!rc)
        rc = pl_child_await_exec(report[0], started->pid);
    close(report[0]);
    if (rc)
        guard_end(&started->guard);
    return rc;
}

static bool has_ended(const struct pl_child *c, pid_t pid, bool *waited_for, int *status)
{
    if (!*waited_for)
        *waited_for = waitpid(pid, status, WNOHANG) == pid;
    return *waited_for && (!c->group || kill(-pid, 0));
}

/* Kills a child, and what it started where that is its group; with a grace both may end by
 * themselves first. */
static void end(const struct pl_child *c, pid_t pid, int *status)
{
    const struct timespec step = {0, STEP_MS * 1000 * 1000};
    pid_t whom = c->group ? -pid : pid;
    bool waited_for = false, ended = false;
    if (c->grace_ms)
        kill(whom, SIGTERM);
    for (unsigned waited = 0; !ended && waited < c->grace_ms; waited += STEP_MS) {
        nanosleep(&step, NULL);
        ended = has_ended(c, pid, &waited_for, status);
    }
    if (!ended)
        kill(whom, SIGKILL);
    while (!waited_for && waitpid(pid, status, 0) < 0 && errno == EINTR)
        continue;
}

static int wait_for(const struct pl_child *c, pid_t pid, int *status)
{
    const struct timespec step = {0, STEP_MS * 1000 * 1000};
    int rc = 0;
    for (unsigned waited = 0; !rc; waited += STEP_MS) {
        pid_t ended = waitpid(pid, status, WNOHANG);
        if (ended == pid)
            return 0;
        if (ended < 0 && errno != EINTR)
            return -errno;
        if (c->interrupted && *c->interrupted)
            rc = -EINTR;
        else if (waited >= c->timeout_ms)
            rc = -ETIMEDOUT;
        else
            nanosleep(&step, NULL);
    }
    end(c, pid, status);
    return rc;
}

int pl_child_run(const struct pl_child *c, int *status)
{
    struct started started;
    int rc = start(c, &started);
    if (rc)
        return rc;
    rc = wait_for(c, started.pid, status);
    guard_end(&started.guard);
    return rc;
}

int pl_child_call(void (*work)(void *context), void *context, unsigned timeout_s, int *status)
{
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        if (pl_child_become(parent) == 0) {
            alarm(timeout_s);
            work(context);
        }
        _exit(0);
    }
    if (pid < 0)
        return -errno;
    while (waitpid(pid, status, 0) < 0 && errno == EINTR)
        continue;
    return 0;
}

void pl_child_last_line(int fd, char *text, size_t capacity)
{
    off_t size = lseek(fd, 0, SEEK_END), from = size - (off_t)capacity + 1;
    ssize_t n = pread(fd, text, capacity - 1, from > 0 ? from : 0);
    text[n > 0 ? n : 0] = '\0';
    for (size_t end = strlen(text); end > 0 && text[end - 1] == '\n'; end--)
        text[end - 1] = '\0';
    char *newline = strrchr(text, '\n');
    if (newline)
        memmove(text, newline + 1, strlen(newline + 1) + 1);
    char *shown = pl_printable_dup(text);
    if (!shown)
        pl_memory_refused();
    snprintf(text, capacity, "%s", shown);
    free(shown);
}

static bool is_program(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

int pl_child_find_beside(const char *name, char *path, size_t capacity)
{
    char self[3072];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(self, '/');
    int written = slash ? snprintf(path, capacity, "%.*s/%s", (int)(slash - self), self, name) : -1;
    return written > 0 && (size_t)written < capacity && is_program(path) ? 0 : -ENOENT;
}

int pl_child_find(const char *name, char *path, size_t capacity)
{
    const char *at = getenv("PATH");
    while (at && *at) {
        size_t length = strcspn(at, ":");
        int n = snprintf(path, capacity, "%.*s/%s", (int)length, at, name);
        if (length && n > 0 && (size_t)n < capacity && path[0] == '/' && is_program(path))
            return 0;
        at += length + (at[length] == ':');
    }
    return -ENOENT;
}
