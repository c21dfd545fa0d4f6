#include "harness/base/text_stream.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"

/* @return 0 where there is no memory, which is an error to stdio */
static ssize_t keep(void *cookie, const char *bytes, size_t size)
{
    struct pl_text_stream *s = cookie;
    if (s->size + size + 1 > s->capacity) {
        size_t capacity =
            2 * s->capacity > s->size + size + 1 ? 2 * s->capacity : s->size + size + 1;
        char *larger = realloc(s->text, capacity);
        if (!larger)
            return 0;
        s->text = larger;
        s->capacity = capacity;
    }
    memcpy(s->text + s->size, bytes, size);
    s->size += size;
    s->text[s->size] = '\0';
    return (ssize_t)size;
}

/* Only tells where it is: for ftell. */
static int tell(void *cookie, off64_t *offset, int whence)
{
    const struct pl_text_stream *s = cookie;
    if (whence == SEEK_SET || *offset != 0)
        return -1;
    *offset = (off64_t)s->size;
    return 0;
}

int pl_text_stream_open(struct pl_text_stream *s)
{
    *s = (struct pl_text_stream){.text = calloc(1, 4096), .capacity = 4096};
    s->out =
        s->text ? fopencookie(s, "w", (cookie_io_functions_t){.write = keep, .seek = tell}) : NULL;
    if (s->out)
        return 0;
    free(s->text);
    return -ENOMEM;
}

int pl_text_stream_close(struct pl_text_stream *s, char **text, size_t *size)
{
    bool whole = !ferror(s->out);
    whole = fclose(s->out) == 0 && whole;
    if (!whole) {
        free(s->text);
        return -ENOMEM;
    }
    *text = s->text;
    *size = s->size;
    return 0;
}

char *pl_text_written(void (*write)(FILE *out, const void *context), const void *context,
                      size_t *size)
{
    struct pl_text_stream stream;
    char *text = NULL;
    size_t written;
    pl_memory_had(pl_text_stream_open(&stream));
    write(stream.out, context);
    pl_memory_had(pl_text_stream_close(&stream, &text, size ? size : &written));
    return text;
}
