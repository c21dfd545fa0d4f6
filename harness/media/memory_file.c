#include "harness/media/memory_file.h"

#include <stdio.h>
#include <string.h>

#include <libavutil/error.h>
#include <libavutil/mem.h>

#define BUFFER_BYTES 4096

static int read_some(void *opaque, uint8_t *to, int wanted)
{
    struct memory_file *file = opaque;
    size_t left = file->bytes - file->at;
    size_t taken = left < (size_t)wanted ? left : (size_t)wanted;
    if (taken == 0)
        return AVERROR_EOF;
    memcpy(to, file->data + file->at, taken);
    file->at += taken;
    return (int)taken;
}

static int64_t seek(void *opaque, int64_t offset, int whence)
{
    struct memory_file *file = opaque;
    int64_t base = 0;
    if (whence == AVSEEK_SIZE)
        return (int64_t)file->bytes;
    if (whence == SEEK_CUR)
        base = (int64_t)file->at;
    else if (whence == SEEK_END)
        base = (int64_t)file->bytes;
    if (base + offset < 0 || base + offset > (int64_t)file->bytes)
        return AVERROR(EINVAL);
    file->at = (size_t)(base + offset);
    return base + offset;
}

AVIOContext *memory_file_open(struct memory_file *file)
{
    uint8_t *buffer = av_malloc(BUFFER_BYTES);
    file->at = 0;
    AVIOContext *context =
        buffer ? avio_alloc_context(buffer, BUFFER_BYTES, 0, file, read_some, NULL, seek) : NULL;
    if (!context)
        av_free(buffer);
    return context;
}

void memory_file_close(AVIOContext **context)
{
    if (*context)
        av_freep(&(*context)->buffer);
    avio_context_free(context);
}
