/* Telling what is mapped (record_stacks.h). */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "harness/interpose/raw.h"
#include "harness/interpose/record_stacks.h"

static bool write_whole(int to, const char *bytes, size_t count)
{
    while (count) {
        const ssize_t written = write(to, bytes, count);
        if (written <= 0)
            return false;
        bytes += written;
        count -= (size_t)written;
    }
    return true;
}

static void copy(int from, int to)
{
    char bytes[4096];
    ssize_t got;
    while ((got = read(from, bytes, sizeof bytes)) > 0)
        if (!write_whole(to, bytes, (size_t)got))
            return;
}

void pl_record_maps(const char *raw_path, uint32_t process)
{
    char path[PATH_MAX];
    const int length = snprintf(path, sizeof path, PL_RAW_MAPS_FORMAT, raw_path, process);
    if (length < 0 || (size_t)length >= sizeof path)
        return;
    const int from = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    const int to =
        open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
    if (from >= 0 && to >= 0)
        copy(from, to);
    if (from >= 0)
        close(from);
    if (to >= 0)
        close(to);
}
