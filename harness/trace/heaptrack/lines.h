/* A file of heaptrack's as a stream of lines: zstd, or plain as `zstd -dc` leaves it. What is held
 * is a line and what is read ahead. */
#ifndef PL_TRACE_HEAPTRACK_LINES_H
#define PL_TRACE_HEAPTRACK_LINES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <zstd.h>

#include "allocators/base/error.h"

struct pl_heaptrack_lines {
    FILE *stream;     /* the caller's */
    const char *name; /* for messages */
    const char *line; /* the present one, without its end */
    size_t length;
    uint64_t number;    /* of it, from 1 */
    bool is_cut;        /* the file's last line has no end: it was not given */
    ZSTD_DStream *zstd; /* NULL: the file is plain */
    ZSTD_inBuffer stored;
    char *stored_bytes;
    bool is_full;   /* there may be more to come of what was read */
    size_t pending; /* 0 at the end of a frame */
    char *text;     /* from `begin` to `end` not given yet; what lies below `seen` ends no line */
    size_t capacity, begin, seen, end;
};

/** Begins at the stream's beginning. @param name kept
 *  @return 0, -EINVAL for a file of another kind, -ENOMEM or -EIO, with a line in `error` */
int pl_heaptrack_lines_open(struct pl_heaptrack_lines *lines, FILE *stream, const char *name,
                            struct pl_error *error);

/** Goes on to the next line, which is there until the next call.
 *  @return 1; 0 at the file's end; -EINVAL for one that can't be decompressed, ends within a frame
 *  or has a line longer than any may be; -ENOMEM or -EIO; with a line in `error` */
int pl_heaptrack_lines_next(struct pl_heaptrack_lines *lines, struct pl_error *error);

void pl_heaptrack_lines_close(struct pl_heaptrack_lines *lines);

#endif
