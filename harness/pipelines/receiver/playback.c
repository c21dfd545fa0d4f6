/* Playback of one session: gather the latency, then a frame a tick from the sorted queue, silence
 * where packets are missing. Bounds and watchdogs end the session, as roc-toolkit's do, inside
 * reads only. */
#include <string.h>

#include "harness/clock/virtual.h"
#include "harness/pipelines/receiver/receiver_state.h"

#define CHOPPY_WINDOW_NS INT64_C(300000000) /* roc-toolkit 0.4.0, watchdog: 300 ms */

static void remember(struct receiver *r, struct session *s, const struct pl_identified *truth)
{
    struct progress *progress = &r->progress[truth->session];
    s->next_position = truth->position + 1;
    if (truth->epoch >= progress->epoch)
        *progress = (struct progress){s->next_position, truth->epoch};
}

/* What was accepted has to come out once, in order and unchanged. What a hostile sender sent can't
 * be told from what it should be. */
static void verify(struct receiver *r, struct session *s, const struct packet *packet)
{
    const struct pl_recorded_packet *recorded = packet->truth.packet;
    if (!recorded)
        return;
    const uint8_t *expected = pl_recording_datagrams(r->in.recording) + recorded->datagram_offset +
                              recorded->payload_offset;
    if (packet->payload_size != recorded->payload_size ||
        memcmp(packet->payload, expected, packet->payload_size) != 0 ||
        packet->truth.position < s->next_position)
        pl_counter_add(&r->reader->counts.integrity_errors, 1);
    remember(r, s, &packet->truth);
}

static void deliver(struct receiver *r, struct session *s, struct packet *packet)
{
    verify(r, s, packet);
    s->next_sequence = packet->sequence + 1;
    pl_counter_add(&r->reader->counts.delivered, 1);
    packet_release(r, r->reader, packet);
}

static int64_t samples_ns(const struct session *s, uint64_t samples)
{
    return (int64_t)(samples * (uint64_t)PL_NS_PER_S / s->rate);
}

/* From the sample to play next to the end of the last packet. */
static int64_t latency_ns(const struct session *s, uint64_t from)
{
    const struct packet *last = s->queue.last;
    uint64_t end = last->timestamp + last->samples;
    return end > from ? samples_ns(s, end - from) : 0;
}

/* Samples of the session's tick; the remainder carries over, so any rate and frame stay exact. */
static uint32_t tick_samples(const struct receiver *r, struct session *s)
{
    s->carry += (uint64_t)r->settings->frame_ns * s->rate; /* in 1e-9 samples */
    uint32_t samples = (uint32_t)(s->carry / (uint64_t)PL_NS_PER_S);
    s->carry %= (uint64_t)PL_NS_PER_S;
    return samples;
}

/* Converts what the first packet has for the samples from `at` on. @return how many */
static uint32_t take_samples(struct receiver *r, struct session *s, uint8_t *out, uint32_t wanted)
{
    struct packet *first = s->queue.first;
    uint32_t skip = (uint32_t)(s->next_timestamp - first->timestamp);
    uint32_t count = first->samples - skip;
    if (count > wanted)
        count = wanted;
    s->convert(first->payload + skip * s->in_bytes, out, (size_t)count * s->stream->channels);
    pl_counter_add(&r->reader->counts.samples_delivered, (uint64_t)count * s->stream->channels);
    s->next_timestamp += count;
    if (skip + count == first->samples)
        deliver(r, s, list_take_first(&s->queue));
    return count;
}

/* Gives up packets that end before the sample to play next; those without samples are delivered
 * when their time has come. */
static void settle_past(struct receiver *r, struct session *s)
{
    for (struct packet *first; (first = s->queue.first);) {
        if (first->timestamp + first->samples > s->next_timestamp ||
            (first->samples == 0 && first->timestamp > s->next_timestamp))
            return;
        list_take_first(&s->queue);
        if (first->samples == 0) {
            deliver(r, s, first);
            continue;
        }
        s->next_sequence = first->sequence + 1;
        packet_drop(r, r->reader, first, PL_DROP_LATE);
    }
}

/* @return samples of one channel that came from packets; the rest is silence */
static uint32_t fill(struct receiver *r, struct session *s, uint8_t *out, uint32_t wanted)
{
    uint32_t filled = 0, done = 0;
    while (done < wanted) {
        settle_past(r, s);
        const struct packet *first = s->queue.first;
        uint64_t gap = first && first->timestamp > s->next_timestamp
                           ? first->timestamp - s->next_timestamp
                       : first ? 0
                               : UINT64_MAX;
        if (gap > 0) {
            uint32_t silent = gap < wanted - done ? (uint32_t)gap : wanted - done;
            memset(out + done * s->out_bytes, 0, silent * s->out_bytes);
            s->next_timestamp += silent;
            done += silent;
            continue;
        }
        uint32_t taken = take_samples(r, s, out + done * s->out_bytes, wanted - done);
        done += taken;
        filled += taken;
    }
    return filled;
}

/* @return whether the session is to be ended */
static bool watch(struct receiver *r, struct session *s, uint32_t filled, uint32_t wanted)
{
    const struct pl_receiver_settings *settings = r->settings;
    s->blank_ns = filled ? 0 : s->blank_ns + settings->frame_ns;
    s->window_broken |= filled < wanted;
    s->window_ns += settings->frame_ns;
    if (s->window_ns >= CHOPPY_WINDOW_NS) {
        s->broken_ns = s->window_broken ? s->broken_ns + s->window_ns : 0;
        s->window_ns = 0;
        s->window_broken = false;
    }
    return s->blank_ns >= settings->no_playback_timeout_ns ||
           s->broken_ns >= settings->choppy_timeout_ns;
}

static bool beyond_bounds(const struct receiver *r, const struct session *s)
{
    const struct pl_receiver_settings *settings = r->settings;
    return settings->latency_bounds && s->queue.last &&
           latency_ns(s, s->next_timestamp) > settings->latency_ns + settings->latency_tolerance_ns;
}

/* A sender that never brings the latency together would keep its session for good. */
static void wait_on(struct receiver *r, struct session *s)
{
    s->blank_ns += r->settings->frame_ns;
    if (s->blank_ns >= r->settings->latency_ns + r->settings->no_playback_timeout_ns)
        session_end(r, s);
}

/* @return whether the session has gathered its latency and plays */
static bool is_playing(struct receiver *r, struct session *s)
{
    if (s->playing)
        return true;
    const struct packet *first = s->queue.first;
    if (!first || latency_ns(s, first->timestamp) < r->settings->latency_ns) {
        wait_on(r, s);
        return false;
    }
    s->playing = true;
    s->blank_ns = 0;
    s->next_timestamp = first->timestamp;
    return true;
}

static int64_t play_samples(struct receiver *r, struct session *s)
{
    struct frame_buffer *frame = pl_meter_acquire(&r->reader->meter, r->frame_class);
    if (!frame)
        return 0; /* refused: nothing is read this time, and the latency grows */
    uint32_t wanted = tick_samples(r, s);
    frame->timestamp = s->next_timestamp;
    frame->samples = wanted;
    frame->channels = s->stream->channels;
    uint32_t filled = fill(r, s, frame->data, wanted);
    pl_meter_release(&r->reader->meter, r->frame_class, frame);
    if (watch(r, s, filled, wanted))
        session_end(r, s);
    return wanted ? r->settings->frame_ns * filled / wanted : r->settings->frame_ns;
}

/* Delivers what is due. @return whether nothing was missing in between */
static bool deliver_due(struct receiver *r, struct session *s)
{
    bool whole = true;
    for (struct packet *first; (first = s->queue.first) && first->timestamp <= s->next_timestamp;) {
        whole &= !s->next_sequence || first->sequence == s->next_sequence;
        if (first->timestamp > s->played_timestamp) {
            s->step = s->played_timestamp ? first->timestamp - s->played_timestamp : 0;
            s->played_timestamp = first->timestamp;
        }
        deliver(r, s, list_take_first(&s->queue));
    }
    return whole;
}

/* Without samples a packet lasts until the next one: as long as the one before it did. A read has
 * something to play where a packet is there, or the last one lasts. */
static void play_packets(struct receiver *r, struct session *s)
{
    uint32_t wanted = tick_samples(r, s);
    s->next_timestamp += wanted;
    bool whole = deliver_due(r, s);
    bool plays = s->queue.first || s->next_timestamp <= s->played_timestamp + s->step;
    if (watch(r, s, !plays ? 0 : whole ? wanted : wanted - 1, wanted))
        session_end(r, s);
}

int64_t session_play(struct receiver *r, struct session *s)
{
    if (!is_playing(r, s))
        return 0;
    if (beyond_bounds(r, s)) {
        session_end(r, s);
        return 0;
    }
    if (!s->convert) {
        play_packets(r, s);
        return 0;
    }
    bool owed = s->owed; /* it may end */
    int64_t played_ns = play_samples(r, s);
    return owed ? played_ns : 0;
}
