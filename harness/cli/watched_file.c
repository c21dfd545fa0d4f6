/* Appending (watched_file.h). */
#include "harness/cli/watched_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD "epoch_s,rss_bytes,processes\n"
#define TAIL 128 /* bytes: a line is shorter */

static int fail(const struct pl_watched_file *f, struct pl_error *error)
{
    int rc = errno ? -errno : -EIO;
    return pl_error_set(error, rc, "can't write %s: %s", f->path ? f->path : "to stdout",
                        strerror(-rc));
}

/* Where not all of it could be written, what was is taken back, if that is a file. */
static int write_line(struct pl_watched_file *f, const char *line, struct pl_error *error)
{
    size_t length = strlen(line), done = 0;
    errno = 0;
    for (ssize_t n = 1; n > 0 && done<length; done += n> 0 ? (size_t)n : 0)
        n = write(f->fd, line + done, length - done); /* on a full disk the second one tells why */
    if (done == length)
        return 0;
    int rc = fail(f, error);
    struct stat status;
    if (done && fstat(f->fd, &status) == 0 && S_ISREG(status.st_mode))
        (void)!ftruncate(f->fd, status.st_size - (off_t)done);
    return rc;
}

/* @return the size up to the last whole line */
static off_t whole_size(int fd, off_t size)
{
    char tail[TAIL];
    off_t from = size > TAIL ? size - TAIL : 0;
    ssize_t n = pread(fd, tail, sizeof tail, from);
    while (n > 0 && tail[n - 1] != '\n')
        n--;
    return n > 0 ? from + n : size;
}

/* @return 0; 1 for a new one; -EEXIST; -EBUSY: lines of two would not be in the order of time */
static int look(const struct pl_watched_file *f, struct pl_error *error)
{
    char head[sizeof HEAD];
    struct stat status;
    if (fstat(f->fd, &status))
        return fail(f, error);
    if (S_ISREG(status.st_mode) && flock(f->fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
        return pl_error_set(error, -EBUSY,
                            "another watch is writing into %s; expected another --out", f->path);
    if (!S_ISREG(status.st_mode) || !status.st_size)
        return 1;
    ssize_t n = pread(f->fd, head, sizeof head - 1, 0);
    if (n != (ssize_t)sizeof head - 1 || memcmp(head, HEAD, sizeof HEAD - 1) != 0)
        return pl_error_set(error, -EEXIST,
                            "%s is there and no watch wrote it; expected another --out", f->path);
    return ftruncate(f->fd, whole_size(f->fd, status.st_size)) ? fail(f, error) : 0;
}

int pl_watched_file_open(struct pl_watched_file *f, const char *path, struct pl_error *error)
{
    *f = (struct pl_watched_file){path, STDOUT_FILENO};
    if (path)
        f->fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (f->fd < 0)
        return fail(f, error);
    int rc = path ? look(f, error) : 1;
    return rc > 0 ? write_line(f, HEAD, error) : rc;
}

int pl_watched_file_add(struct pl_watched_file *f, int64_t t_ns, uint64_t rss_bytes,
                        uint32_t processes, struct pl_error *error)
{
    char line[TAIL];
    snprintf(line, sizeof line, "%" PRId64 ".%03d,%" PRIu64 ",%" PRIu32 "\n", t_ns / 1000000000,
             (int)(t_ns / 1000000 % 1000), rss_bytes, processes);
    return write_line(f, line, error);
}

void pl_watched_file_close(struct pl_watched_file *f)
{
    if (f->path && f->fd >= 0)
        close(f->fd);
    f->fd = -1;
}
