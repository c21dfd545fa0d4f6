/* Fading one track into the next (crossfade.h). */
#include "harness/media/crossfade.h"

#include <errno.h>
#include <stdio.h>

#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>

int pl_media_crossfade_check(struct pl_error *error)
{
    static const char *const filters[] = {"abuffer", "acrossfade", "aformat", "abuffersink"};
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
        if (!avfilter_get_by_name(filters[i]))
            return pl_error_set(error, -ENOSYS, "this FFmpeg has no filter %s", filters[i]);
    return 0;
}

static int make(struct pl_media_crossfade *c, const char *filter, const char *arguments,
                AVFilterContext **made)
{
    return avfilter_graph_create_filter(made, avfilter_get_by_name(filter), NULL, arguments, NULL,
                                        c->graph);
}

static int build(struct pl_media_crossfade *c, const struct pl_media_settings *m,
                 enum AVSampleFormat format)
{
    char source[256], fade[64], shape[128], layout[64];
    AVChannelLayout channels;
    AVFilterContext *mixer, *shaper;
    av_channel_layout_default(&channels, (int)m->channels);
    av_channel_layout_describe(&channels, layout, sizeof layout);
    const char *name = av_get_sample_fmt_name(format);
    snprintf(source, sizeof source, "time_base=1/%u:sample_rate=%u:sample_fmt=%s:channel_layout=%s",
             m->rate, m->rate, name, layout);
    /* In samples: frames may hold no whole number of them, and a fade no whole number of frames. */
    snprintf(fade, sizeof fade, "nb_samples=%u:curve1=tri:curve2=tri",
             (uint32_t)(m->crossfade_ns / m->frame_ns) * pl_media_frame_samples(m));
    snprintf(shape, sizeof shape, "sample_fmts=%s:channel_layouts=%s", name, layout);
    int rc = make(c, "abuffer", source, &c->inputs[0]);
    rc = rc < 0 ? rc : make(c, "abuffer", source, &c->inputs[1]);
    rc = rc < 0 ? rc : make(c, "acrossfade", fade, &mixer);
    rc = rc < 0 ? rc : make(c, "aformat", shape, &shaper);
    rc = rc < 0 ? rc : make(c, "abuffersink", NULL, &c->output);
    for (unsigned i = 0; rc >= 0 && i < 2; i++)
        rc = avfilter_link(c->inputs[i], 0, mixer, i);
    rc = rc < 0 ? rc : avfilter_link(mixer, 0, shaper, 0);
    rc = rc < 0 ? rc : avfilter_link(shaper, 0, c->output, 0);
    return rc < 0 ? rc : avfilter_graph_config(c->graph, NULL);
}

int pl_media_crossfade_open(struct pl_media_crossfade *c, const struct pl_media_settings *m,
                            enum AVSampleFormat format, int frame_samples)
{
    *c = (struct pl_media_crossfade){.graph = avfilter_graph_alloc(), .mixed = av_frame_alloc()};
    if (!c->graph || !c->mixed)
        return AVERROR(ENOMEM);
    c->graph->nb_threads = 1;
    int rc = build(c, m, format);
    if (rc >= 0)
        av_buffersink_set_frame_size(c->output, (unsigned)frame_samples);
    return rc < 0 ? rc : 0;
}

/* A frame of its own: libavfilter refuses one that only describes memory of others. */
static AVFrame *copy_of(const AVFrame *frame)
{
    AVFrame *copy = av_frame_alloc();
    if (!copy)
        return NULL;
    copy->format = frame->format;
    copy->sample_rate = frame->sample_rate;
    copy->nb_samples = frame->nb_samples;
    if (av_channel_layout_copy(&copy->ch_layout, &frame->ch_layout) < 0 ||
        av_frame_get_buffer(copy, 0) < 0 || av_frame_copy(copy, frame) < 0)
        av_frame_free(&copy);
    return copy;
}

int pl_media_crossfade_turn(struct pl_media_crossfade *c)
{
    int rc = av_buffersrc_add_frame(c->inputs[0], NULL);
    /* acrossfade notes the end of its first input when it is asked for a frame, and looks at the
     * second one only when something comes there afterwards. */
    if (rc >= 0)
        pl_media_crossfade_take(c);
    return rc;
}

int pl_media_crossfade_give(struct pl_media_crossfade *c, int track, const AVFrame *frame)
{
    AVFrame *copy = copy_of(frame);
    int rc = copy ? av_buffersrc_add_frame(c->inputs[track], copy) : AVERROR(ENOMEM);
    av_frame_free(&copy);
    return rc;
}

AVFrame *pl_media_crossfade_take(struct pl_media_crossfade *c)
{
    av_frame_unref(c->mixed);
    return av_buffersink_get_frame(c->output, c->mixed) < 0 ? NULL : c->mixed;
}

void pl_media_crossfade_close(struct pl_media_crossfade *c)
{
    av_frame_free(&c->mixed);
    avfilter_graph_free(&c->graph);
}
