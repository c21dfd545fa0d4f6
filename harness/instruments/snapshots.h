/* Reading massif's output: the curve of the heap, and the tree of its peak (valgrind 3.19,
 * massif/ms_main.c, "Writing the out file"). */
#ifndef PL_INSTRUMENTS_SNAPSHOTS_H
#define PL_INSTRUMENTS_SNAPSHOTS_H

#include <stddef.h>
#include <stdint.h>

#include "allocators/base/error.h"
#include "harness/instruments/stacks.h"

struct pl_snapshot {
    double time; /* in the unit that massif was told; --time-unit=B: bytes requested and freed */
    uint64_t heap_bytes;  /* requested */
    uint64_t extra_bytes; /* what massif's own malloc added */
};

struct pl_snapshots {
    struct pl_snapshot *list;
    size_t count;
    size_t capacity;
    size_t peak;           /* index of the one with the most heap bytes that has a tree, the one
                              marked as the peak before others; SIZE_MAX for none */
    struct pl_stacks tree; /* its tree as stacks: they sum up to its heap_bytes */
};

/** Reads the whole text. Strict: a file that is cut anywhere is refused.
 *  @param path for messages
 *  @param snapshots set on success; pl_snapshots_free
 *  @return 0, -EINVAL with `path:line: what is wrong`, -ENOMEM */
int pl_snapshots_parse(const char *text, size_t size, const char *path,
                       struct pl_snapshots *snapshots, struct pl_error *error);

/** Reads a file. @return as pl_snapshots_parse, or why it can't be read */
int pl_snapshots_read(const char *path, struct pl_snapshots *snapshots, struct pl_error *error);

void pl_snapshots_free(struct pl_snapshots *snapshots);

#endif
