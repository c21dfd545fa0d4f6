/* Fork and exec of a cell. Between the two only async-signal-safe calls are made. */
#include "harness/cell/process.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "allocators/base/printable.h"
#include "harness/base/child.h"
#include "harness/base/proc.h"
#include "harness/cell/enclosing.h"
#include "harness/cell/job.h"

#define PL_SAID_LINES_MAX 4

extern char **environ;

/* Of our own set, from the last one: interrupts and the controller favour the first. */
static int choose_cpu(uint32_t lane)
{
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed))
        return -1;
    for (int cpu = CPU_SETSIZE - 1; cpu >= 0; cpu--)
        if (CPU_ISSET((size_t)cpu, &allowed) && lane-- == 0)
            return cpu;
    return -1;
}

uint32_t pl_process_lanes(void)
{
    cpu_set_t allowed;
    int count = sched_getaffinity(0, sizeof allowed, &allowed) ? 1 : CPU_COUNT(&allowed);
    return count > 1 ? (uint32_t)count : 1;
}

static int write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int rc = write(fd, text, strlen(text)) < 0 ? -errno : 0;
    close(fd);
    return rc;
}

/* "unlimited" would lay the address space out in another way. */
static void fix_stack(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit))
        return;
    limit.rlim_cur = limit.rlim_max < PL_CELL_STACK_BYTES ? limit.rlim_max : PL_CELL_STACK_BYTES;
    setrlimit(RLIMIT_STACK, &limit);
}

/* What the child makes of itself; a step that only sharpens the measurement may fail. */
static int become_cell(const struct pl_process_options *o, int cpu, pid_t parent)
{
    int rc = pl_child_become(parent);
    if (rc)
        return rc;
    fix_stack();
    setpgid(0, 0); /* a Ctrl-C reaches the controller, which decides */
    write_text("/proc/self/oom_score_adj", "1000");
    if (!o->random_layout)
        personality(ADDR_NO_RANDOMIZE);
    if (!o->huge_pages)
        prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    if (cpu >= 0) {
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET((size_t)cpu, &one);
        sched_setaffinity(0, sizeof one, &one);
    }
    return o->container ? pl_container_join(o->container) : 0;
}

/* Moves `from` to `to`, without close-on-exec. Both targets are above what they may come from. */
static int place_fd(int from, int to)
{
    int rc = from == to ? fcntl(to, F_SETFD, 0) : dup2(from, to);
    return rc < 0 ? -errno : 0;
}

/* What exec takes. */
struct command {
    char *argv[PL_WRAPPER_WORDS_MAX + 2];
    char *envp[PL_ENVIRONMENT_MAX + PL_WRAPPER_VARIABLES_MAX + 2];
};

static size_t add_words(char **to, size_t count, const char *const *words, size_t max)
{
    for (size_t i = 0; words && words[i] && i < max; i++)
        to[count++] = (char *)(uintptr_t)words[i];
    return count;
}

static void make_command(const struct pl_process_options *o, struct command *command)
{
    const struct pl_cell_wrapper none = {0}, *wrapper = o->wrapper ? o->wrapper : &none;
    size_t words = add_words(command->argv, 0, wrapper->argv, PL_WRAPPER_WORDS_MAX);
    size_t variables = 0;
    command->argv[words] = (char *)(uintptr_t)o->program;
    command->envp[variables++] = (char *)(uintptr_t) "LC_ALL=C";
    for (size_t i = 0; i < o->environment->count; i++)
        command->envp[variables++] = (char *)(uintptr_t)pl_environment_at(o->environment, i);
    add_words(command->envp, variables, wrapper->environment, PL_WRAPPER_VARIABLES_MAX);
}

/* What it starts of others gets what a person's shell has set. */
static char *const *environment_of(const struct pl_process_options *o,
                                   const struct command *command)
{
    return o->inherits ? environ : command->envp;
}

static void run_child(const struct pl_process_options *o, const struct command *command, int cpu,
                      pid_t parent, int record_fd, int said_fd, int report_fd)
{
    int rc = become_cell(o, cpu, parent);
    if (!rc)
        rc = place_fd(o->job_fd, PL_JOB_FD);
    if (!rc)
        rc = place_fd(record_fd, PL_RECORD_FD);
    if (!rc)
        rc = place_fd(said_fd, STDOUT_FILENO);
    if (!rc)
        rc = place_fd(said_fd, STDERR_FILENO);
    if (!rc) {
        execve(command->argv[0], command->argv, environment_of(o, command));
        rc = -errno;
    }
    ssize_t told = write(report_fd, &rc, sizeof rc);
    (void)told;
    _exit(127);
}

/* Descriptors that the child moves must lie above the places where they go. */
static int raise_fd(int fd)
{
    int raised = fcntl(fd, F_DUPFD_CLOEXEC, 10);
    close(fd);
    return raised;
}

static int make_pipe(int ends[2])
{
    if (pipe2(ends, O_CLOEXEC))
        return -errno;
    ends[1] = raise_fd(ends[1]);
    if (ends[1] >= 0)
        return 0;
    close(ends[0]);
    return -EMFILE;
}

static void close_pipe(const int ends[2])
{
    close(ends[0]);
    close(ends[1]);
}

/* The pipes of records, of what the cell says and of why it can't start. What it says may not hold
 * it up: when that pipe is full (64 KiB), the rest is lost. */
static int make_pipes(int records[2], int said[2], int report[2])
{
    int rc = make_pipe(records);
    if (rc)
        return rc;
    rc = make_pipe(said);
    if (!rc) {
        fcntl(said[1], F_SETFL, O_NONBLOCK);
        rc = make_pipe(report);
        if (rc)
            close_pipe(said);
    }
    if (rc)
        close_pipe(records);
    return rc;
}

int pl_process_start(const struct pl_process_options *o, struct pl_process *process,
                     struct pl_error *error)
{
    struct command command = {0};
    make_command(o, &command);
    int records[2], said[2], report[2];
    int rc = make_pipes(records, said, report);
    if (rc)
        return pl_error_set(error, rc, "no pipe for a cell: %s%s", strerror(-rc),
                            rc == -EMFILE ? "; `ulimit -n 1024` allows more" : "");
    struct pl_process_options raised = *o;
    raised.job_fd = fcntl(o->job_fd, F_DUPFD_CLOEXEC, 10);
    if (raised.job_fd < 0) {
        close_pipe(records);
        close_pipe(said);
        close_pipe(report);
        return pl_error_set(error, -EMFILE,
                            "no descriptor for a cell; `ulimit -n 1024` allows more");
    }
    int cpu = o->pinned ? choose_cpu(o->lane) : -1;
    pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        run_child(&raised, &command, cpu, parent, records[1], said[1], report[1]);
    rc = pid < 0 ? -errno : 0;
    close(raised.job_fd);
    close(records[1]);
    close(said[1]);
    close(report[1]);
    if (!rc)
        rc = pl_child_await_exec(report[0], pid);
    close(report[0]);
    if (rc) {
        close(records[0]);
        close(said[0]);
        return pl_error_set(error, rc, "can't start %s: %s", command.argv[0], strerror(-rc));
    }
    *process = (struct pl_process){pid, records[0], said[0], cpu};
    return 0;
}

/* tcmalloc says a line for each allocation that fails: hundreds would bury our own. */
void pl_process_pass_on(struct pl_process *process)
{
    char text[65536];
    size_t size = 0, shown = 0;
    fcntl(process->said_fd, F_SETFL, O_NONBLOCK); /* a child of the cell may hold the other end */
    for (ssize_t n; (n = read(process->said_fd, text + size, sizeof text - size)) > 0;)
        size += (size_t)n;
    close(process->said_fd);
    for (int lines = 0; shown < size && lines < PL_SAID_LINES_MAX; lines++) {
        const char *end = memchr(text + shown, '\n', size - shown);
        shown = end ? (size_t)(end - text) + 1 : size;
    }
    pl_printable_write(stderr, text, shown, "\n\t");
    if (shown < size)
        fprintf(stderr, "... and more from this cell: %zu B at least\n", size - shown);
}

/* Where it would be. @return whether something is there */
static bool stands_beside(const char *name, char *path, size_t capacity)
{
    char self[3072];
    struct stat status;
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n > 0 ? n : 0] = '\0';
    const char *slash = strrchr(self, '/');
    snprintf(path, capacity, "%.*s/%s", slash ? (int)(slash - self) : 0, self, name);
    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* Why pl_child_find_beside found no program of this name. */
static int program_missing(const char *name, struct pl_error *error)
{
    char path[4096];
    int rc = pl_proc_check(error);
    if (rc)
        return rc;
    if (stands_beside(name, path, sizeof path))
        return pl_error_set(error, -EACCES,
                            "this user may not execute %s; its owner allows it by `chmod a+rx`",
                            path);
    if (strcmp(name, PL_PROCESS_MEDIA) != 0 && strcmp(name, PL_PROCESS_LIVE_MEDIA) != 0)
        return pl_error_set(error, -ENOENT, "%s is missing beside this program; build it by `make`",
                            name);
    return pl_error_set(error, -ENOSYS,
                        "%s was not built, for want of FFmpeg: `ci/setup` installs it; then build "
                        "again",
                        name);
}

int pl_process_find(const char *name, char *path, size_t capacity, struct pl_error *error)
{
    if (pl_child_find_beside(name, path, capacity) == 0)
        return 0;
    return program_missing(name, error);
}

bool pl_process_can_fix_addresses(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(personality(ADDR_NO_RANDOMIZE) == -1 ||
              !(personality(0xffffffff) & ADDR_NO_RANDOMIZE));
    int status = 0;
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}
