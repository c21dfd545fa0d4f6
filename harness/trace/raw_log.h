/* Reading a raw file (interpose/raw.h) once the program has ended: the records of one process, of
 * all its threads in the order of their stamps. Whoever wrote it may have crashed: nothing of it is
 * trusted. One thread. */
#ifndef PL_TRACE_RAW_LOG_H
#define PL_TRACE_RAW_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "allocators/base/error.h"
#include "harness/interpose/raw.h"

/** A record, with what stands before it. */
struct pl_raw_record {
    uint64_t stamp;  /* whole */
    uint32_t thread; /* of the process, from 1 in the order in which they began */
    enum pl_raw_op op;
    uint64_t address, size;
    unsigned beside;
    uint64_t touched; /* pages; UINT64_MAX: nobody looked */
    uint64_t frames[PL_RAW_FRAMES_MAX];
    uint32_t frame_count;
};

struct pl_raw_cursor; /* in a thread's chunks */

struct pl_raw_log {
    const struct pl_raw *raw;
    size_t bytes; /* that are mapped */
    struct pl_raw_cursor *cursors;
    uint32_t cursor_count;
    uint32_t *heap; /* of cursors, the earliest record first */
    uint32_t heap_count;
    struct pl_raw_place {
        uint64_t at; /* a chunk's offset */
        uint32_t thread;
    } * places;
    size_t place_count, place_capacity;
    bool is_damaged; /* what follows a chunk that can't be is left out */
};

/** Makes a raw file of zeros, all but its head. @param bytes that it may grow to
 *  @param raw set to the head alone, mapped; munmap it, PL_RAW_FIRST bytes
 *  @return 0 or a negative errno with the reason */
int pl_raw_make(const char *path, uint64_t bytes, struct pl_raw **raw, struct pl_error *error);

/** Opens a file for the records of a process. @param process its place in the head
 *  @return 0, -EINVAL for what is no raw file, -ENOMEM, or why it can't be read */
int pl_raw_log_open(struct pl_raw_log *log, const char *path, uint32_t process,
                    struct pl_error *error);

/** @return whether there was another record */
bool pl_raw_log_next(struct pl_raw_log *log, struct pl_raw_record *record);

void pl_raw_log_close(struct pl_raw_log *log);

#endif
