/* A forked process for what comes before the window (apart.h). */
#include "harness/media/apart.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/child.h"

int pl_media_apart(void (*work)(void *context), void *context, struct pl_error *error)
{
    int status;
    pid_t cell = getpid(), pid = fork();
    if (pid < 0)
        return pl_error_set(error, -errno, "no process to decode in: %s", strerror(errno));
    if (pid == 0) {
        if (pl_child_become(cell) == 0) /* a cell that is stopped leaves nothing behind */
            work(context);
        _exit(0);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFSIGNALED(status))
        return pl_error_set(error, -EINVAL, "decoding the sources crashed (signal %d)",
                            WTERMSIG(status));
    if (WEXITSTATUS(status))
        return pl_error_set(error, -EINVAL, "decoding the sources ended early (exit code %d)",
                            WEXITSTATUS(status));
    return 0;
}
