/* Sessions by SSRC and sender: a table of chains, and each session's queue sorted by sequence.
 * Sequence numbers and timestamps are unwrapped against the highest seen (RFC 3550 A.1). */
#include <string.h>

#include "harness/clock/virtual.h"
#include "harness/pipelines/receiver/receiver_state.h"

/* Of the clock that arrivals are where no other is known. */
enum { ARRIVALS_HZ = 100000 };

static uint32_t table_slots(const struct pl_scenario *scenario)
{
    uint32_t slots = 16;
    while (slots < 2 * scenario->receiver.max_sessions)
        slots *= 2;
    return slots;
}

size_t sessions_arena_bytes(const struct pl_scenario *scenario)
{
    return pl_arena_cost(scenario->receiver.max_sessions * sizeof(struct session)) +
           pl_arena_cost(table_slots(scenario) * sizeof(uint32_t));
}

bool sessions_open(struct receiver *r)
{
    uint32_t slots = table_slots(r->in.scenario);
    r->sessions = pl_arena_take(r->in.arena, r->settings->max_sessions * sizeof *r->sessions);
    r->table = pl_arena_take(r->in.arena, slots * sizeof *r->table);
    r->table_mask = slots - 1;
    return r->sessions && r->table;
}

static uint32_t *chain(struct receiver *r, uint32_t ssrc, uint32_t port)
{
    uint32_t hash = (ssrc ^ port * 0x9e3779b1u) * 0x85ebca6bu; /* odd multipliers spread bits */
    return &r->table[(hash >> 7) & r->table_mask];
}

static struct session *find(struct receiver *r, uint32_t ssrc, uint32_t port)
{
    for (uint32_t at = *chain(r, ssrc, port); at; at = r->sessions[at - 1].slot_next) {
        struct session *session = &r->sessions[at - 1];
        if (session->ssrc == ssrc && session->port == port)
            return session;
    }
    return NULL;
}

static struct session *unused(struct receiver *r)
{
    for (uint32_t i = 0; i < r->session_top; i++)
        if (!r->sessions[i].open)
            return &r->sessions[i];
    return r->session_top < r->settings->max_sessions ? &r->sessions[r->session_top++] : NULL;
}

/* What a payload type holds is agreed on beforehand (by SDP): by what the senders send. */
static const struct pl_recorded_stream *stream_of(const struct receiver *r,
                                                  const struct packet *packet)
{
    const struct pl_recording *recording = r->in.recording;
    const struct pl_recorded_stream *streams = pl_recording_streams(recording);
    if (packet->truth.packet)
        return &streams[packet->truth.packet->stream];
    for (uint32_t i = 0; i < recording->stream_count; i++)
        if (streams[i].payload_type == packet->payload_type)
            return &streams[i];
    return NULL;
}

/* Where a sender's session was ended and it is the same sender still, what was delivered stays so.
 */
static uint64_t delivered_before(const struct receiver *r, const struct packet *packet)
{
    const struct progress *progress = &r->progress[packet->truth.session];
    return packet->truth.packet && progress->epoch == packet->truth.epoch ? progress->position : 0;
}

/* The first packet's wire values, one wrap up, so that packets before it unwrap above zero. */
static void start(struct receiver *r, struct session *session, const struct packet *packet,
                  const struct pl_recorded_stream *stream)
{
    *session = (struct session){.open = true, .ssrc = packet->ssrc, .port = packet->port};
    session->stream = stream;
    session->owed = packet->truth.packet != NULL;
    session->convert = pl_convert_find(stream->codec, r->in.format);
    session->rate = stream->rate ? stream->rate : ARRIVALS_HZ;
    session->in_bytes = pl_codec_sample_bytes(stream->codec) * stream->channels;
    session->out_bytes = pl_format_sample_bytes(r->in.format) * stream->channels;
    session->highest_sequence = (UINT64_C(1) << 16) + packet->wire_sequence;
    session->highest_timestamp = (UINT64_C(1) << 32) + packet->wire_timestamp;
    session->next_position = delivered_before(r, packet);
    uint32_t *head = chain(r, packet->ssrc, packet->port);
    session->slot_next = *head;
    *head = (uint32_t)(session - r->sessions) + 1;
    pl_counter_add(&r->reader->counts.sessions_started, 1);
    pl_session_objects_start(r->objects, 0, *head - 1, r->read_ns);
}

struct session *session_of(struct receiver *r, const struct packet *packet)
{
    struct session *session = find(r, packet->ssrc, packet->port);
    if (session)
        return session;
    const struct pl_recorded_stream *stream = stream_of(r, packet);
    session = stream ? unused(r) : NULL;
    if (session)
        start(r, session, packet, stream);
    return session;
}

#define MISORDER_MAX 100 /* RFC 3550 A.1, MAX_MISORDER */

/* More than half a turn of 16-bit sequences passes in 95 s of a pause: then the timestamp, which
 * turns in hours, tells ahead from behind. */
static void unwrap(struct session *s, struct packet *packet)
{
    int16_t ahead = (int16_t)(packet->wire_sequence - (uint16_t)s->highest_sequence);
    int32_t later = (int32_t)(packet->wire_timestamp - (uint32_t)s->highest_timestamp);
    int32_t steps = ahead;
    if (steps < -MISORDER_MAX && later > 0)
        steps += 1 << 16;
    packet->sequence = s->highest_sequence + (uint64_t)(int64_t)steps;
    packet->timestamp = s->highest_timestamp + (uint64_t)(int64_t)later;
    if (steps > 0)
        s->highest_sequence = packet->sequence;
    if (later > 0)
        s->highest_timestamp = packet->timestamp;
}

/* No clock is known for such a payload: arrivals are one, at the recording's own pace. */
static void time_by_arrival(const struct receiver *r, const struct session *s,
                            struct packet *packet)
{
    if (s->stream->rate)
        return;
    double recorded_ns = (double)packet->arrival_ns * r->in.scenario->traffic.rate;
    packet->timestamp = (uint64_t)(recorded_ns / ((double)PL_NS_PER_S / ARRIVALS_HZ));
}

static void count_samples(const struct session *s, struct packet *packet)
{
    if (s->convert && packet->payload_type == s->stream->payload_type)
        packet->samples = packet->payload_size / (uint32_t)s->in_bytes;
}

void session_push(struct receiver *r, struct session *s, struct packet *packet)
{
    unwrap(s, packet);
    time_by_arrival(r, s, packet);
    count_samples(s, packet);
    /* What was played stays played, also when its session has ended since. */
    if (packet->sequence < s->next_sequence ||
        (packet->truth.packet && packet->truth.position < s->next_position)) {
        packet_drop(r, r->reader, packet, PL_DROP_LATE);
        return;
    }
    struct packet *after = s->queue.last;
    while (after && after->sequence > packet->sequence)
        after = after->previous;
    if (after && after->sequence == packet->sequence)
        packet_drop(r, r->reader, packet, PL_DROP_DUPLICATE);
    else
        list_insert_after(&s->queue, after, packet);
}

static void unlink_session(struct receiver *r, struct session *s)
{
    uint32_t self = (uint32_t)(s - r->sessions) + 1;
    uint32_t *at = chain(r, s->ssrc, s->port);
    while (*at != self)
        at = &r->sessions[*at - 1].slot_next;
    *at = s->slot_next;
}

void session_end(struct receiver *r, struct session *s)
{
    for (struct packet *packet; (packet = list_take_first(&s->queue)); reader_worked(r))
        packet_drop(r, r->reader, packet, PL_DROP_SESSION);
    unlink_session(r, s);
    pl_session_objects_end(r->objects, 0, (uint32_t)(s - r->sessions));
    s->open = false;
}
