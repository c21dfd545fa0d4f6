/* Decompressing, and cutting into lines (lines.h). */
#include "harness/trace/heaptrack/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zstd_errors.h>

/* A name of a C++ function may have hundreds of kilobytes. */
enum { LINE_MAX_BYTES = 16 << 20, TEXT_FIRST = 1 << 17 };

static int refuse_gzip(const char *name, struct pl_error *error)
{
    return pl_error_set(error, -EINVAL,
                        "%.300s is compressed by gzip; expected zstd: `zcat FILE | zstd >FILE.zst`",
                        name);
}

/* @return 1 for zstd, 0 for anything that may be text, or negative */
static int find_compression(FILE *stream, const char *name, struct pl_error *error)
{
    unsigned char magic[4] = {0};
    rewind(stream);
    const size_t got = fread(magic, 1, sizeof magic, stream);
    if (ferror(stream))
        return pl_error_set(error, -EIO, "%.400s can't be read: %s", name, strerror(EIO));
    rewind(stream);
    if (got >= 2 && magic[0] == 0x1f && magic[1] == 0x8b)
        return refuse_gzip(name, error);
    return got == sizeof magic && memcmp(magic, "\x28\xb5\x2f\xfd", sizeof magic) == 0;
}

static int no_memory(const struct pl_heaptrack_lines *l, struct pl_error *error)
{
    return pl_error_set(error, -ENOMEM, "%.400s: out of memory", l->name);
}

int pl_heaptrack_lines_open(struct pl_heaptrack_lines *l, FILE *stream, const char *name,
                            struct pl_error *error)
{
    *l = (struct pl_heaptrack_lines){.stream = stream, .name = name};
    const int kind = find_compression(stream, name, error);
    if (kind < 0)
        return kind;
    l->text = malloc(TEXT_FIRST);
    l->capacity = TEXT_FIRST;
    if (kind) {
        l->zstd = ZSTD_createDStream();
        l->stored_bytes = malloc(ZSTD_DStreamInSize());
        l->stored.src = l->stored_bytes;
    }
    if (l->text && (!kind || (l->zstd && l->stored_bytes)))
        return 0;
    pl_heaptrack_lines_close(l);
    return no_memory(l, error);
}

/* What there is to say once nothing more can be read. */
static int64_t at_end(const struct pl_heaptrack_lines *l, struct pl_error *error)
{
    if (ferror(l->stream))
        return pl_error_set(error, -EIO, "%.400s can't be read: %s", l->name, strerror(EIO));
    if (!l->pending)
        return 0;
    return pl_error_set(error, -EINVAL,
                        "%.300s ends within a zstd frame; expected a whole file: `zstd -dc FILE "
                        ">FILE.txt` keeps what is whole",
                        l->name);
}

/* A full output may hide more that is ready; not behind a frame's end, where asking again would
 * begin another frame. @return bytes, 0 at the end, or negative */
static int64_t decompress(struct pl_heaptrack_lines *l, char *to, size_t room,
                          struct pl_error *error)
{
    ZSTD_outBuffer out = {to, room, 0};
    while (!out.pos) {
        if (l->stored.pos == l->stored.size && !l->is_full) {
            l->stored.size = fread(l->stored_bytes, 1, ZSTD_DStreamInSize(), l->stream);
            l->stored.pos = 0;
            if (!l->stored.size)
                return at_end(l, error);
        }
        l->pending = ZSTD_decompressStream(l->zstd, &out, &l->stored);
        if (ZSTD_getErrorCode(l->pending) == ZSTD_error_memory_allocation)
            return no_memory(l, error);
        if (ZSTD_isError(l->pending))
            return pl_error_set(error, -EINVAL, "%.300s is not a sound zstd file: %s", l->name,
                                ZSTD_getErrorName(l->pending));
        l->is_full = l->pending && out.pos == out.size;
    }
    return (int64_t)out.pos;
}

/* @return as above */
static int64_t read_more(struct pl_heaptrack_lines *l, char *to, size_t room,
                         struct pl_error *error)
{
    if (l->zstd)
        return decompress(l, to, room, error);
    const size_t got = fread(to, 1, room, l->stream);
    return got ? (int64_t)got : at_end(l, error);
}

/* Room behind what is not given yet, which moves to the front. */
static int make_room(struct pl_heaptrack_lines *l, struct pl_error *error)
{
    memmove(l->text, l->text + l->begin, l->end - l->begin);
    l->end -= l->begin;
    l->seen -= l->begin;
    l->begin = 0;
    if (l->end < l->capacity)
        return 0;
    if (l->capacity >= LINE_MAX_BYTES)
        return pl_error_set(error, -EINVAL, "%.300s:%llu: a line longer than any may be", l->name,
                            (unsigned long long)l->number + 1);
    char *grown = realloc(l->text, 2 * l->capacity);
    if (!grown)
        return no_memory(l, error);
    l->text = grown;
    l->capacity *= 2;
    return 0;
}

static int fill(struct pl_heaptrack_lines *l, struct pl_error *error)
{
    int rc = make_room(l, error);
    if (rc)
        return rc;
    const int64_t got = read_more(l, l->text + l->end, l->capacity - l->end, error);
    if (got > 0)
        l->end += (size_t)got;
    return got > 0 ? 1 : (int)got;
}

int pl_heaptrack_lines_next(struct pl_heaptrack_lines *l, struct pl_error *error)
{
    for (;;) {
        const char *newline = memchr(l->text + l->seen, '\n', l->end - l->seen);
        if (newline) {
            l->line = l->text + l->begin;
            l->length = (size_t)(newline - l->line);
            l->begin = l->seen = (size_t)(newline - l->text) + 1;
            l->number++;
            return 1;
        }
        l->seen = l->end;
        const int rc = fill(l, error);
        if (rc > 0)
            continue;
        l->is_cut = !rc && l->end > l->begin;
        return rc;
    }
}

void pl_heaptrack_lines_close(struct pl_heaptrack_lines *l)
{
    ZSTD_freeDStream(l->zstd);
    free(l->stored_bytes);
    free(l->text);
    *l = (struct pl_heaptrack_lines){.name = l->name};
}
