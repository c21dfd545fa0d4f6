#include "harness/base/mark.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct mark {
    uint64_t namespace, pid, start;
};

/* Field 22 of /proc/PID/stat: what follows the name, which may hold spaces and parentheses.
 * @return 0 where there is no such process, where it has ended and only waits to be waited for, or
 * where there is no /proc */
static uint64_t start_time(const char *process)
{
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%s/stat", process);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    text[size > 0 ? size : 0] = '\0';
    const char *at = strrchr(text, ')');
    if (at && (strncmp(at, ") Z", 3) == 0 || strncmp(at, ") X", 3) == 0))
        return 0;
    for (int field = 2; at && field < 22; field++)
        at = strchr(at + 1, ' ');
    return at ? strtoull(at + 1, NULL, 10) : 0;
}

/* A /proc of another namespace shows us under another number: then it tells nothing of ours. */
static bool proc_is_ours(void)
{
    char number[32], own[32];
    ssize_t size = readlink("/proc/self", number, sizeof number - 1);
    snprintf(own, sizeof own, "%ld", (long)getpid());
    return size > 0 && strlen(own) == (size_t)size && strncmp(number, own, (size_t)size) == 0;
}

static uint64_t own_namespace(void)
{
    struct stat status;
    return proc_is_ours() && stat("/proc/self/ns/pid", &status) == 0 ? status.st_ino : 0;
}

void pl_mark_own(char mark[PL_MARK_MAX])
{
    uint64_t namespace = own_namespace();
    snprintf(mark, PL_MARK_MAX, "%" PRIu64 "-%ld-%" PRIu64, namespace, (long)getpid(),
             namespace ? start_time("self") : 0);
}

static bool read_number(const char **at, char end, uint64_t *number)
{
    char *stop;
    errno = 0;
    *number = strtoull(*at, &stop, 10);
    bool good = isdigit((unsigned char)**at) && !errno && *stop == end;
    *at = stop + 1;
    return good;
}

static bool parse(const char *text, struct mark *mark)
{
    return read_number(&text, '-', &mark->namespace) && read_number(&text, '-', &mark->pid) &&
           read_number(&text, '\0', &mark->start) && mark->pid > 0;
}

bool pl_mark_is(const char *text)
{
    struct mark mark;
    return parse(text, &mark);
}

bool pl_mark_ended(const char *text)
{
    struct mark mark;
    char process[32];
    if (!parse(text, &mark))
        return false;
    snprintf(process, sizeof process, "%" PRIu64, mark.pid);
    return !mark.namespace || mark.namespace != own_namespace() ||
           start_time(process) != mark.start;
}

/* @return a descriptor that holds the folder of this name, -1 when it can't be held now, or belongs
 * to another user */
static int hold(const char *folder)
{
    struct stat held, named;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return -1;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &held) == 0 && stat(folder, &named) == 0 &&
        held.st_ino == named.st_ino && held.st_uid == geteuid())
        return fd;
    close(fd);
    return -1;
}

/* Between making and holding it, another start may take it for left behind and remove it: then it
 * is made again. */
int pl_mark_hold(const char *folder, mode_t mode)
{
    for (int attempt = 0; attempt < 10; attempt++) {
        if (mkdir(folder, mode) && errno != EEXIST)
            return -errno;
        int fd = hold(folder);
        if (fd >= 0)
            return fd;
    }
    return -EBUSY;
}

int pl_mark_take_over(const char *folder, const char *mark)
{
    return pl_mark_ended(mark) ? hold(folder) : -1;
}
