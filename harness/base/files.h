/* Files that are written whole or not at all: without a name, or under a temporary one beside the
 * target, then fsync and rename. Whatever ends the program, nothing of a half file is left. */
#ifndef PL_BASE_FILES_H
#define PL_BASE_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "allocators/base/error.h"

/** A file on its way; nothing stands under its name until pl_file_commit. */
struct pl_file {
    FILE *stream;
    char path[4096];
    char temporary[4096 + 48]; /* "" while it has no name */
    bool unsynced;             /* set it after opening: its name comes before its bytes are on the
                                  disk, which takes a millisecond; a power cut may leave it empty */
};

/** Opens what will stand at `path`.
 *  @return 0 or a negative errno with the reason: -EINVAL for a device, a pipe or a socket, which
 *  the file would replace */
int pl_file_open(struct pl_file *file, const char *path, struct pl_error *error);

/** Flushes, syncs (or not, see `unsynced`) and renames. On failure (a full disk shows here) the
 * temporary is removed.
 *  @return 0 or a negative errno with the reason */
int pl_file_commit(struct pl_file *file, struct pl_error *error);

/** Removes the temporary; nothing when the file was committed or never opened. */
void pl_file_discard(struct pl_file *file);

/** What a document may have at most, in bytes: a hundred times what the largest matrix writes. */
#define PL_FILE_BYTES_MAX (UINT64_C(256) << 20)

/** Likewise what an instrument writes: massif, in full detail, 300 MB for seconds of replay. */
#define PL_FILE_OUTPUT_BYTES_MAX (UINT64_C(4) << 30)

/** Reads a whole file into new memory with a NUL behind it. Nothing but a regular file is read: a
 * pipe would wait for its writer, a device might never end.
 *  @param max bytes @param text free() it
 *  @return 0 or a negative errno with the reason: -EFBIG for a larger one, -EINVAL for what is no
 *  regular file, -EISDIR for a folder */
int pl_file_read(const char *path, uint64_t max, char **text, size_t *size, struct pl_error *error);

/** Makes a folder and its parents. @return 0 (also when it stands already) or a negative errno */
int pl_folder_make(const char *path, struct pl_error *error);

/** Removes a folder of our own with all that lies in it; follows no links out of it. */
void pl_folder_remove(const char *path);

#endif
