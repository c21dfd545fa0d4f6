/* Opens what a capture stands in (a file, memory, either maybe compressed by zstd or gzip) as a
 * stream that libpcap reads. */
#ifndef PL_TRAFFIC_CAPTURE_FILE_H
#define PL_TRAFFIC_CAPTURE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "allocators/base/error.h"

/** A plain capture, from its first byte on. */
struct pl_capture_file {
    FILE *stream;    /* seekable; fclose() it, unless libpcap took it over */
    bool cut;        /* the compressed stream ended before its end mark */
    int *interfaces; /* their link types, where packets have tags; free() it */
    uint32_t interface_count;
};

/** Opens a regular file. @return 0, -EISDIR, -EINVAL (no regular file, empty), another errno of
 *  opening, or what decompressing says (-EINVAL damaged, -EFBIG, -ENOMEM) */
int pl_capture_file_open(const char *path, struct pl_capture_file *file, struct pl_error *error);

/** Opens memory, which must outlive the stream. `name` stands in messages. */
int pl_capture_file_memory(const void *data, size_t size, const char *name,
                           struct pl_capture_file *file, struct pl_error *error);

enum pl_packing { PL_PACKING_NONE, PL_PACKING_ZSTD, PL_PACKING_GZIP };

/** How a stream is compressed, by its first bytes: a zstd frame or skippable frame (RFC 8878
 *  sections 3.1.1 and 3.1.2), gzip (RFC 1952); it is back at its start afterwards. */
enum pl_packing pl_packing_of(FILE *stream);

/** Decompresses into anonymous memory; what comes before a missing end is kept.
 *  @param packing not PL_PACKING_NONE
 *  @param limit bytes; more than that, decompressed, is refused
 *  @param plain set on success, at its start
 *  @param cut set on success: the end was missing */
int pl_unpack(FILE *compressed, enum pl_packing packing, const char *name, uint64_t limit,
              FILE **plain, bool *cut, struct pl_error *error);

enum { PL_TAG_BYTES = 4 };

/**
 * libpcap takes no pcapng whose interfaces differ in their link type, and does not say by which one
 * a packet came. Rewrites a pcapng of several interfaces into anonymous memory: all of link type
 * DLT_USER0, each packet behind the number of its interface (PL_TAG_BYTES, big-endian).
 * What is damaged is copied as it is, which libpcap then says better.
 * @param file its stream is replaced, and `interfaces` set; as it was where it is no pcapng or has
 *  one interface
 * @param limit bytes; a copy of more is refused
 * @return 0, -EINVAL for sections of two byte orders, -ENOMEM, -EFBIG or another errno of writing
 */
int pl_capture_tag(struct pl_capture_file *file, const char *name, uint64_t limit,
                   struct pl_error *error);

#endif
