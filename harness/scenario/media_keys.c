/* The pipeline media: its traits, its sources, and what of its keys must fit together. */
#include <errno.h>
#include <string.h>

#include "harness/scenario/check.h"
#include "harness/scenario/traits.h"

static int add_source(struct pl_decoder *d, struct fy_node *node)
{
    struct pl_media_settings *m = &d->scenario->media;
    if (m->source_count == PL_SOURCES_MAX)
        return pl_decode_fail(d, pl_decode_mark(node), "media.sources: more than %d",
                              PL_SOURCES_MAX);
    int rc = pl_decode_text(d, node, "media.sources", m->sources[m->source_count], PL_PATH_MAX);
    if (!rc && !m->sources[m->source_count][0])
        rc = pl_decode_fail(d, pl_decode_mark(node), "media.sources: a path is empty");
    m->source_count += !rc;
    return rc;
}

int pl_decode_sources(struct pl_decoder *d, struct fy_node *key, struct fy_node *value)
{
    struct pl_media_settings *m = &d->scenario->media;
    m->source_count = 0;
    memset(m->sources, 0, sizeof m->sources);
    if (value && fy_node_is_scalar(value))
        return add_source(d, value);
    if (!value || !fy_node_is_sequence(value) || fy_node_sequence_is_empty(value))
        return pl_decode_fail(
            d, pl_decode_mark(value ? value : key),
            "media.sources is neither text nor a list; expected a path or a list of paths");
    void *at = NULL;
    for (struct fy_node *node; (node = fy_node_sequence_iterate(value, &at));) {
        int rc = add_source(d, node);
        if (rc)
            return rc;
    }
    return 0;
}

static int fail_at(struct pl_decoder *d, const char *key, const char *what)
{
    return pl_decode_fail(d, d->marks[pl_schema_find(key) - pl_schema], "%s", what);
}

static int check_crossfade(struct pl_decoder *d, const struct pl_media_settings *m)
{
    if (m->crossfade_ns && (!m->track_ns || m->source_count < 2))
        return fail_at(d, "media.crossfade",
                       "media.crossfade alone; expected media.track and two media.sources with it");
    if (m->track_ns && m->track_ns < m->frame_ns)
        return fail_at(d, "media.track", "media.track is shorter than a media.frame");
    if (m->crossfade_ns && m->crossfade_ns < m->frame_ns)
        return fail_at(d, "media.crossfade", "media.crossfade is shorter than a media.frame");
    if (m->track_ns && 2 * m->crossfade_ns > m->track_ns)
        return fail_at(d, "media.track",
                       "media.track is too short; expected twice its crossfade or more");
    if (m->crossfade_ns && m->delay_ns < m->crossfade_ns)
        return fail_at(d, "media.delay",
                       "media.delay: a crossfade needs as much of the track that ends");
    return 0;
}

static int check_video(struct pl_decoder *d, const struct pl_media_settings *m)
{
    uint32_t width, height;
    if (!m->picture[0])
        return 0;
    if (!pl_media_picture(m, &width, &height))
        return fail_at(
            d, "media.picture",
            "media.picture is not a size; expected WIDTHxHEIGHT, 16 to 8192 pixels, even");
    if (m->encoder || m->crossfade_ns || m->hold)
        return fail_at(d, "media.picture",
                       "media.picture: media.encoder, crossfade and hold: chunks are for audio");
    return 0;
}

static int check_frames(struct pl_decoder *d, const struct pl_media_settings *m)
{
    if (m->hold == PL_HOLD_CHUNKS && (m->burst > 1 || m->leak > 0))
        return fail_at(d, "media.hold",
                       "media.hold: chunks hold no frames: media.burst and leak need hold: frames");
    if (m->burst > 1 && m->crossfade_ns)
        return fail_at(d, "media.burst",
                       "media.burst: a crossfade takes its frames one by one; expected 1");
    return 0;
}

static int check(struct pl_decoder *d)
{
    const struct pl_media_settings *m = &d->scenario->media;
    if (m->clip_ns < m->frame_ns || m->delay_ns < m->frame_ns)
        return fail_at(d, "media.frame", "media.frame is longer than media.clip or media.delay");
    if (m->hold == PL_HOLD_CHUNKS && (m->crossfade_ns || m->encoder))
        return fail_at(d, "media.hold",
                       "media.hold: chunks are played as they are: no encoder, no crossfade");
    int rc = check_video(d, m);
    rc = rc ? rc : check_frames(d, m);
    return rc ? rc : check_crossfade(d, m);
}

static uint32_t files(const struct pl_scenario *s, const char *paths[PL_FILES_MAX])
{
    for (uint32_t i = 0; i < s->media.source_count; i++)
        paths[i] = s->media.sources[i];
    return s->media.source_count;
}

static bool unbooked(const struct pl_scenario *s)
{
    return s->media.decode || s->media.encoder || s->media.crossfade_ns;
}

const struct pl_pipeline_traits pl_traits_media = {
    .name = "media",
    .sections = (const char *const[]){"media", NULL},
    .classes = (const char *const[]){"samples", "chunk", "image", NULL},
    .needed = (const char *const[]){"classes", NULL},
    .large = "this media.clip and media.delay in this format",
    .material = PL_MATERIAL_FILES,
    .packets = true,
    .ffmpeg = true,
    .unbooked = unbooked,
    .threads_max = 1,
    .files = files,
    .check = check,
};
