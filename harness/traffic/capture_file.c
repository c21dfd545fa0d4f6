/* Opens captures for libpcap, the first step of reading one. */
#include "harness/traffic/capture_file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static const uint64_t plain_bytes_max = 4ull << 30; /* lies in memory meanwhile */

/* Before it is opened: fopen takes folders, and waits for ever for a writer of a pipe. */
static int check_kind(const char *path, struct pl_error *error)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return pl_error_set(error, -errno, "%s cannot be opened: %s", path, strerror(errno));
    if (S_ISDIR(status.st_mode))
        return pl_error_set(error, -EISDIR, "%s is a folder; expected a capture file", path);
    if (!S_ISREG(status.st_mode))
        return pl_error_set(error, -EINVAL,
                            "%s is not a regular file; expected a capture saved to a file", path);
    if (status.st_size == 0)
        return pl_error_set(error, -EINVAL, "%s is empty; expected a capture", path);
    return 0;
}

/* Puts the decompressed stream in the place of a compressed one. Closes `raw` on failure. */
static int unpack(FILE *raw, const char *name, struct pl_capture_file *file, struct pl_error *error)
{
    enum pl_packing packing = pl_packing_of(raw);
    *file = (struct pl_capture_file){.stream = raw};
    if (packing != PL_PACKING_NONE) {
        int rc = pl_unpack(raw, packing, name, plain_bytes_max, &file->stream, &file->cut, error);
        fclose(raw);
        if (rc)
            return rc;
    }
    int rc = pl_capture_tag(file, name, plain_bytes_max, error);
    if (rc)
        fclose(file->stream);
    return rc;
}

int pl_capture_file_open(const char *path, struct pl_capture_file *file, struct pl_error *error)
{
    int rc = check_kind(path, error);
    if (rc)
        return rc;
    FILE *raw = fopen(path, "rbe");
    if (!raw)
        return pl_error_set(error, -errno, "%s cannot be opened: %s", path, strerror(errno));
    return unpack(raw, path, file, error);
}

int pl_capture_file_memory(const void *data, size_t size, const char *name,
                           struct pl_capture_file *file, struct pl_error *error)
{
    if (size == 0)
        return pl_error_set(error, -EINVAL, "%s is empty; expected a capture", name);
    FILE *raw = fmemopen((void *)(size_t)data, size, "r"); /* "r" never writes */
    if (!raw)
        return pl_error_set(error, -errno, "%s cannot be opened: %s", name, strerror(errno));
    return unpack(raw, name, file, error);
}
