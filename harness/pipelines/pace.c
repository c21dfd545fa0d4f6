/* Latency and interval, read off a scenario (pace.h). */
#include "harness/pipelines/pace.h"

static bool media_pace(const struct pl_media_settings *m, struct pl_pace *pace)
{
    if (m->hold != PL_HOLD_FRAMES)
        return false;
    *pace = (struct pl_pace){.item = "frame",
                             .latency_ns = m->delay_ns,
                             .interval_ns = m->frame_ns,
                             .streams = m->streams,
                             .blocks = m->picture[0] ? 1 : m->channels};
    return true;
}

/* A session gathers its latency before it plays; all streams of all senders come alike. */
static bool receiver_pace(const struct pl_scenario *s, const struct pl_recording *recording,
                          struct pl_pace *pace)
{
    if (!recording || !recording->stream_count || recording->packet_count < 2)
        return false;
    double packets = (double)recording->packet_count / recording->stream_count;
    double interval = (double)recording->duration_ns / packets / s->traffic.rate;
    *pace = (struct pl_pace){.item = "packet",
                             .latency_ns = s->receiver.latency_ns,
                             .interval_ns = (int64_t)interval,
                             .streams = recording->stream_count * s->traffic.sessions,
                             .blocks = 1};
    return pace->interval_ns > 0;
}

bool pl_pace_of(const struct pl_scenario *s, const struct pl_recording *recording,
                struct pl_pace *pace)
{
    switch ((enum pl_pipeline_kind)s->pipeline) {
    case PL_PIPELINE_MEDIA:
        return media_pace(&s->media, pace);
    case PL_PIPELINE_RECEIVER:
        return receiver_pace(s, recording, pace);
    default:
        return false;
    }
}

uint64_t pl_pace_rule(const struct pl_pace *pace)
{
    int64_t held = (pace->latency_ns + pace->interval_ns - 1) / pace->interval_ns;
    return (uint64_t)(held < 2 ? 2 : held) * pace->streams * pace->blocks;
}
