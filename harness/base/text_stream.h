/* A stream into memory whose failures are told. glibc's open_memstream loses what it has no memory
 * for without an error on the stream (2.36: fclose gives 0, too), and half a document would pass.
 */
#ifndef PL_BASE_TEXT_STREAM_H
#define PL_BASE_TEXT_STREAM_H

#include <stddef.h>
#include <stdio.h>

struct pl_text_stream {
    FILE *out; /* to write to */
    char *text;
    size_t size, capacity;
};

/** @return 0 or -ENOMEM */
int pl_text_stream_open(struct pl_text_stream *stream);

/** Ends it. @param text, size set to what was written, with a NUL behind it; free() the text
 *  @return 0, or -ENOMEM when not all of it could be kept */
int pl_text_stream_close(struct pl_text_stream *stream, char **text, size_t *size);

/** All that is written into new memory; the program ends where there is none (spare_memory.h).
 *  @param size may be NULL @return free() it */
char *pl_text_written(void (*write)(FILE *out, const void *context), const void *context,
                      size_t *size);

#endif
