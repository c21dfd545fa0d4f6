/* Checks and sizes of the pipeline media (media.h). */
#include "harness/pipelines/media/media.h"

#include <errno.h>
#include <string.h>

#include "harness/pipelines/hold_time.h"
#include "harness/traffic/material.h"

/* The shortest frame that a decoder makes: 2.5 ms, of Opus. L16 has whatever its packets have; the
 * recordings of this tree 2.9 ms. */
#define DECODER_FRAME_MIN_NS INT64_C(2500000)
#define LEAK_SPARE 256 /* leaks beyond half as many again as are likely */

static const char *class_name(const struct pl_media_settings *m)
{
    return m->picture[0] ? "image" : m->hold == PL_HOLD_CHUNKS ? "chunk" : "samples";
}

static int class_index(const struct pl_scenario *s)
{
    for (uint32_t i = 0; i < s->class_count; i++)
        if (strcmp(s->classes[i].name, class_name(&s->media)) == 0)
            return (int)i;
    return -1;
}

/* Leaks are drawn: no run comes so far above their mean. Never more than all. */
static uint32_t leak_capacity(const struct pl_scenario *s, int64_t frame_ns)
{
    double frames = (double)(s->duration_ns / frame_ns + 1 + s->media.burst);
    double likely = 1.5 * frames * s->media.leak + LEAK_SPARE;
    return s->media.leak > 0 ? (uint32_t)(likely < frames ? likely : frames) : 0;
}

void pl_media_plan_make(const struct pl_scenario *s, enum pl_format format,
                        struct pl_media_plan *plan)
{
    const struct pl_media_settings *m = &s->media;
    int index = class_index(s);
    *plan = (struct pl_media_plan){
        .video = m->picture[0] != '\0',
        .channels = m->channels,
        .frame_samples = pl_media_frame_samples(m),
        .delay_frames = (uint32_t)(m->delay_ns / m->frame_ns),
        .clip_frames = (uint32_t)(m->clip_ns / m->frame_ns),
        .block_class = index < 0 ? 0 : (uint32_t)index,
    };
    plan->block_bytes = plan->frame_samples * pl_format_sample_bytes(format);
    if (plan->video) {
        pl_media_picture(m, &plan->width, &plan->height);
        plan->channels = 1;
        plan->block_bytes = pl_format_picture_bytes(format, plan->width, plan->height);
    }
    int64_t shortest =
        format == PL_FORMAT_FFMPEG && !plan->video ? DECODER_FRAME_MIN_NS : m->frame_ns;
    plan->fade_frames = (uint32_t)(m->crossfade_ns / m->frame_ns);
    plan->line_capacity = (uint32_t)((m->delay_ns + (1 + m->burst) * m->frame_ns) / shortest) + 2 +
                          2 * plan->fade_frames;
    plan->leak_capacity = leak_capacity(s, shortest);
    if (m->hold == PL_HOLD_CHUNKS)
        plan->line_capacity = 2 * plan->delay_frames;
}

uint64_t pl_media_clip_bytes(const struct pl_media_plan *plan)
{
    return (uint64_t)plan->clip_frames * plan->channels * plan->block_bytes;
}

static bool fits_kind(const struct pl_media_settings *m, enum pl_format format)
{
    bool video = m->picture[0] != '\0';
    bool pixels = pl_format_picture_bytes(format, 2, 2) > 0;
    return format == PL_FORMAT_FFMPEG || pixels == video;
}

static int check_format(const struct pl_scenario *s, enum pl_format format, struct pl_error *error)
{
    const struct pl_media_settings *m = &s->media;
    if (!fits_kind(m, format))
        return pl_error_set(error, -EINVAL, "%s: %s can't be held as %s", s->path,
                            m->picture[0] ? "pictures" : "samples", pl_format_name(format));
    if (format == PL_FORMAT_FFMPEG && (!m->decode || m->hold || m->crossfade_ns))
        return pl_error_set(error, -EINVAL,
                            "%s: frames in the format ffmpeg come from a decoder; expected "
                            "media.decode: live, without crossfade and chunks",
                            s->path);
    if (m->buffer_pool && format != PL_FORMAT_FFMPEG)
        return pl_error_set(
            error, -EINVAL,
            "%s: media.buffer_pool holds FFmpeg's own frames; expected --format ffmpeg", s->path);
    return 0;
}

static int check_class(const struct pl_scenario *s, enum pl_format format, struct pl_error *error)
{
    const char *name = class_name(&s->media);
    int index = class_index(s);
    if (index < 0)
        return pl_error_set(error, -EINVAL, "%s: no class '%s'; expected one for this pipeline",
                            s->path, name);
    struct pl_scenario fitted = *s;
    pl_scenario_fit(&fitted, format);
    struct pl_media_plan plan;
    pl_media_plan_make(s, format, &plan);
    if (fitted.classes[index].size >= plan.block_bytes)
        return 0;
    return pl_error_set(
        error, -EINVAL,
        "%s: class %s has %llu B, but a frame in %s takes %llu B; expected size: fit", s->path,
        name, (unsigned long long)fitted.classes[index].size, pl_format_name(format),
        (unsigned long long)plan.block_bytes);
}

static int check(const struct pl_scenario *s, const struct pl_recording *recording,
                 enum pl_format format, struct pl_error *error)
{
    (void)recording;
    struct pl_payload payload;
    int rc = check_format(s, format, error);
    if (!rc)
        rc = check_class(s, format, error);
    if (!rc && s->media.payload[0] && strncasecmp(s->media.payload, "opus/48000", 10) != 0)
        rc = pl_payload_parse(s->media.payload, &payload, error);
    return rc;
}

static size_t arena_bytes(const struct pl_scenario *s, const struct pl_recording *recording,
                          enum pl_format format)
{
    (void)recording;
    struct pl_media_plan plan;
    pl_media_plan_make(s, format, &plan);
    uint64_t clip = s->media.decode ? 0 : pl_arena_cost(pl_media_clip_bytes(&plan));
    uint64_t stream = pl_arena_cost(PL_MEDIA_STREAM_BYTES) +
                      pl_arena_cost((uint64_t)plan.line_capacity * sizeof(struct pl_media_frame)) +
                      pl_arena_cost((uint64_t)plan.leak_capacity * sizeof(struct pl_media_frame));
    return pl_arena_cost(PL_MEDIA_STATE_BYTES) + s->media.source_count * clip +
           s->media.streams * stream;
}

static bool pace(const struct pl_scenario *s, const struct pl_recording *recording,
                 struct pl_pace *pace)
{
    (void)recording;
    const struct pl_media_settings *m = &s->media;
    if (m->hold != PL_HOLD_FRAMES)
        return false;
    *pace = (struct pl_pace){.item = "frame",
                             .latency_ns = m->delay_ns,
                             .interval_ns = m->frame_ns,
                             .streams = m->streams,
                             .blocks = m->picture[0] ? 1 : m->channels};
    return true;
}

static uint32_t event_count(const struct pl_scenario *s)
{
    return s->media.streams;
}

const struct pl_pipeline pl_media = {
    .name = "media",
    .program = "plimsoll-media",
    .check = check,
    .arena_bytes = arena_bytes,
    .pace = pace,
    .event_count = event_count,
};
