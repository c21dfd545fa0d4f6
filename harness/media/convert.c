/* Conversion of samples and pixels (convert.h). */
#include "harness/media/convert.h"

#include <math.h>

#include <libavutil/imgutils.h>
#include <libavutil/opt.h>

enum AVSampleFormat pl_media_sample_format(enum pl_format format)
{
    switch (format) {
    case PL_FORMAT_F64:
        return AV_SAMPLE_FMT_DBLP;
    case PL_FORMAT_F32:
        return AV_SAMPLE_FMT_FLTP;
    case PL_FORMAT_S16:
        return AV_SAMPLE_FMT_S16P;
    case PL_FORMAT_S32:
        return AV_SAMPLE_FMT_S32P;
    default:
        return AV_SAMPLE_FMT_NONE;
    }
}

enum AVPixelFormat pl_media_pixel_format(enum pl_format format)
{
    switch (format) {
    case PL_FORMAT_YUV420P:
        return AV_PIX_FMT_YUV420P;
    case PL_FORMAT_YUV422P:
        return AV_PIX_FMT_YUV422P;
    case PL_FORMAT_RGB24:
        return AV_PIX_FMT_RGB24;
    case PL_FORMAT_RGBA:
        return AV_PIX_FMT_RGBA;
    default:
        return AV_PIX_FMT_NONE;
    }
}

static uint64_t silence_floats(float *samples, int count)
{
    uint64_t invalid = 0;
    float all = 0;
    for (int i = 0; i < count; i++)
        all += samples[i] * 0; /* NaN as soon as one is NaN or infinite */
    for (int i = 0; all != 0 && i < count; i++)
        if (!isfinite(samples[i])) {
            samples[i] = 0;
            invalid++;
        }
    return invalid;
}

static uint64_t silence_doubles(double *samples, int count)
{
    uint64_t invalid = 0;
    double all = 0;
    for (int i = 0; i < count; i++)
        all += samples[i] * 0;
    for (int i = 0; all != 0 && i < count; i++)
        if (!isfinite(samples[i])) {
            samples[i] = 0;
            invalid++;
        }
    return invalid;
}

/* Integers can't be invalid. The samples of a decoder's frame may be shared with the decoder: only
 * where there is something to silence are they written to. */
static uint64_t silence_invalid(AVFrame *frame)
{
    enum AVSampleFormat format = (enum AVSampleFormat)frame->format;
    bool planar = av_sample_fmt_is_planar(format), doubles;
    doubles = format == AV_SAMPLE_FMT_DBL || format == AV_SAMPLE_FMT_DBLP;
    if (!doubles && format != AV_SAMPLE_FMT_FLT && format != AV_SAMPLE_FMT_FLTP)
        return 0;
    int planes = planar ? frame->ch_layout.nb_channels : 1;
    int count = frame->nb_samples * (planar ? 1 : frame->ch_layout.nb_channels);
    uint64_t invalid = 0;
    for (int i = 0; i < planes; i++)
        invalid += doubles ? silence_doubles((double *)(void *)frame->extended_data[i], count)
                           : silence_floats((float *)(void *)frame->extended_data[i], count);
    return invalid;
}

static bool is_set_up(const struct pl_media_resampler *r, const AVFrame *frame)
{
    return r->context && r->from_format == (enum AVSampleFormat)frame->format &&
           r->from_rate == frame->sample_rate &&
           av_channel_layout_compare(&r->from_layout, &frame->ch_layout) == 0;
}

/* What waits in the old context, some samples at another rate, is lost with it. */
static int set_up(struct pl_media_resampler *r, const AVFrame *frame)
{
    AVChannelLayout to;
    bool again = r->context != NULL;
    av_channel_layout_default(&to, r->to_channels);
    r->from_format = (enum AVSampleFormat)frame->format;
    r->from_rate = frame->sample_rate;
    av_channel_layout_uninit(&r->from_layout);
    int rc = av_channel_layout_copy(&r->from_layout, &frame->ch_layout);
    swr_free(&r->context);
    if (rc >= 0)
        rc = swr_alloc_set_opts2(&r->context, &to, r->to_format, r->to_rate, &r->from_layout,
                                 r->from_format, r->from_rate, 0, NULL);
    if (rc >= 0)
        rc = swr_init(r->context);
    if (rc < 0)
        swr_free(&r->context);
    else
        r->facts->source_changes += again;
    return rc;
}

int pl_media_resample(struct pl_media_resampler *r, AVFrame *frame, uint8_t **out, int room)
{
    int rc = is_set_up(r, frame) ? 0 : set_up(r, frame);
    if (rc < 0)
        return rc;
    r->facts->samples_invalid += silence_invalid(frame);
    return swr_convert(r->context, out, room, (const uint8_t **)frame->extended_data,
                       frame->nb_samples);
}

int pl_media_resampled_max(const struct pl_media_resampler *r, int samples, int rate)
{
    int64_t waiting = r->context && r->from_rate ? swr_get_delay(r->context, r->to_rate) : 0;
    return (int)(waiting + av_rescale_rnd(samples, r->to_rate, rate, AV_ROUND_UP)) + 32;
}

void pl_media_resampler_close(struct pl_media_resampler *r)
{
    swr_free(&r->context);
    av_channel_layout_uninit(&r->from_layout);
}

int pl_media_rescale(struct SwsContext **context, const AVFrame *frame, enum AVPixelFormat format,
                     uint32_t width, uint32_t height, uint8_t *out)
{
    uint8_t *planes[4];
    int strides[4];
    *context = sws_getCachedContext(*context, frame->width, frame->height,
                                    (enum AVPixelFormat)frame->format, (int)width, (int)height,
                                    format, SWS_BILINEAR, NULL, NULL, NULL);
    if (!*context)
        return AVERROR(EINVAL);
    av_image_fill_arrays(planes, strides, out, format, (int)width, (int)height, 1);
    int rows = sws_scale(*context, (const uint8_t *const *)frame->data, frame->linesize, 0,
                         frame->height, planes, strides);
    return rows < 0 ? rows : 0;
}
