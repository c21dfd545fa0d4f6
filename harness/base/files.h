/* Files that are written whole or not at all: a temporary name beside the target, fsync, rename. */
#ifndef PL_BASE_FILES_H
#define PL_BASE_FILES_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "allocators/error.h"

/** A file on its way; nothing stands under its name until pl_file_commit. */
struct pl_file {
    FILE *stream;
    char path[4096];
    char temporary[4096 + 16];
};

/** Opens the temporary beside `path`. @return 0 or a negative errno with the reason */
int pl_file_open(struct pl_file *file, const char *path, struct pl_error *error);

/** Flushes, syncs and renames. On failure (a full disk shows here) the temporary is removed.
 *  @return 0 or a negative errno with the reason */
int pl_file_commit(struct pl_file *file, struct pl_error *error);

/** Removes the temporary; nothing when the file was committed or never opened. */
void pl_file_discard(struct pl_file *file);

/** Whether a path names a regular file of `max` bytes at most, before it is opened: a pipe would
 * wait for its writer, a device might never end. @return 0 or a negative errno with the reason:
 * -EFBIG, -EINVAL for what is no regular file */
int pl_file_check(const char *path, uint64_t max, struct pl_error *error);

/** Reads a whole file into new memory with a NUL behind it. @param text free() it
 *  @return 0 or a negative errno with the reason */
int pl_file_read(const char *path, char **text, size_t *size, struct pl_error *error);

/** Makes a folder and its parents. @return 0 (also when it stands already) or a negative errno */
int pl_folder_make(const char *path, struct pl_error *error);

/** Removes a folder of our own with all that lies in it; follows no links out of it. */
void pl_folder_remove(const char *path);

#endif
