/* The receiver's parts put together: its checks, its state in the arena, its end. */
#include "harness/pipelines/receiver/receiver.h"

#include <errno.h>
#include <string.h>

#include "harness/clock/virtual.h"
#include "harness/pipelines/hold_time.h"
#include "harness/pipelines/receiver/modelled.h"
#include "harness/pipelines/session/books.h"
#include "harness/traffic/rtp.h"

static int check_class(const struct pl_scenario *s, const char *name, uint64_t needed,
                       const char *what, struct pl_error *error)
{
    int index = pl_scenario_class(s, name);
    if (index < 0)
        return pl_error_set(error, -EINVAL, "%s: no class '%s'; expected one for the receiver",
                            s->path, name);
    if (s->classes[index].size < needed)
        return pl_error_set(
            error, -EINVAL,
            "%s: class %s has %llu B, but %s takes %llu B; expected --set classes.%s.size=%lluB",
            s->path, name, (unsigned long long)s->classes[index].size, what,
            (unsigned long long)needed, name, (unsigned long long)needed);
    return 0;
}

static uint64_t largest_datagram(const struct pl_recording *recording)
{
    uint64_t largest = 0;
    for (uint32_t i = 0; i < recording->packet_count; i++)
        if (pl_recording_packets(recording)[i].datagram_size > largest)
            largest = pl_recording_packets(recording)[i].datagram_size;
    return largest;
}

static uint64_t largest_frame(const struct pl_scenario *s, const struct pl_recording *recording,
                              enum pl_format format)
{
    uint64_t largest = 0;
    for (uint32_t i = 0; i < recording->stream_count; i++) {
        const struct pl_recorded_stream *stream = &pl_recording_streams(recording)[i];
        if (stream->codec == PL_CODEC_OPAQUE)
            continue;
        double samples = (double)stream->rate * (double)s->receiver.frame_ns / (double)PL_NS_PER_S;
        uint64_t bytes =
            ((uint64_t)samples + 1) * stream->channels * pl_format_sample_bytes(format);
        if (bytes > largest)
            largest = bytes;
    }
    return largest;
}

int receiver_check(const struct pl_scenario *s, const struct pl_recording *recording,
                   enum pl_format format, struct pl_error *error)
{
    if (format != PL_FORMAT_F32 && format != PL_FORMAT_S16)
        return pl_error_set(error, -EINVAL,
                            "%s: the receiver holds f32 or s16, not %s; the pipeline media has all "
                            "formats",
                            s->path, pl_format_name(format));
    int rc = check_class(s, "packet", sizeof(struct packet), "a packet", error);
    if (!rc)
        rc = check_class(s, "packet_buffer",
                         sizeof(struct packet_buffer) +
                             (recording ? largest_datagram(recording) : PL_RTP_HEADER_MIN),
                         "the largest datagram", error);
    if (!rc)
        rc = check_class(s, "frame_buffer",
                         sizeof(struct frame_buffer) +
                             (recording ? largest_frame(s, recording, format) : 0),
                         "a frame", error);
    return rc ? rc : pl_session_objects_check(s, recording, s->receiver.max_sessions, error);
}

/* One entry for each stream of each copy. */
static size_t progress_bytes(const struct pl_scenario *s, const struct pl_recording *recording)
{
    return (size_t)recording->stream_count * s->traffic.sessions * sizeof(struct progress);
}

size_t receiver_arena_bytes(const struct pl_scenario *s, const struct pl_recording *recording)
{
    return pl_arena_cost(progress_bytes(s, recording)) + sessions_arena_bytes(s) +
           pl_session_objects_arena_bytes(s, s->receiver.max_sessions, 1);
}

static void find_classes(struct receiver *r)
{
    const struct pl_scenario *s = r->in.scenario;
    r->packet_class = (uint32_t)pl_scenario_class(s, "packet");
    r->buffer_class = (uint32_t)pl_scenario_class(s, "packet_buffer");
    r->frame_class = (uint32_t)pl_scenario_class(s, "frame_buffer");
    r->packet_bytes = s->classes[r->packet_class].size;
    r->datagram_bytes = s->classes[r->buffer_class].size - sizeof(struct packet_buffer);
}

bool receiver_open(struct receiver *r, const struct pl_pipeline_inputs *inputs)
{
    *r = (struct receiver){
        .in = *inputs,
        .settings = &inputs->scenario->receiver,
        .network = pl_sides_network(inputs->sides),
        .reader = pl_sides_reader(inputs->sides),
    };
    find_classes(r);
    queue_open(&r->queue, r->settings->queue_packets, inputs->sides->count > 1);
    reader_open(r);
    r->progress = pl_arena_take(inputs->arena, progress_bytes(inputs->scenario, inputs->recording));
    struct pl_side **reader = &inputs->sides->side[inputs->sides->count - 1];
    return r->progress && sessions_open(r) &&
           pl_session_objects_open(inputs, r->settings->max_sessions, reader, 1, &r->objects);
}

static void hold(struct receiver *r, struct packet_list *list)
{
    for (struct packet *packet; (packet = list_take_first(list));) {
        pl_counter_add(&r->reader->counts.held, 1);
        packet_release(r, r->reader, packet);
    }
}

void receiver_close(struct receiver *r, int64_t now_ns)
{
    intake_resume(r, now_ns); /* a pause that goes on counts */
    pl_counter_add(&r->network->counts.held, r->is_waiting);
    if (r->hand)
        pl_meter_release(&r->network->meter, r->buffer_class, r->hand);
    reader_close(r);
    struct packet_list queued = queue_take_all(&r->queue);
    hold(r, &queued);
    for (uint32_t i = 0; i < r->session_top; i++)
        if (r->sessions[i].open)
            hold(r, &r->sessions[i].queue);
    pl_session_objects_close(r->objects);
    queue_close(&r->queue);
}

static size_t arena_bytes(const struct pl_scenario *s, const struct pl_recording *recording,
                          enum pl_format format)
{
    (void)format;
    return receiver_arena_bytes(s, recording) + modelled_arena_bytes(s, recording);
}

static int open_modelled(const struct pl_pipeline_inputs *inputs, void **state,
                         struct pl_error *error)
{
    struct modelled *m = pl_arena_take(inputs->arena, sizeof *m);
    if (!m || !receiver_open(&m->receiver, inputs) || !modelled_open(m))
        return pl_error_set(error, -ENOMEM, "the cell can't start: its arena is too small");
    *state = m;
    return 0;
}

static void close_modelled(void *state, int64_t now_ns)
{
    modelled_close(state, now_ns);
}

/* A session gathers its latency before it plays; all streams of all senders come alike. */
static bool pace(const struct pl_scenario *s, const struct pl_recording *recording,
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

const struct pl_pipeline pl_receiver = {
    .name = "receiver",
    .program = "plimsoll-cell",
    .live_program = "plimsoll-live",
    .check = receiver_check,
    .arena_bytes = arena_bytes,
    .pace = pace,
    .event_count = modelled_event_count,
    .open = open_modelled,
    .close = close_modelled,
};
