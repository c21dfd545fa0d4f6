/* Sizes that follow from a scenario's settings and a format. Read by the measured process, too. */
#include <stdio.h>
#include <string.h>

#include "harness/scenario/scenario.h"

#define NS_PER_S UINT64_C(1000000000)

uint32_t pl_media_frame_samples(const struct pl_media_settings *m)
{
    return (uint32_t)((uint64_t)m->rate * (uint64_t)m->frame_ns / NS_PER_S);
}

bool pl_media_picture(const struct pl_media_settings *m, uint32_t *width, uint32_t *height)
{
    return pl_sides_parse(m->picture, 16, 8192, width, height) && *width % 2 == 0 &&
           *height % 2 == 0;
}

bool pl_sides_parse(const char *text, uint32_t min, uint32_t max, uint32_t *width, uint32_t *height)
{
    char rest;
    return sscanf(text, "%5ux%5u%c", width, height, &rest) == 2 && *width >= min && *width <= max &&
           *height >= min && *height <= max;
}

/* FFmpeg pads the rows and the end of its own frames, for what reads beyond in wide steps. */
static uint64_t picture_bytes(const struct pl_media_settings *m, enum pl_format format)
{
    uint32_t width = 0, height = 0;
    if (!pl_media_picture(m, &width, &height))
        return 0;
    if (format == PL_FORMAT_FFMPEG)
        return pl_format_picture_bytes(PL_FORMAT_YUV420P, width + 128, height + 64);
    return pl_format_picture_bytes(format, width, height);
}

/* Decoders make float samples at most, in frames of their own length: that of float64 has room. */
static uint64_t sample_bytes(enum pl_format format)
{
    return format == PL_FORMAT_FFMPEG ? 8 : pl_format_sample_bytes(format);
}

static uint64_t receiver_class_bytes(const struct pl_receiver_settings *r, const char *name)
{
    if (strcmp(name, "packet_buffer") == 0)
        return PL_RECEIVER_HEAD_BYTES + r->max_packet_bytes;
    return strcmp(name, "frame_buffer") == 0 ? PL_RECEIVER_HEAD_BYTES + r->max_frame_bytes : 0;
}

static uint64_t media_class_bytes(const struct pl_media_settings *m, const char *name,
                                  enum pl_format format)
{
    if (strcmp(name, "samples") == 0)
        return pl_media_frame_samples(m) * sample_bytes(format);
    if (strcmp(name, "chunk") == 0)
        return (uint64_t)(m->delay_ns / m->frame_ns) * pl_media_frame_samples(m) *
               sample_bytes(format);
    return strcmp(name, "image") == 0 ? picture_bytes(m, format) : 0;
}

/* Of blocks with sizes of their own: beside a pipeline, or of its sessions. */
static uint64_t largest_block(const struct pl_scenario *s, const char *name)
{
    const struct pl_session_settings *session = &s->session;
    uint64_t largest = 0;
    for (uint32_t i = 0; i < session->object_count; i++)
        if (strcmp(session->objects[i].class, name) == 0 && session->objects[i].size_max > largest)
            largest = session->objects[i].size_max;
    for (uint32_t i = 0; i < s->background_count; i++)
        if (strcmp(s->background[i].class, name) == 0 && s->background[i].size_max > largest)
            largest = s->background[i].size_max;
    return largest;
}

static uint64_t class_bytes(const struct pl_scenario *s, const char *name, enum pl_format format)
{
    uint64_t own = s->pipeline == PL_PIPELINE_RECEIVER ? receiver_class_bytes(&s->receiver, name)
                                                       : media_class_bytes(&s->media, name, format);
    uint64_t block = largest_block(s, name);
    return own > block ? own : block;
}

void pl_scenario_fit(struct pl_scenario *s, enum pl_format format)
{
    for (uint32_t i = 0; i < s->class_count; i++)
        if (s->class_fits & 1u << i)
            s->classes[i].size = class_bytes(s, s->classes[i].name, format);
}
