/* Decompresses zstd captures before libpcap sees them. Into a memfd: it needs no folder that may be
 * full or read-only, and vanishes with its last descriptor. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

#include "harness/traffic/capture_file.h"

struct unpacking {
    FILE *compressed;
    FILE *plain;
    const char *name;
    ZSTD_DStream *stream;
    void *input;
    void *output;
    uint64_t limit;
    uint64_t written;
    size_t pending; /* 0 at the end of a frame, as ZSTD_decompressStream returns it */
};

bool pl_zstd_is_magic(FILE *stream)
{
    uint8_t magic[4];
    size_t got = fread(magic, 1, sizeof magic, stream);
    rewind(stream);
    if (got != sizeof magic)
        return false;
    bool frame = memcmp(magic, "\x28\xb5\x2f\xfd", 4) == 0;
    bool skippable = (magic[0] & 0xf0) == 0x50 && memcmp(magic + 1, "\x2a\x4d\x18", 3) == 0;
    return frame || skippable;
}

static int begin(struct unpacking *u, struct pl_error *error)
{
    u->stream = ZSTD_createDStream();
    u->input = malloc(ZSTD_DStreamInSize());
    u->output = malloc(ZSTD_DStreamOutSize());
    if (!u->stream || !u->input || !u->output)
        return pl_error_set(error, -ENOMEM, "%s: out of memory while decompressing", u->name);
    int fd = memfd_create("plimsoll-capture", MFD_CLOEXEC);
    u->plain = fd < 0 ? NULL : fdopen(fd, "w+b");
    if (u->plain)
        return 0;
    int rc = -errno;
    if (fd >= 0)
        close(fd);
    return pl_error_set(error, rc, "%s: no memory file to decompress into: %s", u->name,
                        strerror(-rc));
}

/* A memory file counts against the file size limit. */
static int fail_writing(const struct unpacking *u, int failed, struct pl_error *error)
{
    return pl_error_set(error, -failed, "%s: decompressing failed: %s%s", u->name, strerror(failed),
                        failed == EFBIG ? ": `ulimit -f unlimited` would do" : "");
}

static int write_out(struct unpacking *u, size_t size, struct pl_error *error)
{
    u->written += size;
    if (u->written > u->limit)
        return pl_error_set(error, -EFBIG,
                            "%s is more than %.1f GiB when decompressed: decompress it, or cut it "
                            "with editcap -c",
                            u->name, (double)u->limit / (1 << 30));
    if (fwrite(u->output, 1, size, u->plain) != size)
        return fail_writing(u, errno, error);
    return 0;
}

/* A full output buffer may hide more that is ready; not after a frame's end, where asking again
 * would begin another frame. */
static int feed(struct unpacking *u, size_t size, struct pl_error *error)
{
    ZSTD_inBuffer in = {u->input, size, 0};
    ZSTD_outBuffer out = {u->output, ZSTD_DStreamOutSize(), 0};
    do {
        out.pos = 0;
        u->pending = ZSTD_decompressStream(u->stream, &out, &in);
        if (ZSTD_isError(u->pending))
            return pl_error_set(error, -EINVAL, "%s is no sound zstd file: %s", u->name,
                                ZSTD_getErrorName(u->pending));
        int rc = write_out(u, out.pos, error);
        if (rc != 0)
            return rc;
    } while (in.pos < in.size || (u->pending != 0 && out.pos == out.size));
    return 0;
}

static int feed_all(struct unpacking *u, struct pl_error *error)
{
    for (;;) {
        size_t size = fread(u->input, 1, ZSTD_DStreamInSize(), u->compressed);
        if (size == 0)
            break;
        int rc = feed(u, size, error);
        if (rc != 0)
            return rc;
    }
    if (ferror(u->compressed))
        return pl_error_set(error, -EIO, "%s cannot be read: %s", u->name, strerror(EIO));
    if (fflush(u->plain) != 0)
        return fail_writing(u, errno, error);
    rewind(u->plain);
    return 0;
}

int pl_zstd_decompress(FILE *compressed, const char *name, uint64_t limit, FILE **plain, bool *cut,
                       struct pl_error *error)
{
    struct unpacking u = {.compressed = compressed, .name = name, .limit = limit};
    int rc = begin(&u, error);
    if (rc == 0)
        rc = feed_all(&u, error);
    if (rc == 0) {
        *plain = u.plain;
        *cut = u.pending != 0;
    } else if (u.plain) {
        fclose(u.plain);
    }
    ZSTD_freeDStream(u.stream);
    free(u.input);
    free(u.output);
    return rc;
}
