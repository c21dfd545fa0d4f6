/* The pipeline media (running.h): each tick of a stream brings a frame of media, or every so many a
 * burst of as many, and plays the one whose delay is over. */
#include "harness/media/running.h"

#include <errno.h>

#include "harness/clock/virtual.h"
#include "harness/media/broadcast_clips.h"
#include "harness/media/crossfade.h"
#include "harness/media/log.h"
#include "harness/media/media_state.h"

/* Beside them lies what prepare() takes. */
_Static_assert(sizeof(struct streams) + 4096 <= PL_MEDIA_STATE_BYTES, "raise PL_MEDIA_STATE_BYTES");

static void take_frame(struct running *r)
{
    struct pl_traffic_counts *counts = &r->side->counts;
    struct pl_media_frame *frame = line_append(r, frame_samples(r));
    pl_counter_add(&counts->received, 1);
    bool acquired = frame_acquire(r, frame);
    if (acquired && frame_fill(r, &r->feeds[r->playing], frame))
        return;
    frame_release(r, frame);
    line_cut(r, 1);
    line_skip(r, frame_samples(r));
    pl_counter_add(&counts->dropped[acquired ? PL_DROP_INVALID : PL_DROP_LIMIT], 1);
}

static void count_track(struct running *r)
{
    int64_t track = r->settings->track_ns / r->settings->frame_ns;
    r->track_frames++;
    if (track && r->track_frames >= track)
        transition(r);
}

/* What the decoder delivers together is played one by one all the same. */
static void take_burst(struct running *r)
{
    if (r->early) {
        r->early--;
        return;
    }
    r->early = r->settings->burst - 1;
    for (uint32_t i = 0; i < r->settings->burst; i++) {
        if (r->in.format == PL_FORMAT_FFMPEG)
            decoded_take(r);
        else
            take_frame(r);
        count_track(r);
    }
}

static void play_what_is_due(struct running *r)
{
    uint64_t wait = r->delay_samples + r->early * frame_samples(r);
    for (const struct pl_media_frame *frame; r->line.count && (frame = line_at(r, 0)) &&
                                             r->line.now - frame->at - frame->samples >= wait;)
        line_play(r);
}

static int64_t on_tick(void *context, int64_t now_ns)
{
    struct running *r = context;
    if (r->settings->hold == PL_HOLD_CHUNKS) {
        chunks_tick(r);
    } else {
        take_burst(r);
        play_what_is_due(r);
    }
    return now_ns + r->settings->frame_ns;
}

static int open_streams(struct streams *all, const struct pl_pipeline_inputs *in,
                        struct pl_error *error)
{
    int rc = in->scenario->media.crossfade_ns ? pl_media_crossfade_check(error) : 0;
    while (!rc && all->count < in->scenario->media.streams) {
        struct running *r = pl_arena_take(in->arena, sizeof *r);
        if (!r)
            return pl_error_set(error, -ENOMEM, "the cell can't start: its arena is too small");
        rc = stream_open(r, in, all, error);
        all->stream[all->count++] = r;
    }
    return rc ? rc : prepare(all, error);
}

/* Half-built ones are taken. */
static void close_streams(struct streams *all)
{
    for (uint32_t i = 0; i < all->count; i++)
        stream_close(all->stream[i]);
}

static int open_running(const struct pl_pipeline_inputs *in, void **state, struct pl_error *error)
{
    struct streams *all = pl_arena_take(in->arena, sizeof *all);
    if (!all)
        return pl_error_set(error, -ENOMEM, "the cell can't start: its arena is too small");
    pl_media_log_open();
    int rc = open_streams(all, in, error);
    if (rc) {
        close_streams(all);
        return rc;
    }
    in->media->present = 1;
    for (uint32_t i = 0; i < all->count; i++) {
        struct running *r = all->stream[i];
        r->tick = (struct pl_event){.fire = on_tick, .context = r};
        pl_loop_add(in->loop, &r->tick, stream_begins(r, i));
    }
    *state = all;
    return 0;
}

static void close_running(void *state, int64_t now_ns)
{
    struct streams *all = state;
    (void)now_ns;
    for (uint32_t i = 0; i < all->count; i++) {
        struct running *r = all->stream[i];
        r->in.media->held_ns += stream_held_ns(r);
        line_close(r);
        leak_close(r);
        chunks_close(r);
    }
    close_streams(all);
}

static const struct pl_pipeline running = {
    .name = "media",
    .open = open_running,
    .close = close_running,
};

const struct pl_pipeline *pl_media_running_of(const struct pl_scenario *scenario)
{
    static const struct pl_pipeline *const pipelines[PL_PIPELINE_COUNT] = {
        [PL_PIPELINE_MEDIA] = &running,
        [PL_PIPELINE_BROADCAST] = &pl_media_broadcast,
    };
    return pipelines[scenario->pipeline];
}

const char *pl_media_ffmpeg_version(void)
{
    return av_version_info();
}
