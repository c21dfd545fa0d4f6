/* Decoding what the clients of a broadcast send (broadcast_clips.h). */
#include "harness/media/broadcast_clips.h"

#include <errno.h>

#include "harness/clock/virtual.h"
#include "harness/media/feed.h"
#include "harness/media/log.h"
#include "harness/media/run_in_child.h"
#include "harness/pipelines/broadcast/broadcast.h"
#include "harness/traffic/material.h"

/* One of the two clips that are decoded. */
struct clip {
    uint32_t index; /* of the material */
    struct pl_media_settings settings;
    struct pl_media_plan plan;
    enum pl_format format;
    uint8_t *at; /* in shared memory */
};

/* What the process that decodes finds out; it lies in the memory that it shares with this one. */
struct decoded {
    int rc;
    struct pl_error error;
    struct pl_media_facts facts;
    const struct pl_pipeline_inputs *in;
    struct clip pictures, sound;
};

_Static_assert(sizeof(struct decoded) <= PL_BROADCAST_DECODED_BYTES, "raise it");

static int record(struct decoded *d, struct clip *clip)
{
    struct pl_media_feed feed;
    struct pl_media_source_options options = {.material = pl_recording_material(d->in->recording),
                                              .index = clip->index,
                                              .video = clip->plan.video,
                                              .payload = "",
                                              .facts = &d->facts};
    int rc =
        pl_media_feed_open(&feed, &options, &clip->settings, clip->format, &clip->plan, &d->error);
    if (!rc)
        rc = pl_media_feed_record(&feed, clip->at, &d->error);
    pl_media_feed_close(&feed);
    return rc;
}

static void decode(void *context)
{
    struct decoded *d = context;
    d->rc = record(d, &d->pictures);
    if (!d->rc)
        d->rc = record(d, &d->sound);
}

static void plan_pictures(struct clip *clip, const struct pl_scenario *s)
{
    const struct pl_broadcast_settings *b = &s->broadcast;
    clip->index = 0;
    clip->format = PL_FORMAT_RGB24;
    clip->plan = (struct pl_media_plan){.video = true,
                                        .channels = 1,
                                        .clip_frames = b->pictures,
                                        .block_bytes = pl_broadcast_picture_bytes(s)};
    pl_sides_parse(b->picture, 1, 10000, &clip->plan.width, &clip->plan.height);
}

static void plan_sound(struct clip *clip)
{
    clip->index = 1;
    clip->format = PL_FORMAT_F32;
    clip->settings = (struct pl_media_settings){.rate = PL_BROADCAST_SOUND_RATE,
                                                .channels = 1,
                                                .frame_ns = PL_NS_PER_S / PL_BROADCAST_SOUND_PER_S};
    clip->plan = (struct pl_media_plan){.channels = 1,
                                        .frame_samples = PL_BROADCAST_SOUND_SAMPLES,
                                        .clip_frames = PL_BROADCAST_SOUND_PACKETS,
                                        .block_bytes = PL_BROADCAST_SOUND_SAMPLES * sizeof(float)};
}

/* The clips have their places before another process fills them. */
static struct decoded *plan(const struct pl_pipeline_inputs *in)
{
    struct decoded *d = pl_arena_take(in->arena, sizeof *d);
    if (!d)
        return NULL;
    *d = (struct decoded){.in = in};
    plan_pictures(&d->pictures, in->scenario);
    plan_sound(&d->sound);
    d->pictures.at = pl_arena_take(in->arena, pl_broadcast_pictures_bytes(in->scenario));
    d->sound.at = pl_arena_take(in->arena, pl_broadcast_sound_bytes());
    return d->pictures.at && d->sound.at ? d : NULL;
}

static int open_broadcast(const struct pl_pipeline_inputs *in, void **state, struct pl_error *error)
{
    struct decoded *d = plan(in);
    int rc = 0;
    if (!d)
        return pl_error_set(error, -ENOMEM, "the cell can't start: its arena is too small");
    pl_media_log_open();
    if (in->observed)
        decode(d);
    else
        rc = pl_media_run_in_child(decode, d, error);
    if (rc || d->rc)
        return rc ? rc : pl_error_set(error, d->rc, "%s", d->error.text);
    struct pl_broadcast_clips clips = {d->pictures.at, (const float *)(const void *)d->sound.at};
    return pl_broadcast_open(in, &clips, state, error);
}

const struct pl_pipeline pl_media_broadcast = {
    .name = "broadcast",
    .open = open_broadcast,
    .close = pl_broadcast_close,
};
