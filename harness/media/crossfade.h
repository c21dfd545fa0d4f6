/* The end of one track faded into the start of the next, by libavfilter's acrossfade. */
#ifndef PL_MEDIA_CROSSFADE_H
#define PL_MEDIA_CROSSFADE_H

#include <libavutil/frame.h>

#include "allocators/base/error.h"
#include "harness/scenario/scenario.h"

/** A mix under way: a graph made for it, and ended with it, as a server makes one a transition. */
struct pl_media_crossfade {
    struct AVFilterGraph *graph;
    struct AVFilterContext *inputs[2], *output;
    AVFrame *mixed;
};

/** Whether this FFmpeg has the filter. @return 0 or -ENOSYS */
int pl_media_crossfade_check(struct pl_error *error);

/** @param frame_samples that each mixed frame shall have
 *  @return 0 or a negative AVERROR */
int pl_media_crossfade_open(struct pl_media_crossfade *crossfade,
                            const struct pl_media_settings *settings, enum AVSampleFormat format,
                            int frame_samples);

/** Gives a frame, which is copied: 0 the track that ends, 1 the one that begins.
 *  @return 0 or a negative AVERROR */
int pl_media_crossfade_give(struct pl_media_crossfade *crossfade, int track, const AVFrame *frame);

/** Between the two: all of the track that ends was given. @return 0 or a negative AVERROR */
int pl_media_crossfade_turn(struct pl_media_crossfade *crossfade);

/** @return the next mixed frame, good until the next call, or NULL when there is none */
AVFrame *pl_media_crossfade_take(struct pl_media_crossfade *crossfade);

void pl_media_crossfade_close(struct pl_media_crossfade *crossfade);

#endif
