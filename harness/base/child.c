/* Spawning and waiting for helpers (child.h). */
#include "harness/base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "allocators/printable.h"

#define STEP_MS 10

extern char **environ;

static void redirect(posix_spawn_file_actions_t *actions, int from, int to, int flags)
{
    if (from < 0)
        posix_spawn_file_actions_addopen(actions, to, "/dev/null", flags, 0);
    else
        posix_spawn_file_actions_adddup2(actions, from, to);
}

static int start(const struct pl_child *c, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    int rc = posix_spawn_file_actions_init(&actions);
    if (rc)
        return -rc;
    redirect(&actions, c->in, STDIN_FILENO, O_RDONLY);
    redirect(&actions, c->out, STDOUT_FILENO, O_WRONLY);
    redirect(&actions, c->complaints, STDERR_FILENO, O_WRONLY);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes); /* the group is that of its own number, 0 */
    posix_spawnattr_setflags(&attributes, c->group ? POSIX_SPAWN_SETPGROUP : 0);
    char **environment = c->environment ? (char **)(uintptr_t)c->environment : environ;
    rc = posix_spawn(pid, c->argv[0], &actions, &attributes, (char **)(uintptr_t)c->argv,
                     environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return -rc;
}

/* Kills a child; with a grace it may end by itself first. What it started may be left when it has
 * ended, and is killed in any case. */
static void end(const struct pl_child *c, pid_t pid, int *status)
{
    const struct timespec step = {0, STEP_MS * 1000 * 1000};
    pid_t ended = 0, whom = c->group ? -pid : pid;
    if (c->grace_ms)
        kill(whom, SIGTERM);
    for (unsigned waited = 0; ended == 0 && waited < c->grace_ms; waited += STEP_MS) {
        nanosleep(&step, NULL);
        ended = waitpid(pid, status, WNOHANG);
    }
    if (ended != pid || c->group)
        kill(whom, SIGKILL);
    if (ended == pid)
        return;
    while (waitpid(pid, status, 0) < 0 && errno == EINTR)
        continue;
}

int pl_child_run(const struct pl_child *c, int *status)
{
    const struct timespec step = {0, STEP_MS * 1000 * 1000};
    pid_t pid;
    int rc = start(c, &pid);
    if (rc)
        return rc;
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
    if (shown)
        snprintf(text, capacity, "%s", shown);
    else
        text[0] = '\0';
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
