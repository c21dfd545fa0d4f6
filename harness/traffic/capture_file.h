/* Opens what a capture stands in (a file, memory, either maybe compressed by zstd) as a stream that
 * libpcap reads. */
#ifndef PL_TRAFFIC_CAPTURE_FILE_H
#define PL_TRAFFIC_CAPTURE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "allocators/error.h"

/** A plain capture, from its first byte on. */
struct pl_capture_file {
    FILE *stream;  /* seekable; fclose() it, unless libpcap took it over */
    bool zstd_cut; /* the compressed stream ended before its end mark */
};

/** Opens a regular file. @return 0, -EISDIR, -EINVAL (no regular file, empty), another errno of
 *  opening, or what decompressing says (-EINVAL damaged, -EFBIG, -ENOMEM) */
int pl_capture_file_open(const char *path, struct pl_capture_file *file, struct pl_error *error);

/** Opens memory, which must outlive the stream. `name` stands in messages. */
int pl_capture_file_memory(const void *data, size_t size, const char *name,
                           struct pl_capture_file *file, struct pl_error *error);

/** Whether the stream begins with the magic number of a zstd frame or skippable frame (RFC 8878
 *  sections 3.1.1 and 3.1.2); the stream is back at its start afterwards. */
bool pl_zstd_is_magic(FILE *stream);

/** Decompresses into anonymous memory; what comes before a missing end is kept.
 *  @param limit bytes; more than that, decompressed, is refused
 *  @param plain set on success, at its start
 *  @param cut set on success: the end was missing */
int pl_zstd_decompress(FILE *compressed, const char *name, uint64_t limit, FILE **plain, bool *cut,
                       struct pl_error *error);

#endif
