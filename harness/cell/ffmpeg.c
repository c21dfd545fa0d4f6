/* Which FFmpeg the cells of media have (process.h): its own libraries are not the controller's. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/base/child.h"
#include "harness/cell/process.h"

int pl_process_ffmpeg(char *version, size_t capacity, struct pl_error *error)
{
    char program[4096];
    int rc = pl_process_find(PL_PROCESS_MEDIA, program, sizeof program, error);
    if (rc)
        return rc;
    int status = 0, out = memfd_create("plimsoll-version", MFD_CLOEXEC);
    struct pl_child child = {.argv = (const char *const[]){program, "--version", NULL},
                             .in = -1,
                             .out = out,
                             .stderr_fd = -1,
                             .timeout_ms = 10000};
    rc = out < 0 ? -errno : pl_child_run(&child, &status);
    version[0] = '\0';
    if (!rc && status == 0)
        pl_child_last_line(out, version, capacity);
    if (out >= 0)
        close(out);
    if (!rc && !version[0])
        rc = pl_error_set(error, -ENOSYS,
                          "plimsoll-media does not start: are FFmpeg's libraries "
                          "still installed?");
    return rc;
}
