/* One stream of the pipeline media, but for its ticks (media_state.h). */
#include <errno.h>

#include "harness/media/media_state.h"

_Static_assert(sizeof(struct running) <= PL_MEDIA_STREAM_BYTES, "raise PL_MEDIA_STREAM_BYTES");

static bool open_line(struct running *r)
{
    struct line *line = &r->line;
    line->capacity = r->plan.line_capacity;
    line->frames = pl_arena_take(r->in.arena, line->capacity * sizeof *line->frames);
    r->filling.sums = line->frames;
    r->played.sums = line->frames + r->plan.delay_frames;
    r->rate = r->settings->rate;
    r->delay_samples = r->plan.delay_frames * frame_samples(r);
    return line->frames != NULL;
}

static bool open_leak(struct running *r)
{
    size_t bytes = r->plan.leak_capacity * sizeof *r->leak.frames;
    struct pl_media_frame *frames = bytes ? pl_arena_take(r->in.arena, bytes) : NULL;
    leak_open(&r->leak, r, frames);
    return !bytes || frames;
}

static bool open_shell(struct running *r)
{
    r->shell = av_frame_alloc();
    if (!r->shell)
        return false;
    r->shell->format = pl_media_sample_format(r->in.format);
    r->shell->sample_rate = (int)r->settings->rate;
    av_channel_layout_default(&r->shell->ch_layout, (int)r->settings->channels);
    return true;
}

int stream_open(struct running *r, const struct pl_pipeline_inputs *in, struct streams *all,
                struct pl_error *error)
{
    r->in = *in;
    r->in.seed = in->seed + all->count; /* streams don't err together */
    r->settings = &in->scenario->media;
    r->side = pl_sides_network(in->sides);
    pl_media_plan_make(in->scenario, in->format, &r->plan);
    r->buffers = (struct pl_media_buffers){.meter = &r->side->meter,
                                           .class_index = r->plan.block_class,
                                           .pooled = r->settings->buffer_pool};
    if (!open_line(r) || !open_leak(r) || !open_shell(r))
        return pl_error_set(error, -ENOMEM, "the cell can't start: its arena is too small");
    if (!r->settings->encoder)
        return 0;
    return pl_media_encoder_open(&r->encoder, (enum pl_encoder)r->settings->encoder, r->settings,
                                 in->media, error);
}

int64_t stream_begins(const struct running *r, uint32_t index)
{
    return r->settings->frame_ns * r->settings->burst * index / r->settings->streams;
}

static uint64_t held_samples_ns(const struct running *r, uint64_t samples)
{
    if (r->plan.video)
        return samples * (uint64_t)r->settings->frame_ns;
    return samples * 1000000 / r->rate * 1000;
}

uint64_t stream_held_ns(const struct running *r)
{
    if (r->settings->hold == PL_HOLD_CHUNKS)
        return chunks_held(r) * (uint64_t)r->settings->frame_ns;
    return held_samples_ns(r, r->line.samples + r->leak.samples);
}

void stream_close(struct running *r)
{
    for (uint32_t i = 0; i < r->settings->source_count; i++)
        pl_media_feed_close(&r->feeds[i]);
    pl_media_encoder_close(&r->encoder);
    av_frame_free(&r->shell);
    pl_media_buffers_close(&r->buffers);
}
