/* Whole-or-nothing files (files.h). */
#include "harness/base/files.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folder that a path lies in. */
static void folder_of(const char *path, char *folder, size_t capacity)
{
    const char *slash = strrchr(path, '/');
    int length = slash ? (int)(slash - path) : 1;
    snprintf(folder, capacity, "%.*s", length ? length : 1, slash ? path : ".");
}

/* A file without a name goes with us, however we end. Not every file system has such, and its name
 * is given through /proc. */
static int open_nameless(const char *path)
{
    char folder[4096], place[64];
    folder_of(path, folder, sizeof folder);
    int fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
    if (fd < 0)
        return -1;
    snprintf(place, sizeof place, "/proc/self/fd/%d", fd);
    if (access(place, F_OK) == 0)
        return fd;
    close(fd);
    return -1;
}

/* What stands under a temporary name is nobody's that we know: it is neither followed nor taken. */
static int open_named(struct pl_file *file)
{
    for (unsigned number = 0;; number++) {
        snprintf(file->temporary, sizeof file->temporary, "%s.%ld-%u.tmp", file->path,
                 (long)getpid(), number);
        int fd = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST || number == 1000)
            return fd;
    }
}

/* A rename would put a file in the place of a device such as /dev/null, for everybody on the
 * machine, or of the link /dev/stdout, which leads to /proc. */
static bool is_special(const char *path)
{
    struct stat status;
    char target[6] = {0};
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
        return true;
    return readlink(path, target, sizeof target) == sizeof target &&
           memcmp(target, "/proc/", sizeof target) == 0;
}

int pl_file_open(struct pl_file *file, const char *path, struct pl_error *error)
{
    *file = (struct pl_file){0};
    int n = snprintf(file->path, sizeof file->path, "%s", path);
    if (n < 0 || (size_t)n >= sizeof file->path)
        return pl_error_set(error, -ENAMETOOLONG, "%.80s...: the path is too long", path);
    if (is_special(path))
        return pl_error_set(error, -EINVAL,
                            "can't write %s: it is not a regular file; expected a file's name",
                            path);
    int fd = open_nameless(path);
    if (fd < 0)
        fd = open_named(file);
    file->stream = fd < 0 ? NULL : fdopen(fd, "w");
    if (file->stream)
        return 0;
    int rc = pl_error_set(error, -errno, "can't write %s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    if (fd >= 0 && file->temporary[0])
        unlink(file->temporary);
    return rc;
}

/* Gives a file without a name its own, by way of another, since a link can't replace what is there.
 * That one is taken away from whoever has it: of us, somebody who was killed just here.
 * @return 0 or an errno */
static int name_it(struct pl_file *file)
{
    char place[64];
    snprintf(place, sizeof place, "/proc/self/fd/%d", fileno(file->stream));
    snprintf(file->temporary, sizeof file->temporary, "%s.tmp", file->path);
    for (int attempt = 0; attempt < 100; attempt++) {
        if (linkat(AT_FDCWD, place, AT_FDCWD, file->temporary, AT_SYMLINK_FOLLOW) == 0) {
            if (rename(file->temporary, file->path) == 0)
                return 0;
            if (errno != ENOENT) /* else another took it away */
                break;
        } else if (errno != EEXIST || (unlink(file->temporary) && errno != ENOENT)) {
            break;
        }
    }
    int failed = errno;
    unlink(file->temporary);
    return failed;
}

int pl_file_commit(struct pl_file *file, struct pl_error *error)
{
    int failed = 0;
    if (ferror(file->stream)) /* a write failed before, and stdio forgot why: ask once more */
        failed = write(fileno(file->stream), "", 1) < 0 ? errno : EIO;
    if ((fflush(file->stream) || (!file->unsynced && fsync(fileno(file->stream)))) && !failed)
        failed = errno;
    bool named = file->temporary[0];
    if (!failed && !named)
        failed = name_it(file);
    if (fclose(file->stream) && !failed)
        failed = errno;
    file->stream = NULL;
    if (!failed && named && rename(file->temporary, file->path))
        failed = errno;
    if (!failed)
        return 0;
    if (named)
        unlink(file->temporary);
    failed = failed == EINTR ? EIO : failed; /* stdio gave up; nobody has asked us to stop */
    return pl_error_set(error, -failed, "can't write %s: %s%s", file->path, strerror(failed),
                        failed == EFBIG ? "; is there a limit (ulimit -f)?" : "");
}

void pl_file_discard(struct pl_file *file)
{
    if (!file->stream)
        return;
    fclose(file->stream);
    file->stream = NULL;
    if (file->temporary[0])
        unlink(file->temporary);
}

static int enlarge(char **buffer, size_t *capacity)
{
    char *larger = realloc(*buffer, 2 * *capacity);
    if (!larger)
        return -ENOMEM;
    *buffer = larger;
    *capacity *= 2;
    return 0;
}

/* @param max bytes, whatever the file said of its size: it may grow, and /proc says 0 */
static int read_all(int fd, uint64_t max, char **text, size_t *size)
{
    size_t capacity = 1 << 16, used = 0;
    char *buffer = malloc(capacity);
    int rc = buffer ? 0 : -ENOMEM;
    for (bool ended = false; !rc && !ended;) {
        ssize_t n = read(fd, buffer + used, capacity - used - 1);
        if (n < 0 && errno != EINTR)
            rc = -errno;
        used += n > 0 ? (size_t)n : 0;
        ended = n == 0;
        if (used > max)
            rc = -EFBIG;
        else if (!rc && used == capacity - 1)
            rc = enlarge(&buffer, &capacity);
    }
    if (rc) {
        free(buffer);
        return rc;
    }
    buffer[used] = '\0';
    *text = buffer;
    *size = used;
    return 0;
}

/* A pipe is not waited for, and a device is never read. */
static int open_regular(const char *path, uint64_t max, struct pl_error *error)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &status)) {
        int rc = pl_error_set(error, -errno, "can't read %s: %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return rc;
    }
    int rc = 0;
    if (S_ISDIR(status.st_mode))
        rc = pl_error_set(error, -EISDIR, "can't read %s: %s", path, strerror(EISDIR));
    else if (!S_ISREG(status.st_mode))
        rc = pl_error_set(error, -EINVAL, "can't read %s: it is not a regular file", path);
    else if ((uint64_t)status.st_size > max)
        rc = -EFBIG;
    if (!rc)
        return fd;
    close(fd);
    return rc;
}

int pl_file_read(const char *path, uint64_t max, char **text, size_t *size, struct pl_error *error)
{
    int fd = open_regular(path, max, error);
    int rc = fd < 0 ? fd : read_all(fd, max, text, size);
    if (fd >= 0)
        close(fd);
    if (rc == -EFBIG)
        return pl_error_set(error, rc, "%s is larger than %.6g MiB", path, (double)max / 0x1p20);
    return rc && fd >= 0 ? pl_error_set(error, rc, "can't read %s: %s", path, strerror(-rc)) : rc;
}

int pl_folder_make(const char *path, struct pl_error *error)
{
    char part[4096];
    int n = snprintf(part, sizeof part, "%s", path);
    if (n <= 0 || (size_t)n >= sizeof part)
        return pl_error_set(error, -ENAMETOOLONG, "'%.80s' is not a path of a folder", path);
    for (char *slash = part + 1;; slash++) {
        if (*slash && *slash != '/')
            continue;
        char kept = *slash;
        *slash = '\0';
        if (mkdir(part, 0777) && errno != EEXIST)
            return pl_error_set(error, -errno, "can't make the folder %s: %s", part,
                                strerror(errno));
        *slash = kept;
        if (!kept)
            break;
    }
    struct stat status;
    if (stat(path, &status) || !S_ISDIR(status.st_mode))
        return pl_error_set(error, -ENOTDIR, "%s is not a folder; expected one", path);
    return 0;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *at)
{
    (void)status;
    (void)kind;
    (void)at;
    return remove(path);
}

void pl_folder_remove(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
