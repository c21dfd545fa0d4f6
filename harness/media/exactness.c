/* Round trips (exactness.h). All of it before the measured window. */
#include "harness/media/exactness.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include <libavutil/imgutils.h>
#include <libavutil/mem.h>

#include "harness/media/convert.h"

static void compare(struct pl_media_facts *facts, double was, double is)
{
    double error = is - was;
    facts->signal += was * was;
    facts->noise += error * error;
    facts->error_max = fabs(error) > facts->error_max ? fabs(error) : facts->error_max;
    facts->compared++;
}

/* One frame of planar samples, described as a frame so that the resampler takes it. */
static AVFrame *planar_frame(const struct pl_media_settings *m, enum AVSampleFormat format,
                             int samples)
{
    AVFrame *frame = av_frame_alloc();
    if (!frame)
        return NULL;
    frame->format = format;
    frame->sample_rate = (int)m->rate;
    frame->nb_samples = samples;
    av_channel_layout_default(&frame->ch_layout, (int)m->channels);
    if (av_frame_get_buffer(frame, 0) < 0)
        av_frame_free(&frame);
    return frame;
}

struct trip {
    struct pl_media_resampler reference; /* from the decoder's to float64 */
    struct pl_media_resampler there;     /* from it to the format */
    struct pl_media_resampler back;      /* and back */
    const struct pl_media_settings *settings;
    struct pl_media_facts unread; /* the resamplers' own counts are no facts of the run */
};

static struct pl_media_resampler resampler(struct trip *t, enum AVSampleFormat to)
{
    return (struct pl_media_resampler){.to_format = to,
                                       .to_rate = (int)t->settings->rate,
                                       .to_channels = (int)t->settings->channels,
                                       .facts = &t->unread};
}

static void compare_frames(struct pl_media_facts *facts, const AVFrame *was, const AVFrame *is)
{
    for (int c = 0; c < was->ch_layout.nb_channels; c++) {
        const double *a = (const double *)(const void *)was->extended_data[c];
        const double *b = (const double *)(const void *)is->extended_data[c];
        for (int i = 0; i < was->nb_samples; i++)
            compare(facts, a[i], b[i]);
    }
}

/* @return samples that were compared, or a negative AVERROR */
static int travel(struct trip *t, AVFrame *decoded, struct pl_media_facts *facts)
{
    const struct pl_media_settings *m = t->settings;
    int room = pl_media_resampled_max(&t->reference, decoded->nb_samples, decoded->sample_rate);
    AVFrame *was = planar_frame(m, AV_SAMPLE_FMT_DBLP, room);
    AVFrame *held = planar_frame(m, t->there.to_format, room);
    AVFrame *is = planar_frame(m, AV_SAMPLE_FMT_DBLP, room);
    int samples = was && held && is ? 0 : AVERROR(ENOMEM);
    if (!samples)
        samples = pl_media_resample(&t->reference, decoded, was->extended_data, room);
    if (samples > 0) {
        was->nb_samples = held->nb_samples = is->nb_samples = samples;
        int there = pl_media_resample(&t->there, was, held->extended_data, room);
        int back = there < 0 ? there : pl_media_resample(&t->back, held, is->extended_data, room);
        if (back == samples)
            compare_frames(facts, was, is);
        else
            samples = back < 0 ? back : AVERROR_BUG;
    }
    av_frame_free(&was);
    av_frame_free(&held);
    av_frame_free(&is);
    return samples;
}

static int travel_samples(struct pl_media_source *source, const struct pl_media_settings *m,
                          enum pl_format format, struct pl_media_facts *facts)
{
    struct trip t = {.settings = m};
    t.reference = resampler(&t, AV_SAMPLE_FMT_DBLP);
    t.there = resampler(&t, pl_media_sample_format(format));
    t.back = resampler(&t, AV_SAMPLE_FMT_DBLP);
    int64_t left = m->clip_ns / 1000 * m->rate / 1000000;
    int rc = 0;
    for (AVFrame *frame; left > 0 && rc >= 0 && (frame = pl_media_source_next(source));) {
        rc = travel(&t, frame, facts);
        left -= rc > 0 ? rc : frame->nb_samples;
    }
    pl_media_resampler_close(&t.reference);
    pl_media_resampler_close(&t.there);
    pl_media_resampler_close(&t.back);
    return rc < 0 ? rc : 0;
}

static int travel_picture(struct SwsContext **scalers, const AVFrame *decoded,
                          enum AVPixelFormat format, const struct pl_media_plan *plan,
                          AVFrame *pictures[3], struct pl_media_facts *facts)
{
    int size = av_image_get_buffer_size(AV_PIX_FMT_YUV420P, (int)plan->width, (int)plan->height, 1);
    const enum AVPixelFormat formats[] = {AV_PIX_FMT_YUV420P, format, AV_PIX_FMT_YUV420P};
    const AVFrame *from = decoded;
    for (int i = 0; i < 3; i++) {
        int rc = pl_media_rescale(&scalers[i], from, formats[i], plan->width, plan->height,
                                  pictures[i]->buf[0]->data);
        if (rc)
            return rc;
        from = pictures[i];
    }
    for (int i = 0; i < size; i++)
        compare(facts, pictures[0]->buf[0]->data[i] / 255.0, pictures[2]->buf[0]->data[i] / 255.0);
    return 0;
}

static AVFrame *picture_frame(enum AVPixelFormat format, const struct pl_media_plan *plan)
{
    AVFrame *frame = av_frame_alloc();
    int size = av_image_get_buffer_size(format, (int)plan->width, (int)plan->height, 1);
    if (!frame || !(frame->buf[0] = av_buffer_alloc((size_t)size + 64))) {
        av_frame_free(&frame);
        return NULL;
    }
    frame->format = format;
    frame->width = (int)plan->width;
    frame->height = (int)plan->height;
    av_image_fill_arrays(frame->data, frame->linesize, frame->buf[0]->data, format, frame->width,
                         frame->height, 1);
    return frame;
}

static int travel_pictures(struct pl_media_source *source, enum AVPixelFormat format,
                           const struct pl_media_plan *plan, struct pl_media_facts *facts)
{
    struct SwsContext *scalers[3] = {NULL, NULL, NULL};
    AVFrame *pictures[3] = {picture_frame(AV_PIX_FMT_YUV420P, plan), picture_frame(format, plan),
                            picture_frame(AV_PIX_FMT_YUV420P, plan)};
    int rc = pictures[0] && pictures[1] && pictures[2] ? 0 : AVERROR(ENOMEM);
    for (uint32_t i = 0; !rc && i < plan->clip_frames; i++) {
        const AVFrame *frame = pl_media_source_next(source);
        rc = frame ? travel_picture(scalers, frame, format, plan, pictures, facts) : AVERROR_EOF;
    }
    for (int i = 0; i < 3; i++) {
        sws_freeContext(scalers[i]);
        av_frame_free(&pictures[i]);
    }
    return rc == AVERROR_EOF ? 0 : rc;
}

int pl_media_exactness(const struct pl_media_source_options *options,
                       const struct pl_media_settings *m, enum pl_format format,
                       const struct pl_media_plan *plan, struct pl_error *error)
{
    if (format == PL_FORMAT_FFMPEG)
        return 0;
    struct pl_media_source source;
    struct pl_media_facts unread = {0}, *facts = options->facts;
    struct pl_media_source_options own = *options;
    own.facts = &unread;
    own.buffers = NULL;
    int rc = pl_media_source_open(&source, &own, error);
    if (!rc) {
        rc = plan->video ? travel_pictures(&source, pl_media_pixel_format(format), plan, facts)
                         : travel_samples(&source, m, format, facts);
        if (rc)
            rc = pl_error_set(error, -EINVAL, "%s: it can't be held in %s", source.name,
                              pl_format_name(format));
    }
    pl_media_source_close(&source);
    return rc;
}
