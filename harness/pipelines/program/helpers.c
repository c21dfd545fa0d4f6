/* Starting, stalling and ending clients and actions (helpers.h). */
#include "harness/pipelines/program/helpers.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/child.h"
#include "harness/pipelines/program/exec_words.h"

#define GRACE_MS 500 /* from SIGTERM to SIGKILL of what runs beside */

int pl_helpers_open(struct pl_helpers *h, const struct pl_program_settings *settings,
                    const char *directory, int out_fd)
{
    uint32_t clients = 0;
    for (uint32_t i = 0; i < settings->client_count; i++)
        clients += settings->clients[i].count;
    *h = (struct pl_helpers){
        .settings = settings,
        .directory = directory,
        .out_fd = out_fd,
        .capacity = clients + 2 * PL_PROGRAM_ACTIONS_MAX,
    };
    h->processes = calloc(h->capacity, sizeof *h->processes);
    for (uint32_t i = 0; i < settings->action_count; i++)
        h->next_action_ns[i] = settings->actions[i].at_ns;
    return h->processes ? 0 : -ENOMEM;
}

/* Async-signal-safe calls alone. */
static void run_helper(const struct pl_helpers *h, char *const *argv, pid_t parent, int report_fd)
{
    int rc = pl_child_become(parent);
    int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    setpgid(0, 0);
    if (!rc && h->directory && chdir(h->directory))
        rc = -errno;
    if (!rc && (dup2(in, STDIN_FILENO) < 0 || dup2(h->out_fd, STDOUT_FILENO) < 0 ||
                dup2(h->out_fd, STDERR_FILENO) < 0))
        rc = -errno;
    if (!rc) {
        execvp(argv[0], argv);
        rc = -errno;
    }
    (void)!write(report_fd, &rc, sizeof rc);
    _exit(127);
}

static int start(struct pl_helpers *h, const struct pl_words *command, const char *what,
                 struct pl_helper_process *as, struct pl_error *error)
{
    char *argv[PL_PROGRAM_WORDS_MAX + 1];
    int report[2];
    pl_exec_words_argv(command, argv);
    if (h->count == h->capacity)
        return pl_error_set(error, -EAGAIN, "%s: '%s' is still running from the times before", what,
                            argv[0]);
    if (pipe2(report, O_CLOEXEC))
        return pl_error_set(error, -errno, "no pipe for %s", what);
    pid_t parent = getpid();
    as->pid = fork();
    if (as->pid == 0)
        run_helper(h, argv, parent, report[1]);
    int rc = as->pid < 0 ? -errno : 0;
    close(report[1]);
    if (!rc)
        rc = pl_child_await_exec(report[0], as->pid);
    close(report[0]);
    if (rc)
        return pl_error_set(error, rc == -ENOENT || rc == -EACCES ? rc : -EINVAL,
                            "%s: '%s' can't be started: %s", what, argv[0], strerror(-rc));
    h->processes[h->count++] = *as;
    return 0;
}

/* What ended by itself; of a client that is a failure where its status says so. */
static void reap(struct pl_helpers *h)
{
    int status;
    for (uint32_t i = h->count; i-- > 0;) {
        struct pl_helper_process *p = &h->processes[i];
        if (waitpid(p->pid, &status, WNOHANG) != p->pid)
            continue;
        if (!p->action && status != 0 && h->failed++ == 0) {
            h->failed_first = p->client;
            h->failed_status = status;
        }
        kill(-p->pid, SIGKILL); /* what it started */
        *p = h->processes[--h->count];
    }
}

static int start_clients(struct pl_helpers *h, int64_t now_ns, struct pl_error *error)
{
    for (uint32_t i = 0; i < h->settings->client_count; i++) {
        const struct pl_program_client *c = &h->settings->clients[i];
        while (h->begun[i] < c->count && now_ns < c->until_ns &&
               now_ns >= c->from_ns + (int64_t)h->begun[i] * c->every_ns) {
            struct pl_helper_process as = {.client = i};
            int rc = start(h, &c->command, "program.clients", &as, error);
            if (rc)
                return rc;
            h->begun[i]++;
        }
    }
    return 0;
}

static bool stalls(const struct pl_program_client *c, int64_t now_ns)
{
    for (uint32_t i = 0; i < c->stall_count; i++)
        if (now_ns >= c->stalls[i].from_ns && now_ns < c->stalls[i].until_ns)
            return true;
    return false;
}

static void stall_or_end(struct pl_helpers *h, int64_t now_ns)
{
    for (uint32_t i = h->count; i-- > 0;) {
        struct pl_helper_process *p = &h->processes[i];
        const struct pl_program_client *c = &h->settings->clients[p->client];
        if (p->action)
            continue;
        if (now_ns >= c->until_ns) {
            kill(-p->pid, SIGKILL);
            while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
                continue;
            *p = h->processes[--h->count];
        } else if (stalls(c, now_ns) != p->stalled) {
            p->stalled = !p->stalled;
            kill(-p->pid, p->stalled ? SIGSTOP : SIGCONT);
        }
    }
}

static int act(struct pl_helpers *h, int64_t now_ns, pid_t program, struct pl_error *error)
{
    int rc = 0;
    for (uint32_t i = 0; !rc && i < h->settings->action_count; i++) {
        const struct pl_program_action *a = &h->settings->actions[i];
        if (now_ns < h->next_action_ns[i])
            continue;
        struct pl_helper_process as = {.action = true};
        if (a->command.count)
            rc = start(h, &a->command, "program.actions", &as, error);
        else if (program)
            kill(program, (int)a->signal);
        h->next_action_ns[i] = a->every_ns ? h->next_action_ns[i] + a->every_ns : INT64_MAX;
    }
    return rc;
}

int pl_helpers_turn(struct pl_helpers *h, int64_t now_ns, pid_t program, struct pl_error *error)
{
    reap(h);
    stall_or_end(h, now_ns);
    int rc = start_clients(h, now_ns, error);
    return rc ? rc : act(h, now_ns, program, error);
}

static void sooner(int64_t *due_ns, int64_t at_ns, int64_t after_ns)
{
    if (at_ns > after_ns && at_ns < *due_ns)
        *due_ns = at_ns;
}

int64_t pl_helpers_due(const struct pl_helpers *h, int64_t now_ns)
{
    int64_t due_ns = INT64_MAX;
    for (uint32_t i = 0; i < h->settings->client_count; i++) {
        const struct pl_program_client *c = &h->settings->clients[i];
        if (h->begun[i] < c->count)
            sooner(&due_ns, c->from_ns + (int64_t)h->begun[i] * c->every_ns, now_ns);
        sooner(&due_ns, c->until_ns, now_ns);
        for (uint32_t k = 0; k < c->stall_count; k++) {
            sooner(&due_ns, c->stalls[k].from_ns, now_ns);
            sooner(&due_ns, c->stalls[k].until_ns, now_ns);
        }
    }
    for (uint32_t i = 0; i < h->settings->action_count; i++)
        sooner(&due_ns, h->next_action_ns[i], now_ns);
    return due_ns;
}

/* A stopped process takes no signal but SIGKILL until it goes on. */
void pl_helpers_close(struct pl_helpers *h)
{
    for (uint32_t i = 0; i < h->count; i++) {
        kill(-h->processes[i].pid, SIGTERM);
        kill(-h->processes[i].pid, SIGCONT);
    }
    for (int ms = 0; h->count && ms < GRACE_MS; ms += 10) {
        uint32_t failed = h->failed;
        reap(h);
        h->failed = failed; /* they were told to */
        poll(NULL, 0, h->count ? 10 : 0);
    }
    for (uint32_t i = 0; i < h->count; i++) {
        kill(-h->processes[i].pid, SIGKILL);
        while (waitpid(h->processes[i].pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    free(h->processes);
}
