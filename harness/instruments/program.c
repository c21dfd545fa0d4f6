/* Programs that measure by themselves, rather than look on at a cell (observation.h). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/child.h"
#include "harness/base/shell_words.h"
#include "harness/instruments/observation.h"

#define GRACE_MS 3000 /* for the plimsoll that hyperfine runs, to remove its cgroup */

static void note_command(struct pl_observation *o, const char *const *argv)
{
    if (o->command[0] == '\0')
        for (size_t i = 0; argv[i]; i++)
            pl_shell_words_add(o->command, sizeof o->command, argv[i]);
}

/* "plimsoll-gbench" of a path. */
static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static int say_end(const char *program, int status, const char *said, struct pl_error *error)
{
    bool signalled = WIFSIGNALED(status);
    if (!signalled && WEXITSTATUS(status) == 0)
        return 0;
    return pl_error_set(
        error, -EIO, "%s failed (%s %d)%s%.300s", program, signalled ? "signal" : "exit code",
        signalled ? WTERMSIG(status) : WEXITSTATUS(status), *said ? ": " : "", said);
}

int pl_observation_program(struct pl_observation *o, const char *const *argv, unsigned timeout_ms,
                           struct pl_error *error)
{
    char log[PL_OBSERVATION_PATH], said[512] = "";
    int status = 0;
    note_command(o, argv);
    pl_observation_path(o, "log", log, sizeof log);
    int fd = open(log, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
    if (fd < 0)
        return pl_error_set(error, -errno, "can't write %s: %s", log, strerror(errno));
    struct pl_child child = {
        .argv = argv,
        .in = -1,
        .out = -1,
        .stderr_fd = fd,
        .timeout_ms = timeout_ms,
        .interrupted = o->cell.interrupted,
        .grace_ms = GRACE_MS,
        .group = true,
    };
    int rc = pl_child_run(&child, &status);
    pl_child_last_line(fd, said, sizeof said);
    close(fd);
    if (rc == -ETIMEDOUT)
        return pl_error_set(error, rc, "%s took longer than %u s and was ended", base_name(argv[0]),
                            timeout_ms / 1000);
    if (rc)
        return pl_error_set(error, rc, "%s: %s", base_name(argv[0]), strerror(-rc));
    rc = say_end(base_name(argv[0]), status, said, error);
    if (rc)
        pl_observation_file(o, "log");
    else
        pl_observation_forget(o, "log");
    return rc;
}
