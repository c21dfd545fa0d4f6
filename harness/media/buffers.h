/* Where the frames of FFmpeg's decoders lie: in blocks of a stack, each on its own or in an
 * AVBufferPool a plane. What get_buffer2 is for. */
#ifndef PL_MEDIA_BUFFERS_H
#define PL_MEDIA_BUFFERS_H

#include <libavcodec/avcodec.h>

#include "harness/pipelines/meter.h"

#define PL_MEDIA_BUFFER_KINDS 16 /* sizes that the frames of a cell's sources have */

struct pl_media_buffers;

/** Blocks of one size. */
struct pl_media_buffer_kind {
    struct pl_media_buffers *buffers;
    size_t bytes; /* asked of the stack */
    AVBufferPool *pool;
};

struct pl_media_buffers {
    struct pl_meter *meter;
    uint32_t class_index;
    bool pooled;
    struct pl_media_buffer_kind kinds[PL_MEDIA_BUFFER_KINDS];
    uint32_t kind_count;
    uint64_t refused; /* blocks */
};

/** Lets a decoder, not yet opened, take its frames' memory here. One that can't (no
 *  AV_CODEC_CAP_DR1) goes on with FFmpeg's own. The buffers outlive decoder and frames. */
void pl_media_buffers_serve(struct pl_media_buffers *buffers, AVCodecContext *decoder);

/** Ends the pools; every frame was freed before. */
void pl_media_buffers_close(struct pl_media_buffers *buffers);

#endif
