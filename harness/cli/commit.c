/* Runs git in the folder (commit.h). */
#include "harness/cli/commit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TIMEOUT_MS 10000

extern char **environ;

/* --always without any tag gives the commit itself. @param from what git prints */
static int start(const char *folder, int to, pid_t *child)
{
    char *arguments[] = {"git",         "-C",          (char *)folder, "describe", "--always",
                         "--abbrev=40", "--exclude=*", "--dirty",      NULL};
    posix_spawn_file_actions_t actions;
    int rc = posix_spawn_file_actions_init(&actions);
    if (rc)
        return -rc;
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, to, STDOUT_FILENO);
    rc = posix_spawnp(child, arguments[0], &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return -rc;
}

/* What comes until the other end is closed. @return whether that was in time */
static bool collect(int from, char *text, size_t capacity)
{
    size_t used = 0;
    for (;;) {
        struct pollfd ready = {.fd = from, .events = POLLIN};
        if (poll(&ready, 1, TIMEOUT_MS) <= 0 || used + 1 >= capacity)
            return false;
        ssize_t n = read(from, text + used, capacity - used - 1);
        if (n < 0)
            return false;
        used += (size_t)n;
        text[used] = '\0';
        if (n == 0)
            return true;
    }
}

static bool ask(const char *folder, char *text, size_t capacity)
{
    int ends[2], status = 0;
    pid_t child;
    if (pipe2(ends, O_CLOEXEC))
        return false;
    int rc = start(folder, ends[1], &child);
    close(ends[1]);
    bool whole = !rc && collect(ends[0], text, capacity);
    close(ends[0]);
    if (rc)
        return false;
    if (!whole)
        kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    text[strcspn(text, "\n")] = '\0';
    return whole && WIFEXITED(status) && WEXITSTATUS(status) == 0 && text[0];
}

void pl_commit_of(const char *folder, char *text, size_t capacity)
{
    char git[4096];
    snprintf(git, sizeof git, "%s/.git", folder);
    text[0] = '\0';
    /* Sources that were unpacked inside somebody else's tree are no part of that tree. */
    if (access(git, F_OK) != 0 || !ask(folder, text, capacity))
        snprintf(text, capacity, "unknown");
}
