/* Whole-or-nothing files (files.h). */
#include "harness/base/files.h"

#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int pl_file_open(struct pl_file *file, const char *path, struct pl_error *error)
{
    *file = (struct pl_file){0};
    int n = snprintf(file->path, sizeof file->path, "%s", path);
    if (n < 0 || (size_t)n >= sizeof file->path)
        return pl_error_set(error, -ENAMETOOLONG, "%.80s...: the path is too long", path);
    snprintf(file->temporary, sizeof file->temporary, "%s.%ld.tmp", path, (long)getpid());
    file->stream = fopen(file->temporary, "we");
    if (!file->stream)
        return pl_error_set(error, -errno, "can't write %s: %s", path, strerror(errno));
    return 0;
}

int pl_file_commit(struct pl_file *file, struct pl_error *error)
{
    int failed = 0;
    if (ferror(file->stream)) /* a write failed before, and stdio forgot why: ask once more */
        failed = write(fileno(file->stream), "", 1) < 0 ? errno : EIO;
    if ((fflush(file->stream) || fsync(fileno(file->stream))) && !failed)
        failed = errno;
    if (fclose(file->stream) && !failed)
        failed = errno;
    file->stream = NULL;
    if (!failed && rename(file->temporary, file->path))
        failed = errno;
    if (!failed)
        return 0;
    unlink(file->temporary);
    return pl_error_set(error, -failed, "can't write %s: %s", file->path, strerror(failed));
}

void pl_file_discard(struct pl_file *file)
{
    if (!file->stream)
        return;
    fclose(file->stream);
    file->stream = NULL;
    unlink(file->temporary);
}

static int read_stream(FILE *stream, char **text, size_t *size)
{
    size_t capacity = 1 << 16, used = 0;
    char *buffer = malloc(capacity);
    while (buffer) {
        used += fread(buffer + used, 1, capacity - used - 1, stream);
        if (used < capacity - 1)
            break;
        char *larger = realloc(buffer, capacity *= 2);
        if (!larger)
            free(buffer);
        buffer = larger;
    }
    if (!buffer || ferror(stream)) {
        free(buffer);
        return buffer ? -EIO : -ENOMEM;
    }
    buffer[used] = '\0';
    *text = buffer;
    *size = used;
    return 0;
}

int pl_file_check(const char *path, uint64_t max, struct pl_error *error)
{
    struct stat status;
    if (stat(path, &status))
        return pl_error_set(error, -errno, "can't read %s: %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return pl_error_set(error, -EINVAL, "can't read %s: it is no regular file", path);
    if ((uint64_t)status.st_size > max)
        return pl_error_set(error, -EFBIG, "%s is larger than %llu MiB", path,
                            (unsigned long long)(max >> 20));
    return 0;
}

int pl_file_read(const char *path, char **text, size_t *size, struct pl_error *error)
{
    FILE *stream = fopen(path, "re");
    struct stat status;
    if (!stream)
        return pl_error_set(error, -errno, "can't read %s: %s", path, strerror(errno));
    int rc = 0;
    if (fstat(fileno(stream), &status) == 0 && S_ISDIR(status.st_mode))
        rc = -EISDIR;
    if (!rc)
        rc = read_stream(stream, text, size);
    fclose(stream);
    return rc ? pl_error_set(error, rc, "can't read %s: %s", path, strerror(-rc)) : 0;
}

int pl_folder_make(const char *path, struct pl_error *error)
{
    char part[4096];
    int n = snprintf(part, sizeof part, "%s", path);
    if (n <= 0 || (size_t)n >= sizeof part)
        return pl_error_set(error, -ENAMETOOLONG, "'%.80s': no path for a folder", path);
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
        return pl_error_set(error, -ENOTDIR, "%s: a folder is wanted here, and this is none", path);
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
