/* A file that lies in memory, read by libavformat. */
#ifndef PL_MEDIA_MEMORY_FILE_H
#define PL_MEDIA_MEMORY_FILE_H

#include <stddef.h>
#include <stdint.h>

#include <libavformat/avio.h>

struct memory_file {
    const uint8_t *data;
    size_t bytes;
    size_t at;
};

/** @return a context that reads the file from its start, or NULL; memory_file_close() it */
AVIOContext *memory_file_open(struct memory_file *file);
void memory_file_close(AVIOContext **context);

#endif
