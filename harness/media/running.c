/* The pipeline media (running.h): each tick brings a frame of media, and plays the one whose delay
 * is over. */
#include "harness/media/running.h"

#include <errno.h>

#include "harness/clock/virtual.h"
#include "harness/media/broadcast.h"
#include "harness/media/crossfade.h"
#include "harness/media/log.h"
#include "harness/media/state.h"

_Static_assert(sizeof(struct running) + 4096 <= PL_MEDIA_STATE_BYTES, "raise PL_MEDIA_STATE_BYTES");

static void take_frame(struct running *r)
{
    struct pl_traffic_counts *counts = &r->side->counts;
    struct pl_media_frame *frame = line_append(r, frame_samples(r));
    pl_own_add(&counts->received, 1);
    bool acquired = frame_acquire(r, frame);
    if (acquired && frame_fill(r, &r->feeds[r->playing], frame))
        return;
    frame_release(r, frame);
    line_cut(r, 1);
    line_skip(r, frame_samples(r));
    pl_own_add(&counts->dropped[acquired ? PL_DROP_INVALID : PL_DROP_LIMIT], 1);
}

static void play_what_is_due(struct running *r)
{
    for (const struct pl_media_frame *frame;
         r->line.count && (frame = line_at(r, 0)) &&
         r->line.now - frame->at - frame->samples >= r->delay_samples;)
        line_play(r);
}

static void count_track(struct running *r)
{
    int64_t track = r->settings->track_ns / r->settings->frame_ns;
    r->track_frames++;
    if (track && r->track_frames >= track)
        transition(r);
}

static int64_t on_tick(void *context, int64_t now_ns)
{
    struct running *r = context;
    if (r->settings->hold == PL_HOLD_CHUNKS) {
        chunks_tick(r);
    } else {
        if (r->in.format == PL_FORMAT_FFMPEG)
            decoded_tick(r);
        else
            take_frame(r);
        count_track(r);
        play_what_is_due(r);
    }
    return now_ns + r->settings->frame_ns;
}

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

static int open_parts(struct running *r, struct pl_error *error)
{
    const struct pl_media_settings *m = r->settings;
    if (!open_line(r) || !open_shell(r))
        return pl_error_set(error, -ENOMEM, "the cell can't start: its arena is too small");
    int rc = m->crossfade_ns ? pl_media_crossfade_check(error) : 0;
    if (!rc && m->encoder)
        rc = pl_media_encoder_open(&r->encoder, (enum pl_encoder)m->encoder, m, r->in.media, error);
    return rc ? rc : prepare(r, error);
}

/* Half-built ones are taken. */
static void close_parts(struct running *r)
{
    for (uint32_t i = 0; i < r->settings->source_count; i++)
        pl_media_feed_close(&r->feeds[i]);
    pl_media_buffers_close(&r->buffers);
    pl_media_encoder_close(&r->encoder);
    av_frame_free(&r->shell);
}

static int open_running(const struct pl_pipeline_inputs *in, void **state, struct pl_error *error)
{
    struct running *r = pl_arena_take(in->arena, sizeof *r);
    if (!r)
        return pl_error_set(error, -ENOMEM, "the cell can't start: its arena is too small");
    *r = (struct running){
        .in = *in, .settings = &in->scenario->media, .side = pl_sides_network(in->sides)};
    pl_media_log_open();
    pl_media_plan_make(in->scenario, in->format, &r->plan);
    r->buffers = (struct pl_media_buffers){.meter = &r->side->meter,
                                           .class_index = r->plan.block_class,
                                           .pooled = r->settings->buffer_pool};
    int rc = open_parts(r, error);
    if (rc) {
        close_parts(r);
        return rc;
    }
    in->media->present = 1;
    r->tick = (struct pl_event){.fire = on_tick, .context = r};
    pl_loop_add(in->loop, &r->tick, 0);
    *state = r;
    return 0;
}

static uint64_t held_ns(const struct running *r)
{
    if (r->settings->hold == PL_HOLD_CHUNKS)
        return chunks_held(r) * (uint64_t)r->settings->frame_ns;
    if (r->plan.video)
        return r->line.samples * (uint64_t)r->settings->frame_ns;
    return r->line.samples * 1000000 / r->rate * 1000;
}

static void close_running(void *state, int64_t now_ns)
{
    struct running *r = state;
    (void)now_ns;
    r->in.media->held_ns = held_ns(r);
    line_close(r);
    chunks_close(r);
    close_parts(r);
}

const struct pl_pipeline *pl_media_running_of(const struct pl_scenario *scenario)
{
    static const struct pl_pipeline running = {
        .name = "media",
        .open = open_running,
        .close = close_running,
    };
    return scenario->pipeline == PL_PIPELINE_BROADCAST ? &pl_media_broadcast : &running;
}

const char *pl_media_ffmpeg_version(void)
{
    return av_version_info();
}
