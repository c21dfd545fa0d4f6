#include "allocators/tests/spawn.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { VARIABLES_MAX = 512 };

static size_t collect(const char **environment, const struct pl_environment *extra)
{
    size_t count = 0;
    for (size_t i = 0; i < extra->count; i++)
        environment[count++] = pl_environment_at(extra, i);
    for (char **own = environ; *own && count < VARIABLES_MAX - 1; own++)
        environment[count++] = *own;
    return count;
}

static void read_all(int fd, char *output, size_t capacity)
{
    size_t used = 0;
    ssize_t got;
    while (used < capacity - 1 && (got = read(fd, output + used, capacity - 1 - used)) > 0)
        used += (size_t)got;
    output[used] = '\0';
}

int spawn_self(const char *const *arguments, const struct pl_environment *extra, char *output,
               size_t capacity)
{
    const char *environment[VARIABLES_MAX] = {0};
    posix_spawn_file_actions_t actions;
    int ends[2] = {-1, -1}, status = -1;
    pid_t child;
    collect(environment, extra);
    posix_spawn_file_actions_init(&actions);
    if (output && !pipe(ends)) {
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
        posix_spawn_file_actions_addclose(&actions, ends[0]);
    }
    int rc = posix_spawn(&child, "/proc/self/exe", &actions, NULL, (char *const *)arguments,
                         (char *const *)environment);
    posix_spawn_file_actions_destroy(&actions);
    if (output) {
        close(ends[1]);
        read_all(ends[0], output, capacity);
        close(ends[0]);
    }
    return rc || waitpid(child, &status, 0) != child ? -1 : status;
}
