/* A profile: which sizes a program asks its heap for, and for how long it keeps each. Pictures and
 * packets are recordings; what lies between them is drawn from this. */
#ifndef PL_TRAFFIC_PROFILE_H
#define PL_TRAFFIC_PROFILE_H

#include <stdint.h>

#include "allocators/base/error.h"

#define PL_PROFILE_LIFE_MAX 16 /* the longest lifetime, which also stands for "never released" */
#define PL_PROFILE_PARTS 1024  /* of all blocks, at most: 4 KiB, twice the rows of ours */

/** Blocks of one size and lifetime. */
struct pl_profile_row {
    uint32_t size; /* bytes, 1 or more */
    uint32_t life; /* k: released after fewer than 2^k further acquires, and 2^(k-1) or more */
    uint64_t upto; /* blocks of this row and of all before it */
};

/** One allocation, no pointers: a controller hands it to a cell in shared memory. */
struct pl_profile {
    uint64_t bytes;  /* of the whole */
    uint64_t blocks; /* of all rows */
    uint32_t row_count;
    uint32_t largest;    /* bytes of the largest block */
    char cut[256];       /* why the trace that it is of is not whole; "": it is, or is none */
    uint32_t part_shift; /* parts have 2^part_shift blocks */
    uint32_t part_rows[PL_PROFILE_PARTS]; /* that the first block of each part is of: to begin there
                                             takes a draw a step or two, and not ten, which no
                                             processor foresees */
    struct pl_profile_row rows[];
};

/** Reads lines "SIZE LIFE BLOCKS", separated by tabs; lines that begin with '#' say how it was
 * made.
 *  @param profile set on success; free() it
 *  @return 0, or a negative errno with `file:line: what is wrong, what is expected` */
int pl_profile_read(const char *path, struct pl_profile **profile, struct pl_error *error);

/** The profile of what a recorded program asks for: its blocks of at most 64 KiB, sizes above 128 B
 *  rounded up to 16 B, lifetimes in acquires of the whole program. Needs the library pl_capture.
 *  @param from_ns @param until_ns only blocks that it asked for in this stretch of the recording,
 * which has ms; 0 and 0: all of them
 *  @return as pl_profile_read; -EINVAL for what is no trace, or holds no such block; of a trace
 * that was cut off, what is there: cut says so */
int pl_profile_of_trace(const char *path, int64_t from_ns, int64_t until_ns,
                        struct pl_profile **profile, struct pl_error *error);

/** As pl_profile_read, from text. `path` stands in messages. */
int pl_profile_parse(const char *text, const char *path, struct pl_profile **profile,
                     struct pl_error *error);

/** Sets what follows from the rows, once they are all there. For the readers above. */
void pl_profile_finish(struct pl_profile *profile);

/** The row that a number falls on, each as often as it has blocks. @param random any */
static inline const struct pl_profile_row *pl_profile_draw(const struct pl_profile *profile,
                                                           uint64_t random)
{
    uint64_t block = random % profile->blocks;
    const struct pl_profile_row *row =
        &profile->rows[profile->part_rows[block >> profile->part_shift]];
    while (row->upto <= block)
        row++;
    return row;
}

#endif
