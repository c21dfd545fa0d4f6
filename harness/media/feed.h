/* Frames of a source in the format in which they are held: decoded as the replay goes, or once
 * beforehand into a clip that loops. */
#ifndef PL_MEDIA_FEED_H
#define PL_MEDIA_FEED_H

#include <libavutil/audio_fifo.h>

#include "harness/media/convert.h"
#include "harness/media/source.h"
#include "harness/pipelines/media/media.h"

struct pl_media_feed {
    const struct pl_media_plan *plan;
    enum pl_format format;
    struct pl_media_source source;
    /* samples: */
    struct pl_media_resampler resampler;
    AVAudioFifo *fifo;
    uint8_t *scratch[8]; /* planes for what was just converted */
    int scratch_samples;
    /* pixels: */
    struct SwsContext *scaler;
    uint8_t *clip; /* plan->clip_frames of plan->channels blocks each, or NULL */
    uint32_t clip_next;
};

/** Opens the source, to decode as it goes. @return as pl_media_source_open */
int pl_media_feed_open(struct pl_media_feed *feed, const struct pl_media_source_options *options,
                       const struct pl_media_settings *settings, enum pl_format format,
                       const struct pl_media_plan *plan, struct pl_error *error);

/** Fills a clip of plan->clip_frames; what a source is shorter, it is repeated.
 *  @param clip pl_media_clip_bytes(plan) @return as pl_media_source_open */
int pl_media_feed_record(struct pl_media_feed *feed, uint8_t *clip, struct pl_error *error);

/** A feed that plays a clip, and needs no FFmpeg. */
void pl_media_feed_clip(struct pl_media_feed *feed, const struct pl_media_plan *plan,
                        uint8_t *clip);

/** Fills the blocks of one frame. @return false when nothing was to be had */
bool pl_media_feed_fill(struct pl_media_feed *feed, void *const *blocks);

void pl_media_feed_close(struct pl_media_feed *feed);

#endif
