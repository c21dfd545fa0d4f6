/* Files that a process has mapped to run: what memory of theirs no file stands behind. A program's
 * zeroed data (.bss) begins in the last page of its file's and reaches beyond it; in /proc/PID/maps
 * that looks like the heap's, and the kernel may have joined both. One thread. */
#ifndef PL_TRACE_IMAGES_H
#define PL_TRACE_IMAGES_H

#include <stdbool.h>
#include <stdint.h>

struct pl_image {
    uint64_t device, inode;
    uint64_t bytes; /* in memory, from its first page to behind its zeroed data; 0: no program */
    bool is_fixed;  /* it has its addresses in itself, and is not moved */
};

/** Those that were read already. Starts as {0}. */
struct pl_images {
    struct pl_image *list;
    uint32_t count, capacity;
};

/** Reads a file's program headers. @return its image; of a file that is none, or can't be read, one
 *  of 0 bytes */
struct pl_image pl_image_read(const char *path);

/** The same, read once for each file. */
struct pl_image pl_images_find(struct pl_images *images, const char *path, uint64_t device,
                               uint64_t inode);

void pl_images_free(struct pl_images *images);

#endif
