/* Storing sections and reading them back (section.h). */
#include "harness/trace/section.h"

#include <endian.h>
#include <errno.h>
#include <xxhash.h>

enum { LEVEL = 9, SEED = 1, COVERED = PL_TRACE_SECTION_HEADER - 8 };

const struct pl_trace_start pl_trace_start = {{'p', 'l', 't', 'r', 'a', 'c', 'e', '\n'}, 1, 0};

_Static_assert(__BYTE_ORDER == __LITTLE_ENDIAN, "traces are read as they are stored");

struct header {
    uint32_t kind, content, stored, events;
    uint64_t number, checksum;
};
_Static_assert(sizeof(struct header) == PL_TRACE_SECTION_HEADER, "no padding");

static uint64_t checksum_of(const struct header *header, const void *stored)
{
    return XXH64(stored, header->stored, XXH64(header, COVERED, SEED));
}

int pl_trace_section_pack(const struct pl_trace_section *section,
                          const struct pl_trace_bytes *content, ZSTD_CCtx *context,
                          struct pl_trace_bytes *out)
{
    struct header header = {.kind = section->kind,
                            .content = (uint32_t)content->count,
                            .events = section->events,
                            .number = section->number};
    const size_t bound = ZSTD_compressBound(content->count);
    out->count = 0;
    if (content->count > PL_TRACE_CONTENT_MAX)
        return -EFBIG;
    if (content->failed || !pl_trace_room(out, sizeof header + bound))
        return -ENOMEM;
    uint8_t *stored = out->at + sizeof header;
    const size_t bytes =
        ZSTD_compressCCtx(context, stored, bound, content->at, content->count, LEVEL);
    if (ZSTD_isError(bytes))
        return -ENOMEM;
    header.stored = (uint32_t)bytes;
    header.checksum = checksum_of(&header, stored);
    memcpy(out->at, &header, sizeof header);
    out->count = sizeof header + bytes;
    return 0;
}

/* @return -ENODATA where the stream ends before */
static int read_whole(FILE *stream, void *to, size_t bytes)
{
    if (fread(to, 1, bytes, stream) == bytes)
        return 0;
    return ferror(stream) ? -EIO : -ENODATA;
}

static const char *check(const struct header *header, const struct pl_trace_section *section)
{
    if (header->kind < PL_TRACE_HEAD || header->kind > PL_TRACE_END)
        return "a section of no known kind";
    if (header->content > PL_TRACE_CONTENT_MAX || header->stored > PL_TRACE_STORED_MAX)
        return "a section larger than any may be";
    if (header->number != section->number)
        return "a section out of its order";
    return NULL;
}

static const char *unpack(const struct header *header, const struct pl_trace_bytes *stored,
                          ZSTD_DCtx *context, struct pl_trace_bytes *content)
{
    if (checksum_of(header, stored->at) != header->checksum)
        return "a checksum that does not match";
    const size_t bytes =
        ZSTD_decompressDCtx(context, content->at, header->content, stored->at, header->stored);
    content->count = header->content;
    return bytes == header->content ? NULL : "a section that can't be decompressed";
}

int pl_trace_section_read(FILE *stream, struct pl_trace_section *section, ZSTD_DCtx *context,
                          struct pl_trace_bytes *stored, struct pl_trace_bytes *content,
                          const char **wrong)
{
    struct header header;
    int rc = read_whole(stream, &header, sizeof header);
    stored->count = content->count = 0;
    if (rc)
        return rc;
    *wrong = check(&header, section);
    if (*wrong)
        return -EINVAL;
    if (!pl_trace_room(stored, header.stored) || !pl_trace_room(content, header.content))
        return -ENOMEM;
    rc = read_whole(stream, stored->at, header.stored);
    if (rc)
        return rc;
    *wrong = unpack(&header, stored, context, content);
    section->kind = (enum pl_trace_section_kind)header.kind;
    section->events = header.events;
    return *wrong ? -EINVAL : 0;
}
