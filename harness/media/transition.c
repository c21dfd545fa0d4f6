/* From one track to the next (media_state.h). */
#include <string.h>

#include "harness/media/crossfade.h"
#include "harness/media/media_state.h"

/* Frames of the track that begins, read ahead, at the end of the line.
 * @return how many; fewer than wanted when the stack refused */
static uint32_t read_ahead(struct running *r, struct pl_media_feed *feed, uint32_t wanted)
{
    for (uint32_t i = 0; i < wanted; i++) {
        struct pl_media_frame *frame = line_append(r, frame_samples(r));
        if (!frame_acquire(r, frame)) {
            line_cut(r, 1);
            return i;
        }
        if (!frame_fill(r, feed, frame)) {
            frame_release(r, frame);
            line_cut(r, 1);
            return i;
        }
    }
    return wanted;
}

/* @return 0 or a negative AVERROR */
static int give_track(struct running *r, struct pl_media_crossfade *fade, int track, uint32_t first,
                      uint32_t count)
{
    int rc = 0;
    for (uint32_t i = 0; i < count && rc >= 0; i++)
        rc = pl_media_crossfade_give(fade, track, frame_shell(r, line_at(r, first + i)));
    return rc;
}

/* A mixed frame takes the place of one of the track that ends. @return false when it was refused */
static bool replace(struct running *r, struct pl_media_frame *old, const AVFrame *mixed)
{
    struct pl_media_frame frame = {.samples = old->samples, .at = old->at};
    if (mixed->nb_samples != (int)r->plan.frame_samples || !frame_acquire(r, &frame))
        return false;
    for (uint32_t c = 0; c < r->plan.channels; c++)
        memcpy(frame.block[c], mixed->extended_data[c], r->plan.block_bytes);
    frame.sum = frame_sum(r, &frame);
    frame_release(r, old);
    *old = frame;
    return true;
}

/* @return whether every frame was mixed */
static bool mix(struct running *r, uint32_t ends, uint32_t begins, uint32_t count)
{
    uint32_t mixed_count = 0;
    struct pl_media_crossfade fade;
    int rc = pl_media_crossfade_open(&fade, r->settings, pl_media_sample_format(r->in.format),
                                     (int)r->plan.frame_samples);
    if (!rc)
        rc = give_track(r, &fade, 0, ends, count);
    if (!rc)
        rc = pl_media_crossfade_turn(&fade);
    if (!rc)
        rc = give_track(r, &fade, 1, begins, count);
    for (; !rc && mixed_count < count; mixed_count++) {
        AVFrame *mixed = pl_media_crossfade_take(&fade);
        if (!mixed || !replace(r, line_at(r, ends + mixed_count), mixed))
            break;
    }
    pl_media_crossfade_close(&fade);
    return mixed_count == count;
}

void transition(struct running *r)
{
    uint32_t wanted = r->plan.fade_frames;
    r->playing = (r->playing + 1) % r->settings->source_count;
    r->track_frames = 0;
    if (!wanted)
        return;
    r->in.media->crossfades++;
    if (r->line.count < wanted) { /* what came of the track that ends was refused */
        r->in.media->crossfades_cut++;
        return;
    }
    uint32_t ends = r->line.count - wanted, begins = r->line.count;
    uint32_t read = read_ahead(r, &r->feeds[r->playing], wanted);
    bool mixed = read == wanted && mix(r, ends, begins, wanted);
    r->in.media->crossfades_cut += !mixed;
    for (uint32_t i = 0; i < read; i++) {
        frame_release(r, line_at(r, r->line.count - 1));
        line_cut(r, 1);
    }
    r->track_frames = read; /* they were heard within the fade */
}
