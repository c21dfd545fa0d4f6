/* From a decoder's frames to what is held: libswresample for samples, libswscale for pictures. */
#ifndef PL_MEDIA_CONVERT_H
#define PL_MEDIA_CONVERT_H

#include <libavutil/frame.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>

#include "allocators/base/error.h"
#include "harness/scenario/scenario.h"
#include "harness/traffic/counts.h"

/** Samples of one description to those of another, planar or packed. Zero it but for what is
 * wanted. */
struct pl_media_resampler {
    enum AVSampleFormat to_format;
    int to_rate; /* Hz */
    int to_channels;
    struct pl_media_facts *facts;
    /* what it is set up for: */
    struct SwrContext *context;
    enum AVSampleFormat from_format;
    int from_rate;
    AVChannelLayout from_layout;
};

/** Converts a frame; one that is described otherwise than the one before sets it up anew, and is
 *  counted. NaN and infinite samples become silence, and are counted.
 *  @param out a plane a channel, or one, with room for `room` samples each
 *  @return samples of each channel, or a negative AVERROR */
int pl_media_resample(struct pl_media_resampler *resampler, AVFrame *frame, uint8_t **out,
                      int room);

/** An upper bound of what converting `samples` at a rate gives, with what waits inside. */
int pl_media_resampled_max(const struct pl_media_resampler *resampler, int samples, int rate);

void pl_media_resampler_close(struct pl_media_resampler *resampler);

/** A frame's pixels to a picture of another format and size; `context` is kept from call to call,
 *  NULL at first; sws_freeContext() it.
 *  @param out a picture without padding @return 0 or a negative AVERROR */
int pl_media_rescale(struct SwsContext **context, const AVFrame *frame, enum AVPixelFormat format,
                     uint32_t width, uint32_t height, uint8_t *out);

/** FFmpeg's planar name of a format of samples; NONE of others. */
enum AVSampleFormat pl_media_sample_format(enum pl_format format);

/** FFmpeg's name of a format of pixels; NONE of others. */
enum AVPixelFormat pl_media_pixel_format(enum pl_format format);

#endif
