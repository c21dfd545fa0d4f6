/* A forked process for what comes before the window (apart.h). */
#include "harness/media/apart.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int pl_media_apart(void (*work)(void *context), void *context, struct pl_error *error)
{
    int status;
    pid_t pid = fork();
    if (pid < 0)
        return pl_error_set(error, -errno, "no process to decode in: %s", strerror(errno));
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a cell that is stopped leaves nothing behind */
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
