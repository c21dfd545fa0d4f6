/* Looks for the running program, which no /proc fails to show (proc.h). */
#include "harness/base/proc.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int pl_proc_check(struct pl_error *error)
{
    char byte;
    if (readlink("/proc/self/exe", &byte, sizeof byte) >= 0)
        return 0;
    return pl_error_set(error, -ENOSYS,
                        "/proc shows no processes (/proc/self/exe: %s), and memory is measured "
                        "there; as root, `mount -t proc proc /proc` mounts it",
                        strerror(errno));
}
