/* A decoder's frames in the blocks of a stack (buffers.h). */
#include "harness/media/buffers.h"

#include <string.h>

#include <libavutil/imgutils.h>
#include <libavutil/samplefmt.h>

#define ALIGN 64 /* what the widest vector instructions of FFmpeg's decoders want */
/* Room to align what malloc aligns to 16 B, and to keep the block's own address before it. */
#define SLACK (ALIGN + sizeof(void *))

static void free_block(void *opaque, uint8_t *data)
{
    struct pl_media_buffer_kind *kind = opaque;
    void *block;
    memcpy(&block, data - sizeof block, sizeof block);
    pl_meter_release_sized(kind->buffers->meter, kind->buffers->class_index, block, kind->bytes);
}

static AVBufferRef *new_block(struct pl_media_buffer_kind *kind)
{
    struct pl_media_buffers *b = kind->buffers;
    uint8_t *block = pl_meter_acquire_sized(b->meter, b->class_index, kind->bytes);
    if (!block)
        return NULL;
    uintptr_t at = ((uintptr_t)block + SLACK - 1) & ~(uintptr_t)(ALIGN - 1);
    uint8_t *data = block + (at - (uintptr_t)block);
    memcpy(data - sizeof block, &block, sizeof block);
    AVBufferRef *ref = av_buffer_create(data, kind->bytes - SLACK, free_block, kind, 0);
    if (!ref)
        pl_meter_release_sized(b->meter, b->class_index, block, kind->bytes);
    return ref;
}

static AVBufferRef *new_pooled(void *opaque, size_t size)
{
    (void)size;
    return new_block(opaque);
}

static struct pl_media_buffer_kind *find_kind(struct pl_media_buffers *b, size_t bytes)
{
    for (uint32_t i = 0; i < b->kind_count; i++)
        if (b->kinds[i].bytes == bytes)
            return &b->kinds[i];
    if (b->kind_count == PL_MEDIA_BUFFER_KINDS)
        return NULL;
    struct pl_media_buffer_kind *kind = &b->kinds[b->kind_count];
    *kind = (struct pl_media_buffer_kind){.buffers = b, .bytes = bytes};
    if (b->pooled && !(kind->pool = av_buffer_pool_init2(bytes, kind, new_pooled, NULL)))
        return NULL;
    b->kind_count++;
    return kind;
}

static AVBufferRef *take(struct pl_media_buffers *b, size_t bytes)
{
    struct pl_media_buffer_kind *kind = find_kind(b, bytes + SLACK);
    AVBufferRef *ref = NULL;
    if (kind)
        ref = kind->pool ? av_buffer_pool_get(kind->pool) : new_block(kind);
    b->refused += ref == NULL;
    return ref;
}

/* A block a plane, as FFmpeg's own. */
static int serve_audio(struct pl_media_buffers *b, AVFrame *frame)
{
    int planar = av_sample_fmt_is_planar((enum AVSampleFormat)frame->format);
    int planes = planar ? frame->ch_layout.nb_channels : 1;
    int size = av_samples_get_buffer_size(&frame->linesize[0], frame->ch_layout.nb_channels,
                                          frame->nb_samples, (enum AVSampleFormat)frame->format, 0);
    if (size < 0 || planes > AV_NUM_DATA_POINTERS)
        return AVERROR(EINVAL);
    for (int i = 0; i < planes; i++) {
        frame->buf[i] = take(b, (size_t)frame->linesize[0]);
        if (!frame->buf[i]) {
            av_frame_unref(frame);
            return AVERROR(ENOMEM);
        }
        frame->data[i] = frame->buf[i]->data;
    }
    frame->extended_data = frame->data;
    return 0;
}

/* FFmpeg reads up to 16 B beyond what it is given. */
enum { READ_BEYOND = 16, PLANES = 4 };

/* A block a plane, as FFmpeg's own pools have them (5.1, libavcodec/get_buffer.c). */
static bool take_planes(struct pl_media_buffers *b, AVFrame *frame, const size_t bytes[PLANES])
{
    for (int i = 0; i < PLANES && bytes[i]; i++) {
        if (!(frame->buf[i] = take(b, bytes[i] + READ_BEYOND)))
            return false;
        frame->data[i] = frame->buf[i]->data;
    }
    return true;
}

static bool take_picture(struct pl_media_buffers *b, AVFrame *frame, const size_t bytes[PLANES])
{
    if (!(frame->buf[0] = take(b, bytes[0] + bytes[1] + bytes[2] + bytes[3] + READ_BEYOND)))
        return false;
    uint8_t *at = frame->buf[0]->data;
    for (int i = 0; i < PLANES && bytes[i]; at += bytes[i++])
        frame->data[i] = at;
    return true;
}

static int serve_video(struct pl_media_buffers *b, AVCodecContext *decoder, AVFrame *frame)
{
    int width = frame->width, height = frame->height, strides[AV_NUM_DATA_POINTERS];
    ptrdiff_t rows[PLANES];
    size_t bytes[PLANES];
    avcodec_align_dimensions2(decoder, &width, &height, strides);
    width = (width + 2 * ALIGN - 1) / (2 * ALIGN) * (2 * ALIGN); /* half of it for chroma */
    int rc = av_image_fill_linesizes(frame->linesize, (enum AVPixelFormat)frame->format, width);
    if (rc < 0)
        return rc;
    for (int i = 0; i < PLANES; i++)
        rows[i] = frame->linesize[i];
    rc = av_image_fill_plane_sizes(bytes, (enum AVPixelFormat)frame->format, height, rows);
    if (rc < 0)
        return rc;
    if (!(b->pooled ? take_planes : take_picture)(b, frame, bytes)) {
        av_frame_unref(frame);
        return AVERROR(ENOMEM);
    }
    frame->extended_data = frame->data;
    return 0;
}

static int serve(AVCodecContext *decoder, AVFrame *frame, int flags)
{
    struct pl_media_buffers *b = decoder->opaque;
    if (decoder->codec_type == AVMEDIA_TYPE_AUDIO)
        return serve_audio(b, frame);
    if (decoder->codec_type == AVMEDIA_TYPE_VIDEO)
        return serve_video(b, decoder, frame);
    return avcodec_default_get_buffer2(decoder, frame, flags);
}

void pl_media_buffers_serve(struct pl_media_buffers *b, AVCodecContext *decoder)
{
    if (!(decoder->codec->capabilities & AV_CODEC_CAP_DR1))
        return;
    decoder->opaque = b;
    decoder->get_buffer2 = serve;
}

void pl_media_buffers_close(struct pl_media_buffers *b)
{
    for (uint32_t i = 0; i < b->kind_count; i++)
        av_buffer_pool_uninit(&b->kinds[i].pool);
}
