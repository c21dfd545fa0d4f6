/* Running plot.py (draw.h). */
#include "harness/report/draw.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HOW "for pictures: apt-get install python3-matplotlib, then `plimsoll report` again"

extern char **environ;

struct pl_draw pl_draw_default(void)
{
    static const char beside[] = PL_SOURCE_DIR "/plots/plot.py";
    return (struct pl_draw){
        .python = "/usr/bin/python3",
        .script = access(beside, R_OK) == 0 ? beside : PL_DATA_DIR "/plots/plot.py",
        .timeout_ms = 60000,
    };
}

/* @param complaints takes what the child writes to stderr */
static int start(const struct pl_draw *draw, const char *folder, int complaints, pid_t *child)
{
    /* -E -s: nothing of a user's environment may change a picture; -B: no cache in the tree */
    char *arguments[] = {(char *)draw->python, "-E", "-s",           "-B",
                         (char *)draw->script, "--", (char *)folder, NULL};
    posix_spawn_file_actions_t actions;
    int rc = posix_spawn_file_actions_init(&actions);
    if (rc)
        return -rc;
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, complaints, STDERR_FILENO);
    rc = posix_spawn(child, draw->python, &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return -rc;
}

/* @return 0 with its status, -ETIMEDOUT after it was killed, or a negative errno */
static int wait_for(pid_t child, unsigned timeout_ms, int *status)
{
    const struct timespec step = {0, 10 * 1000 * 1000};
    for (unsigned waited = 0;; waited += 10) {
        pid_t ended = waitpid(child, status, WNOHANG);
        if (ended == child)
            return 0;
        if (ended < 0 && errno != EINTR)
            return -errno;
        if (waited >= timeout_ms)
            break;
        nanosleep(&step, NULL);
    }
    kill(child, SIGKILL);
    while (waitpid(child, status, 0) < 0 && errno == EINTR)
        continue;
    return -ETIMEDOUT;
}

/* The last line that was written: Python's reason stands at the end. */
static void last_line(int complaints, char *line, size_t capacity)
{
    char text[2048];
    off_t size = lseek(complaints, 0, SEEK_END);
    off_t from = size > (off_t)sizeof text - 1 ? size - (off_t)sizeof text + 1 : 0;
    ssize_t n = pread(complaints, text, sizeof text - 1, from);
    text[n > 0 ? n : 0] = '\0';
    while (n > 0 && text[n - 1] == '\n')
        text[--n] = '\0';
    const char *newline = strrchr(text, '\n');
    snprintf(line, capacity, "%.250s", newline ? newline + 1 : text);
}

int pl_draw_pictures(const struct pl_draw *draw, const char *folder, struct pl_error *error)
{
    char reason[300] = "";
    pid_t child;
    int status = 0, complaints = memfd_create("plot.py", MFD_CLOEXEC);
    if (complaints < 0)
        return pl_error_set(error, -errno, "no pictures: %s", strerror(errno));
    int rc = start(draw, folder, complaints, &child);
    if (rc) {
        pl_error_set(error, rc, "no pictures: %s: %s; " HOW, draw->python, strerror(-rc));
    } else if ((rc = wait_for(child, draw->timeout_ms, &status)) != 0) {
        pl_error_set(error, rc, "no pictures: plot.py took longer than %u s; run it by hand: %s %s",
                     draw->timeout_ms / 1000, draw->script, folder);
    } else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        last_line(complaints, reason, sizeof reason);
        rc = pl_error_set(error, -EIO, "no pictures: %s; " HOW,
                          reason[0] ? reason : "plot.py ended without a word");
    }
    close(complaints);
    return rc;
}
