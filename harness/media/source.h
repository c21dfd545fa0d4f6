/* A source of decoded frames: a media file in memory, demuxed and decoded by FFmpeg, or the
 * payloads of an RTP capture, decoded by FFmpeg. It starts anew at its end. */
#ifndef PL_MEDIA_SOURCE_H
#define PL_MEDIA_SOURCE_H

#include <stdbool.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include "allocators/base/error.h"
#include "harness/media/memory_file.h"
#include "harness/traffic/counts.h"
#include "harness/traffic/material.h"

struct pl_media_buffers;

struct pl_media_source {
    const char *name; /* of the file, for messages */
    bool video;
    struct memory_file file;
    AVIOContext *io;
    AVFormatContext *format;
    int stream;
    const struct pl_recording *capture; /* instead of the above */
    uint32_t captured_stream;
    uint32_t next_packet;
    AVCodecContext *decoder;
    AVPacket *packet;
    AVFrame *frame;
    bool drained;
    uint64_t refused;                 /* frames whose memory was refused */
    struct pl_media_buffers *buffers; /* where its frames lie, or NULL for FFmpeg's own */
    struct pl_media_facts *facts;
};

/** What is asked of a source. */
struct pl_media_source_options {
    const struct pl_material *material;
    uint32_t index; /* of the file in it */
    bool video;
    const char *payload; /* of dynamic payload types of a capture, may be empty */
    bool known;          /* it was opened before, and decodes */
    struct pl_media_buffers *buffers;
    struct pl_media_facts *facts;
};

/** Opens it and checks that something decodes.
 *  @return 0; -EINVAL for what FFmpeg can't read or has no such stream, -ENOSYS for a codec that
 *  this FFmpeg lacks, -ENOMEM */
int pl_media_source_open(struct pl_media_source *source,
                         const struct pl_media_source_options *options, struct pl_error *error);

/** The next frame, from the start again after the end. What can't be decoded is counted and passed
 *  over. @return the source's own frame, good until the next call; NULL when its memory was
 * refused, or when a whole round gave nothing */
AVFrame *pl_media_source_next(struct pl_media_source *source);

/** NULL members are taken. */
void pl_media_source_close(struct pl_media_source *source);

#endif
