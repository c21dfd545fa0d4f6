/* Telling apart no /proc, no right to execute and no such file (program.h). */
#include "harness/cell/program.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/proc.h"
#include "harness/cell/process.h"

/* Where it would be. @return whether something is there */
static bool stands_beside(const char *name, char *path, size_t capacity)
{
    char self[3072];
    struct stat status;
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n > 0 ? n : 0] = '\0';
    const char *slash = strrchr(self, '/');
    snprintf(path, capacity, "%.*s/%s", slash ? (int)(slash - self) : 0, self, name);
    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

int pl_program_missing(const char *name, struct pl_error *error)
{
    char path[4096];
    int rc = pl_proc_check(error);
    if (rc)
        return rc;
    if (stands_beside(name, path, sizeof path))
        return pl_error_set(error, -EACCES,
                            "this user may not execute %s; its owner allows it by `chmod a+rx`",
                            path);
    if (strcmp(name, PL_PROCESS_MEDIA) != 0)
        return pl_error_set(error, -ENOENT, "%s is missing beside this program; build it by `make`",
                            name);
    return pl_error_set(error, -ENOSYS,
                        "plimsoll-media was not built, for want of FFmpeg: `ci/setup` installs it; "
                        "then build again");
}
