/* Decompresses captures by zstd and gzip before libpcap sees them. Into a memfd: it needs no folder
 * that may be full or read-only, and vanishes with its last descriptor. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "harness/traffic/capture_file.h"

enum { INPUT_BYTES = 1 << 17, OUTPUT_BYTES = 1 << 17 };

struct unpacking {
    FILE *compressed;
    FILE *plain;
    const char *name;
    ZSTD_DStream *zstd;
    z_stream gzip;
    void *input;
    void *output;
    uint64_t limit;
    uint64_t written;
    bool pending; /* a frame's or a member's end is still to come */
};

enum pl_packing pl_packing_of(FILE *stream)
{
    uint8_t magic[4];
    size_t got = fread(magic, 1, sizeof magic, stream);
    rewind(stream);
    if (got != sizeof magic)
        return PL_PACKING_NONE;
    bool frame = memcmp(magic, "\x28\xb5\x2f\xfd", 4) == 0;
    bool skippable = (magic[0] & 0xf0) == 0x50 && memcmp(magic + 1, "\x2a\x4d\x18", 3) == 0;
    if (frame || skippable)
        return PL_PACKING_ZSTD;
    return memcmp(magic, "\x1f\x8b\x08", 3) == 0 ? PL_PACKING_GZIP : PL_PACKING_NONE;
}

/* 16 more than zlib's largest window: gzip's header and trailer (zlib.h, inflateInit2). */
static bool begin_gzip(struct unpacking *u)
{
    return inflateInit2(&u->gzip, 16 + MAX_WBITS) == Z_OK;
}

static bool begin_zstd(struct unpacking *u)
{
    u->zstd = ZSTD_createDStream();
    return u->zstd != NULL;
}

static int begin(struct unpacking *u, enum pl_packing packing, struct pl_error *error)
{
    bool begun = packing == PL_PACKING_GZIP ? begin_gzip(u) : begin_zstd(u);
    u->input = malloc(INPUT_BYTES);
    u->output = malloc(OUTPUT_BYTES);
    if (!begun || !u->input || !u->output)
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
                        failed == EFBIG ? "; expected `ulimit -f unlimited`" : "");
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

typedef int feeding(struct unpacking *u, size_t size, struct pl_error *error);

/* A full output buffer may hide more that is ready; not after a frame's end, where asking again
 * would begin another frame. */
static int feed_zstd(struct unpacking *u, size_t size, struct pl_error *error)
{
    ZSTD_inBuffer in = {u->input, size, 0};
    ZSTD_outBuffer out = {u->output, OUTPUT_BYTES, 0};
    do {
        out.pos = 0;
        size_t left = ZSTD_decompressStream(u->zstd, &out, &in);
        if (ZSTD_isError(left))
            return pl_error_set(error, -EINVAL, "%s is not a sound zstd file: %s", u->name,
                                ZSTD_getErrorName(left));
        u->pending = left != 0;
        int rc = write_out(u, out.pos, error);
        if (rc != 0)
            return rc;
    } while (in.pos < in.size || (u->pending && out.pos == out.size));
    return 0;
}

/* A file may have several members, one behind the other (RFC 1952 section 2.2). As of zstd, a full
 * buffer may hide more, but none at a member's end. */
static int feed_gzip(struct unpacking *u, size_t size, struct pl_error *error)
{
    u->gzip.next_in = u->input;
    u->gzip.avail_in = (uInt)size;
    do {
        u->gzip.next_out = u->output;
        u->gzip.avail_out = OUTPUT_BYTES;
        int code = inflate(&u->gzip, Z_NO_FLUSH);
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
            return pl_error_set(error, -EINVAL, "%s is not a sound gzip file: %s", u->name,
                                u->gzip.msg ? u->gzip.msg : zError(code));
        u->pending = code != Z_STREAM_END;
        int rc = write_out(u, OUTPUT_BYTES - u->gzip.avail_out, error);
        if (rc != 0)
            return rc;
        if (!u->pending)
            inflateReset(&u->gzip);
    } while (u->gzip.avail_in || (u->pending && !u->gzip.avail_out));
    return 0;
}

static int feed_all(struct unpacking *u, feeding *feed, struct pl_error *error)
{
    for (;;) {
        size_t size = fread(u->input, 1, INPUT_BYTES, u->compressed);
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

int pl_unpack(FILE *compressed, enum pl_packing packing, const char *name, uint64_t limit,
              FILE **plain, bool *cut, struct pl_error *error)
{
    struct unpacking u = {.compressed = compressed, .name = name, .limit = limit};
    int rc = begin(&u, packing, error);
    if (rc == 0)
        rc = feed_all(&u, packing == PL_PACKING_GZIP ? feed_gzip : feed_zstd, error);
    if (rc == 0) {
        *plain = u.plain;
        *cut = u.pending;
    } else if (u.plain) {
        fclose(u.plain);
    }
    ZSTD_freeDStream(u.zstd);
    inflateEnd(&u.gzip);
    free(u.input);
    free(u.output);
    return rc;
}
