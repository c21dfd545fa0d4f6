/* The endless replay of one copy of a recording. The hot path (pl_replay_take) is integers only,
 * and calculates the next packet's due time while that packet is fetched anyway. */
#include "harness/traffic/replay.h"

#include <assert.h>
#include <math.h>

__extension__ typedef unsigned __int128 uint128;

/* 1 / rate as a 64-bit mantissa and a power of two: its relative error is below 2^-63. */
static void set_scale(struct pl_replay *replay, double rate)
{
    int exponent;
    long double mantissa = frexpl(1.0L / (long double)rate, &exponent); /* 0.5 up to 1 */
    replay->scale = (uint64_t)ldexpl(mantissa, 64);
    replay->shift = (uint32_t)(64 - exponent);
}

static uint128 replayed(const struct pl_replay *replay, uint64_t recorded_ns)
{
    return (uint128)recorded_ns * replay->scale >> replay->shift;
}

static int64_t due_of(const struct pl_replay *replay, const struct pl_recorded_packet *packet)
{
    return (int64_t)replayed(replay, replay->base_ns + (uint64_t)packet->arrival_ns);
}

static struct pl_identity identity_of(const struct pl_replay *replay, uint32_t stream)
{
    return pl_identity_of(replay->seed, replay->index + stream);
}

void pl_replay_start(struct pl_replay *replay, const struct pl_recording *recording,
                     const struct pl_replay_options *options, uint32_t copy)
{
    assert(options->copies >= 1 && options->copies <= 65536 && copy < options->copies);
    assert(options->rate >= PL_REPLAY_RATE_MIN && options->rate <= PL_REPLAY_RATE_MAX);
    uint64_t gap_ns = (uint64_t)recording->duration_ns / recording->packet_count;
    *replay = (struct pl_replay){
        .recording = recording,
        .packets = pl_recording_packets(recording),
        .streams = pl_recording_streams(recording),
        .datagrams = pl_recording_datagrams(recording),
        .base_ns = (uint64_t)((uint128)gap_ns * copy / options->copies),
        .seed = options->seed,
        .session = recording->stream_count * copy,
        .sessions = recording->stream_count * options->copies,
        .index = recording->stream_count * copy,
    };
    set_scale(replay, options->rate);
    replay->identity = identity_of(replay, 0);
    replay->due_ns = due_of(replay, replay->packets);
}

/* @param next packet of the loop at hand, or their count for the first of the next loop */
static void go_to(struct pl_replay *replay, uint32_t next)
{
    const struct pl_recording *recording = replay->recording;
    replay->next = next;
    if (next == recording->packet_count) {
        replay->next = 0;
        replay->loop++;
        replay->base_ns += (uint64_t)recording->duration_ns;
    }
    replay->due_ns = due_of(replay, replay->packets + replay->next);
}

void pl_replay_take(struct pl_replay *replay, struct pl_arrival *arrival)
{
    const struct pl_recorded_packet *packet = replay->packets + replay->next;
    const struct pl_recorded_stream *stream = replay->streams + packet->stream;
    if (packet->stream != replay->identity_stream) {
        replay->identity_stream = packet->stream;
        replay->identity = identity_of(replay, packet->stream);
    }
    const struct pl_identity *identity = &replay->identity;
    uint64_t position = packet->position + replay->loop * stream->sequence_span;
    uint64_t timestamp = packet->timestamp + replay->loop * stream->timestamp_span;
    *arrival = (struct pl_arrival){
        .arrival_ns = replay->due_ns,
        .packet = packet,
        .datagram = replay->datagrams + packet->datagram_offset,
        .datagram_size = packet->datagram_size,
        .rebased = true,
        .position = position,
        .timestamp = timestamp,
        .session = replay->session + packet->stream,
        .epoch = replay->epoch,
        .port = replay->index + packet->stream,
        .ssrc = identity->ssrc,
        .wire_sequence = (uint16_t)(identity->sequence + position),
        .wire_timestamp = (uint32_t)(identity->timestamp + timestamp),
    };
    go_to(replay, replay->next + 1);
}

void pl_replay_set_epoch(struct pl_replay *replay, uint32_t epoch)
{
    replay->epoch = epoch % (PL_IDENTITIES / replay->sessions);
    replay->index = replay->epoch * replay->sessions + replay->session;
    replay->identity = identity_of(replay, replay->identity_stream);
}

/* How many loops further a loop still starts before `until_ns`, bit by bit from the highest that
 * int64 nanoseconds hold. */
static uint64_t whole_loops(const struct pl_replay *replay, int64_t until_ns)
{
    uint64_t duration_ns = (uint64_t)replay->recording->duration_ns;
    uint64_t loops = 0;
    for (uint64_t step = UINT64_C(1) << __builtin_clzll(duration_ns) >> 2; step > 0; step /= 2)
        if (replayed(replay, replay->base_ns + (loops + step) * duration_ns) < (uint128)until_ns)
            loops += step;
    return loops;
}

void pl_replay_skip(struct pl_replay *replay, int64_t until_ns)
{
    uint64_t loops = whole_loops(replay, until_ns);
    if (loops > 0)
        replay->next = 0;
    replay->loop += loops;
    replay->base_ns += loops * (uint64_t)replay->recording->duration_ns;
    uint32_t low = replay->next, high = replay->recording->packet_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (due_of(replay, replay->packets + middle) < until_ns)
            low = middle + 1;
        else
            high = middle;
    }
    go_to(replay, low);
}

void pl_replay_identity(const struct pl_replay *replay, uint32_t stream, uint32_t *ssrc,
                        uint16_t *sequence, uint32_t *timestamp)
{
    struct pl_identity identity = identity_of(replay, stream);
    *ssrc = identity.ssrc;
    *sequence = identity.sequence;
    *timestamp = identity.timestamp;
}
