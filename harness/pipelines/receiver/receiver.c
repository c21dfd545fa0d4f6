/* The receiver's parts put together: its checks, its state in the arena, its end. */
#include "harness/pipelines/receiver/receiver.h"

#include <errno.h>
#include <string.h>

#include "harness/clock/virtual.h"
#include "harness/pipelines/receiver/state.h"
#include "harness/traffic/rtp.h"

static int class_index(const struct pl_scenario *s, const char *name)
{
    for (uint32_t i = 0; i < s->class_count; i++)
        if (strcmp(s->classes[i].name, name) == 0)
            return (int)i;
    return -1;
}

static int check_class(const struct pl_scenario *s, const char *name, uint64_t needed,
                       const char *what, struct pl_error *error)
{
    int index = class_index(s, name);
    if (index < 0)
        return pl_error_set(error, -EINVAL, "%s: the receiver needs a class '%s'", s->path, name);
    if (s->classes[index].size < needed)
        return pl_error_set(error, -EINVAL,
                            "%s: class %s has %llu B, but %s takes %llu B; "
                            "--set classes.%s.size=%lluB would do",
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
        double samples = (double)stream->rate * (double)s->receiver.frame_ns / (double)PL_NS_PER_S;
        uint64_t bytes =
            ((uint64_t)samples + 1) * stream->channels * pl_format_sample_bytes(format);
        if (bytes > largest)
            largest = bytes;
    }
    return largest;
}

static int check(const struct pl_scenario *s, const struct pl_recording *recording,
                 enum pl_format format, struct pl_error *error)
{
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
    return rc;
}

/* One entry for each stream of each copy; the recording is not known where it is not given. */
static size_t positions_bytes(const struct pl_scenario *s, const struct pl_recording *recording)
{
    return (size_t)recording->stream_count * s->traffic.sessions * sizeof(uint64_t);
}

static size_t arena_bytes(const struct pl_scenario *s, const struct pl_recording *recording)
{
    return pl_arena_cost(sizeof(struct receiver)) + pl_arena_cost(positions_bytes(s, recording)) +
           network_arena_bytes(s) + sessions_arena_bytes(s);
}

static uint32_t event_count(const struct pl_scenario *s)
{
    return s->traffic.sessions + 2; /* the retry timer and the reader's tick */
}

static void *open_receiver(const struct pl_pipeline_inputs *inputs)
{
    const struct pl_scenario *s = inputs->scenario;
    struct receiver *r = pl_arena_take(inputs->arena, sizeof *r);
    if (!r)
        return NULL;
    *r = (struct receiver){.in = *inputs, .settings = &s->receiver};
    r->packet_class = (uint32_t)class_index(s, "packet");
    r->buffer_class = (uint32_t)class_index(s, "packet_buffer");
    r->frame_class = (uint32_t)class_index(s, "frame_buffer");
    r->packet_bytes = s->classes[r->packet_class].size;
    r->last_position = pl_arena_take(inputs->arena, positions_bytes(s, inputs->recording));
    bool opened = r->last_position && network_open(r) && sessions_open(r) && reader_open(r);
    return opened ? r : NULL;
}

static void close_receiver(void *state, int64_t now_ns)
{
    struct receiver *r = state;
    network_close(r, now_ns);
    for (uint32_t i = 0; i < r->session_top; i++) {
        struct session *session = &r->sessions[i];
        for (struct packet *packet; session->open && (packet = list_take_first(&session->queue));) {
            r->in.counts->held++;
            packet_release(r, packet);
        }
    }
}

const struct pl_pipeline pl_receiver = {
    .name = "receiver",
    .check = check,
    .arena_bytes = arena_bytes,
    .event_count = event_count,
    .open = open_receiver,
    .close = close_receiver,
};
