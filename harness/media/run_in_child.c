/* A forked process for what comes before the window (run_in_child.h). */
#include "harness/media/run_in_child.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>

#include "harness/base/child.h"

int pl_media_run_in_child(void (*work)(void *context), void *context, struct pl_error *error)
{
    int status = 0, rc = pl_child_call(work, context, 0, &status);
    if (rc)
        return pl_error_set(error, rc, "no process to decode in: %s", strerror(-rc));
    if (WIFSIGNALED(status))
        return pl_error_set(error, -EINVAL, "decoding the sources crashed (signal %d)",
                            WTERMSIG(status));
    if (WEXITSTATUS(status))
        return pl_error_set(error, -EINVAL, "decoding the sources ended early (exit code %d)",
                            WEXITSTATUS(status));
    return 0;
}
