/* The file that `plimsoll watch` writes: whole lines, behind those that it has. */
#ifndef PL_CLI_WATCHED_FILE_H
#define PL_CLI_WATCHED_FILE_H

#include <stdint.h>

#include "allocators/base/error.h"

struct pl_watched_file {
    const char *path; /* NULL: stdout */
    int fd;           /* -1: not open */
};

/** Opens a file to append to. One that a watch has written goes on; of a line that was cut, the
 *  beginning is removed.
 *  @param path NULL: stdout @return 0 or a negative errno with the reason: -EEXIST for a file of
 *  something else */
int pl_watched_file_open(struct pl_watched_file *file, const char *path, struct pl_error *error);

/** Writes one line with one call. @param t_ns since 1970
 *  @return 0, or a negative errno with the reason, the file ending with a whole line */
int pl_watched_file_add(struct pl_watched_file *file, int64_t t_ns, uint64_t rss_bytes,
                        uint32_t processes, struct pl_error *error);

void pl_watched_file_close(struct pl_watched_file *file);

#endif
