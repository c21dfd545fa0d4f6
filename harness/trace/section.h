/* Sections of a trace: what is stored, compressed, numbered and under a checksum (FORMAT.md). */
#ifndef PL_TRACE_SECTION_H
#define PL_TRACE_SECTION_H

#include <stdio.h>
#include <zstd.h>

#include "allocators/base/error.h"
#include "harness/trace/bytes.h"

enum pl_trace_section_kind { PL_TRACE_HEAD = 1, PL_TRACE_SITES, PL_TRACE_EVENTS, PL_TRACE_END };

enum {
    PL_TRACE_CONTENT_MAX = 4 << 20, /* bytes */
    PL_TRACE_STORED_MAX = 5 << 20,
    PL_TRACE_SECTION_HEADER = 32
};

/** What stands before the first section. */
struct pl_trace_start {
    char magic[8];
    uint32_t version, zero;
};
extern const struct pl_trace_start pl_trace_start;

struct pl_trace_section {
    enum pl_trace_section_kind kind;
    uint32_t events;
    uint64_t number;
};

/** Makes the stored form of a section. @param out emptied before
 *  @return 0, -EFBIG for more than a section may hold, or -ENOMEM */
int pl_trace_section_pack(const struct pl_trace_section *section,
                          const struct pl_trace_bytes *content, ZSTD_CCtx *context,
                          struct pl_trace_bytes *out);

/** Reads the next section, whose number has to be `section->number`. @param content set to it
 *  @return 0, -ENODATA where the stream ends before it does, -EINVAL where it is corrupt, with what
 *  is wrong, -ENOMEM, or -EIO */
int pl_trace_section_read(FILE *stream, struct pl_trace_section *section, ZSTD_DCtx *context,
                          struct pl_trace_bytes *stored, struct pl_trace_bytes *content,
                          const char **wrong);

#endif
