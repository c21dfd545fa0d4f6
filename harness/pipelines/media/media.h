/* Decoded media held for a while: the part of the pipeline that needs no FFmpeg, for the controller
 * and for what runs it (harness/media). */
#ifndef PL_PIPELINES_MEDIA_H
#define PL_PIPELINES_MEDIA_H

#include "harness/pipelines/pipeline.h"

/** The plan of it; plimsoll-media opens it. */
extern const struct pl_pipeline pl_media;

/** A frame that is held: its blocks, or a decoder's own frame. */
struct pl_media_frame {
    void *block[8];   /* of each channel, or one of a picture; all NULL of a decoder's */
    void *decoded;    /* an AVFrame, or NULL */
    uint64_t sum;     /* of what lies in the blocks, to be found again when it is played */
    uint64_t samples; /* of one channel; 1 of a picture */
    uint64_t at;      /* its place in time, in such samples: those refused before it count */
};

/** What the running pipeline keeps beside its clips, lines and leaks, at most: once, and a stream.
 */
#define PL_MEDIA_STATE_BYTES 16384
#define PL_MEDIA_STREAM_BYTES 16384

/** Sizes that follow from a scenario and a format. */
struct pl_media_plan {
    bool video;
    uint32_t width, height;
    uint32_t channels;      /* planes of a frame that are held in blocks of their own; 1 of video */
    uint32_t frame_samples; /* of one channel */
    uint32_t delay_frames;
    uint32_t fade_frames; /* in which two tracks overlap */
    uint32_t clip_frames; /* decoded once, at most, a source */
    uint64_t block_bytes; /* of one channel of a frame, or of a picture; 0 where FFmpeg's decoder
                             decides */
    uint32_t
        line_capacity; /* frames of a stream held at most, of a decoder's length if it decides */
    uint32_t leak_capacity; /* frames of a stream that leak, at most */
    uint32_t block_class;   /* samples, image or chunk */
};

/** @param scenario checked */
void pl_media_plan_make(const struct pl_scenario *scenario, enum pl_format format,
                        struct pl_media_plan *plan);

/** Bytes of the arena for the clips of one source. */
uint64_t pl_media_clip_bytes(const struct pl_media_plan *plan);

#endif
