#include "harness/media/feed.h"

#include <errno.h>
#include <string.h>

#include <libavutil/mem.h>

static bool make_room(struct pl_media_feed *f, int samples)
{
    if (samples <= f->scratch_samples)
        return true;
    av_freep(&f->scratch[0]);
    f->scratch_samples = 0;
    if (av_samples_alloc(f->scratch, NULL, f->resampler.to_channels, samples,
                         f->resampler.to_format, 0) < 0)
        return false;
    f->scratch_samples = samples;
    return true;
}

/* @return false when the source gave nothing */
static bool decode_samples(struct pl_media_feed *f)
{
    AVFrame *frame = pl_media_source_next(&f->source);
    if (!frame || frame->sample_rate <= 0)
        return false;
    int room = pl_media_resampled_max(&f->resampler, frame->nb_samples, frame->sample_rate);
    if (!make_room(f, room))
        return false;
    int samples = pl_media_resample(&f->resampler, frame, f->scratch, room);
    if (samples < 0) {
        f->source.facts->decode_errors++;
        return true;
    }
    return av_audio_fifo_write(f->fifo, (void **)f->scratch, samples) == samples;
}

static bool fill_samples(struct pl_media_feed *f, void *const *blocks)
{
    void *planes[8];
    int wanted = (int)f->plan->frame_samples;
    memcpy(planes, blocks, sizeof *planes * f->plan->channels);
    while (av_audio_fifo_size(f->fifo) < wanted)
        if (!decode_samples(f))
            return false;
    return av_audio_fifo_read(f->fifo, planes, wanted) == wanted;
}

static bool fill_picture(struct pl_media_feed *f, uint8_t *block)
{
    AVFrame *frame = pl_media_source_next(&f->source);
    if (!frame)
        return false;
    if (pl_media_rescale(&f->scaler, frame, pl_media_pixel_format(f->format), f->plan->width,
                         f->plan->height, block) == 0)
        return true;
    f->source.facts->decode_errors++;
    return false;
}

static bool fill_decoded(struct pl_media_feed *f, void *const *blocks)
{
    return f->plan->video ? fill_picture(f, blocks[0]) : fill_samples(f, blocks);
}

static uint8_t *clip_block(const struct pl_media_plan *plan, uint8_t *clip, uint32_t frame,
                           uint32_t channel)
{
    return clip + ((uint64_t)frame * plan->channels + channel) * plan->block_bytes;
}

int pl_media_feed_record(struct pl_media_feed *f, uint8_t *clip, struct pl_error *error)
{
    for (uint32_t i = 0; i < f->plan->clip_frames; i++) {
        void *blocks[8];
        for (uint32_t c = 0; c < f->plan->channels; c++)
            blocks[c] = clip_block(f->plan, clip, i, c);
        if (!fill_decoded(f, blocks))
            return pl_error_set(error, -EINVAL, "%s: decoding came to nothing after %u frames",
                                f->source.name, i);
    }
    return 0;
}

void pl_media_feed_clip(struct pl_media_feed *f, const struct pl_media_plan *plan, uint8_t *clip)
{
    *f = (struct pl_media_feed){.plan = plan, .clip = clip};
}

static int open_conversion(struct pl_media_feed *f, const struct pl_media_settings *m,
                           struct pl_error *error)
{
    if (f->plan->video || f->format == PL_FORMAT_FFMPEG)
        return 0;
    f->resampler = (struct pl_media_resampler){.to_format = pl_media_sample_format(f->format),
                                               .to_rate = (int)m->rate,
                                               .to_channels = (int)m->channels,
                                               .facts = f->source.facts};
    f->fifo = av_audio_fifo_alloc(f->resampler.to_format, (int)m->channels,
                                  4 * (int)f->plan->frame_samples);
    return f->fifo ? 0 : pl_error_set(error, -ENOMEM, "no memory for a FIFO of samples");
}

int pl_media_feed_open(struct pl_media_feed *f, const struct pl_media_source_options *o,
                       const struct pl_media_settings *m, enum pl_format format,
                       const struct pl_media_plan *plan, struct pl_error *error)
{
    *f = (struct pl_media_feed){.plan = plan, .format = format};
    int rc = pl_media_source_open(&f->source, o, error);
    return rc ? rc : open_conversion(f, m, error);
}

bool pl_media_feed_fill(struct pl_media_feed *f, void *const *blocks)
{
    if (!f->clip)
        return fill_decoded(f, blocks);
    for (uint32_t c = 0; c < f->plan->channels; c++)
        memcpy(blocks[c], clip_block(f->plan, f->clip, f->clip_next, c), f->plan->block_bytes);
    f->clip_next = (f->clip_next + 1) % f->plan->clip_frames;
    return true;
}

void pl_media_feed_close(struct pl_media_feed *f)
{
    pl_media_source_close(&f->source);
    pl_media_resampler_close(&f->resampler);
    sws_freeContext(f->scaler);
    if (f->fifo)
        av_audio_fifo_free(f->fifo);
    av_freep(&f->scratch[0]);
}
