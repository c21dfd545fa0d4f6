/* A child process whose stderr tells both what it says and that it ended (spawn.h). */
#include "harness/compare/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

#define GRACE_MS 10000 /* from SIGTERM to SIGKILL: a run removes its container first */

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

/* Keeps the last line: a newline begins it anew once more text follows. */
static void keep(struct pl_spawned *s, const char *text, size_t size)
{
    size_t used = strlen(s->said);
    for (size_t i = 0; i < size; i++) {
        if (used && s->said[used - 1] == '\n')
            used = 0;
        if (used + 1 < sizeof s->said)
            s->said[used++] = text[i];
        s->said[used] = '\0';
    }
}

static int start(const char *const *argv, int said_fd, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    int rc = posix_spawn_file_actions_init(&actions);
    if (rc)
        return -rc;
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, said_fd, STDERR_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    /* A group of its own: a Ctrl-C reaches us, and we end it. */
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setpgroup(&attributes, 0);
    rc = posix_spawn(pid, argv[0], &actions, &attributes, (char *const *)(uintptr_t)argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return -rc;
}

/* Reads until the child closes its stderr, which its end does. @return 0, -EINTR or -ETIMEDOUT */
static int follow(int fd, pid_t pid, int timeout_ms, const volatile sig_atomic_t *interrupted,
                  struct pl_spawned *s)
{
    int64_t deadline = now_ms() + timeout_ms;
    int rc = 0;
    char text[4096];
    for (;;) {
        if (!rc && interrupted && *interrupted) {
            rc = -EINTR;
            kill(pid, SIGTERM);
            deadline = now_ms() + GRACE_MS;
        }
        if (now_ms() >= deadline) {
            kill(pid, SIGKILL);
            return rc ? rc : -ETIMEDOUT;
        }
        struct pollfd end = {.fd = fd, .events = POLLIN};
        if (poll(&end, 1, 200) <= 0)
            continue;
        ssize_t n = read(fd, text, sizeof text);
        if (n > 0)
            keep(s, text, (size_t)n);
        else if (n == 0 || errno != EINTR)
            return rc;
    }
}

int pl_spawn(const char *const *argv, int timeout_ms, const volatile sig_atomic_t *interrupted,
             struct pl_spawned *spawned)
{
    int ends[2], status = 0;
    pid_t pid = -1;
    *spawned = (struct pl_spawned){0};
    if (pipe2(ends, O_CLOEXEC))
        return -errno;
    int rc = start(argv, ends[1], &pid);
    close(ends[1]);
    if (!rc) {
        rc = follow(ends[0], pid, timeout_ms, interrupted, spawned);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            ;
        spawned->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        spawned->said[strcspn(spawned->said, "\n")] = '\0';
    }
    close(ends[0]);
    return rc;
}
