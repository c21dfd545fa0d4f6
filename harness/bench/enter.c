/* Replacing the process by one with the heap preloaded (enter.h). */
#include "harness/bench/enter.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "harness/cell/job.h"

#define ENTERED "PLIMSOLL_GBENCH_ENTERED"

static char *word(const char *text)
{
    return (char *)(uintptr_t)text; /* execve changes none of them */
}

bool bench_entered(void)
{
    return getenv(ENTERED) != NULL;
}

/* Without close-on-exec, whether it lies there already or not. */
static int place_job(int fd)
{
    int rc = fd == PL_JOB_FD ? fcntl(fd, F_SETFD, 0) : dup2(fd, PL_JOB_FD);
    return rc < 0 ? -errno : 0;
}

int bench_enter(const struct pl_stack_spec *spec, int job_fd, char **argv, struct pl_error *error)
{
    struct pl_environment environment;
    char *envp[PL_ENVIRONMENT_MAX + 3] = {word(ENTERED "=yes"), word("LC_ALL=C")};
    int rc = pl_stack_environment(spec, &environment, error);
    if (rc)
        return rc;
    for (size_t i = 0; i < environment.count; i++)
        envp[2 + i] = word(pl_environment_at(&environment, i));
    rc = place_job(job_fd);
    if (!rc) {
        personality(ADDR_NO_RANDOMIZE);
        prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
        execve("/proc/self/exe", argv, envp);
        rc = -errno;
    }
    return pl_error_set(error, rc, "can't be started anew: %s", strerror(-rc));
}
