/* What is played goes through an encoder and a muxer into nothing but a count of bytes. */
#ifndef PL_MEDIA_ENCODE_H
#define PL_MEDIA_ENCODE_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/audio_fifo.h>

#include "harness/media/convert.h"
#include "harness/scenario/scenario.h"

struct pl_media_encoder {
    AVCodecContext *codec;
    AVFormatContext *format;
    AVIOContext *io;
    struct pl_media_resampler resampler; /* to the encoder's own samples and rate */
    AVAudioFifo *fifo;
    AVFrame *converted, *frame;
    AVPacket *packet;
    int64_t pts;
    struct pl_media_facts *facts;
};

/** @return 0, -ENOSYS naming an encoder or muxer that this FFmpeg lacks, -EINVAL, -ENOMEM */
int pl_media_encoder_open(struct pl_media_encoder *encoder, enum pl_encoder kind,
                          const struct pl_media_settings *settings, struct pl_media_facts *facts,
                          struct pl_error *error);

/** Encodes what is complete of it. @return 0 or a negative AVERROR */
int pl_media_encode(struct pl_media_encoder *encoder, AVFrame *frame);

/** NULL members are taken. */
void pl_media_encoder_close(struct pl_media_encoder *encoder);

#endif
