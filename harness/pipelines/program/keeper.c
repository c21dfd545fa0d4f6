#include "harness/pipelines/program/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/child.h"
#include "harness/pipelines/program/descendants.h"

#define END_MS 20000 /* a process in the kernel's hands dies when it comes back from there */

/* What the keeper and its maker share: pipes, and what the program is. */
struct pipes {
    int report[2]; /* why it could not start, or its pid */
    int ended[2];
    int life[2];
    int crashes[2];
};

struct started {
    int rc;
    pid_t program;
    bool watched;
};

/* What the keeper knows while it keeps. */
struct kept {
    pid_t program;
    bool watched;
    int ended_fd, crashes_fd;
};

static void close_ends(const int ends[2])
{
    close(ends[0]);
    close(ends[1]);
}

static int join(const struct pl_keeper_orders *o)
{
    if (o->cgroup) {
        int fd = open(o->cgroup, O_WRONLY | O_CLOEXEC);
        int rc = fd < 0 ? -errno : write(fd, "0", 1) == 1 ? 0 : -errno;
        if (fd >= 0)
            close(fd);
        return rc;
    }
    struct rlimit limit = {o->data_bytes, o->data_bytes};
    return o->data_bytes && setrlimit(RLIMIT_DATA, &limit) ? -errno : 0;
}

static void write_score(void)
{
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)!write(fd, "1000", 4); /* only sharpens what the kernel chooses */
    close(fd);
}

/* The program's process until it is the program. Async-signal-safe calls alone. */
static void run_program(const struct pl_keeper_orders *o, pid_t parent, int report_fd, int go_fd)
{
    char go;
    int rc = pl_child_become(parent);
    (void)!read(go_fd, &go, 1); /* its end: now it may be seen */
    int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    setsid(); /* a Ctrl-C reaches the controller, which decides */
    write_score();
    if (!o->huge_pages)
        prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    if (!rc && o->directory && chdir(o->directory))
        rc = -errno;
    if (!rc && (dup2(in, STDIN_FILENO) < 0 || dup2(o->out_fd, STDOUT_FILENO) < 0 ||
                dup2(o->out_fd, STDERR_FILENO) < 0))
        rc = -errno;
    if (!rc)
        rc = join(o);
    if (!rc) {
        execvpe(o->argv[0], o->argv, o->envp);
        rc = -errno;
    }
    (void)!write(report_fd, &rc, sizeof rc);
    _exit(127);
}

static struct started start_program(const struct pl_keeper_orders *o)
{
    int report[2], go[2];
    if (pipe2(report, O_CLOEXEC))
        return (struct started){.rc = -errno};
    if (pipe2(go, O_CLOEXEC)) {
        close_ends(report);
        return (struct started){.rc = -EMFILE};
    }
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        close(go[1]);
        run_program(o, parent, report[1], go[0]);
    }
    int rc = pid < 0 ? -errno : 0;
    bool watched = !rc && o->watched && pl_ptrace_begin(pid) == 0;
    close_ends(go);
    close(report[1]);
    if (!rc)
        rc = pl_child_await_exec(report[0], pid);
    close(report[0]);
    return (struct started){rc, pid, watched};
}

/* Its name is read while it can be: before it is waited for. */
static void note_crash(const struct kept *k, const siginfo_t *found)
{
    struct pl_ptrace_crash crash;
    bool by_signal = found->si_code == CLD_KILLED || found->si_code == CLD_DUMPED;
    if (by_signal && found->si_pid != k->program &&
        pl_ptrace_crashed(found->si_pid, found->si_status, &crash))
        (void)!write(k->crashes_fd, &crash,
                     sizeof crash); /* when it is full, the first ones count */
}

/* Waits for those that have ended, and lets go on what is watched and has stopped.
 * @return whether any child is left */
static bool reap(const struct kept *k)
{
    for (;;) {
        siginfo_t found = {.si_pid = 0};
        int status;
        if (waitid(P_ALL, 0, &found, WEXITED | WNOHANG | WNOWAIT | __WALL))
            return errno == EINTR;
        if (found.si_pid == 0)
            return true;
        if (k->watched)
            note_crash(k, &found);
        if (waitpid(found.si_pid, &status, WNOHANG | __WALL) != found.si_pid)
            continue;
        if (WIFSTOPPED(status))
            pl_ptrace_go_on(found.si_pid, status);
        else if (found.si_pid == k->program)
            (void)!write(k->ended_fd, &status, sizeof status);
    }
}

static int kill_one(void *context, pid_t pid)
{
    (void)context;
    kill(pid, SIGKILL);
    return 0;
}

/* Whoever forks while he is looked for is found in the next round: all of them are ours. */
static void kill_all(const struct kept *k)
{
    for (int ms = 0; reap(k) && ms < END_MS; ms++) {
        pl_descendants_of(getpid(), kill_one, NULL);
        poll(NULL, 0, 1);
    }
}

/* Until the other end of life_fd is closed, by its owner or by his death. */
static void keep(const struct kept *k, int life_fd)
{
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    int signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    struct pollfd events[] = {{.fd = life_fd, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
    while (!events[0].revents) {
        struct signalfd_siginfo information;
        reap(k);
        poll(events, 2, -1);
        while (read(signals, &information, sizeof information) > 0)
            continue;
    }
    kill_all(k);
}

/* SIGCHLD is blocked before the program is there, so that none is lost. What ends us by other
 * signals than SIGKILL is passed over: our end is our maker's end. */
static void run_keeper(const struct pl_keeper_orders *o, const struct pipes *p)
{
    static const int passed_over[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
    sigset_t child;
    close(p->life[1]);
    close(p->ended[0]);
    close(p->crashes[0]);
    close(p->report[0]);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    struct started started = start_program(o);
    for (size_t i = 0; i < sizeof passed_over / sizeof *passed_over; i++)
        signal(passed_over[i], SIG_IGN);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    (void)!write(p->report[1], &started, sizeof started);
    close(p->report[1]);
    if (started.rc == 0) {
        close(o->out_fd);
        keep(&(struct kept){started.program, started.watched, p->ended[1], p->crashes[1]},
             p->life[0]);
    }
    _exit(0);
}

static int make_pipes(struct pipes *p)
{
    int *const made[] = {p->report, p->ended, p->life, p->crashes};
    static const int flags[] = {O_CLOEXEC, O_CLOEXEC | O_NONBLOCK, O_CLOEXEC,
                                O_CLOEXEC | O_NONBLOCK};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        if (pipe2(made[i], flags[i])) {
            int rc = -errno;
            while (i > 0)
                close_ends(made[--i]);
            return rc;
        }
    return 0;
}

static int explain(const struct pl_keeper_orders *o, int rc, struct pl_error *error)
{
    const char *what = o->argv[0];
    if (rc == -ENOENT && o->directory && access(o->directory, F_OK))
        return pl_error_set(error, rc, "program.directory: there is no %s", o->directory);
    if (rc == -ENOENT)
        return pl_error_set(error, rc, "there is no program '%s'", what);
    if (rc == -EACCES)
        return pl_error_set(error, rc, "'%s' is not executable for this user", what);
    if (rc == -ENOEXEC)
        return pl_error_set(error, -EINVAL, "'%s' is not a program that this machine can run",
                            what);
    return pl_error_set(error, rc, "'%s' can't be started: %s", what, strerror(-rc));
}

int pl_keeper_start(const struct pl_keeper_orders *o, struct pl_keeper *k, struct pl_error *error)
{
    struct pipes p;
    struct started started = {.rc = -EPROTO};
    int rc = make_pipes(&p);
    if (rc)
        return pl_error_set(error, rc, "no pipe for a program: %s", strerror(-rc));
    pid_t pid = fork();
    if (pid == 0)
        run_keeper(o, &p);
    rc = pid < 0 ? -errno : 0;
    close(p.report[1]);
    close(p.ended[1]);
    close(p.crashes[1]);
    close(p.life[0]);
    *k = (struct pl_keeper){
        .pid = pid, .ended_fd = p.ended[0], .life_fd = p.life[1], .crashes_fd = p.crashes[0]};
    while (!rc && read(p.report[0], &started, sizeof started) < 0 && errno == EINTR)
        continue;
    close(p.report[0]);
    k->program = started.program;
    k->watched = started.watched;
    if (!rc)
        rc = started.rc;
    if (!rc)
        return 0;
    pl_keeper_end(k);
    return explain(o, rc, error);
}

bool pl_keeper_ended(const struct pl_keeper *k, int *status)
{
    return read(k->ended_fd, status, sizeof *status) == (ssize_t)sizeof *status;
}

void pl_keeper_end(struct pl_keeper *k)
{
    close(k->life_fd);
    while (k->pid > 0 && waitpid(k->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    if (read(k->crashes_fd, &k->crash, sizeof k->crash) != (ssize_t)sizeof k->crash)
        k->crash.signal = 0;
    close(k->crashes_fd);
    close(k->ended_fd);
    k->pid = 0;
}
