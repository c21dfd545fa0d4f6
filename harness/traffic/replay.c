/* The endless replay of one copy of a recording. The hot path (pl_replay_take) is integers only,
 * and calculates the next packet's due time while that packet is fetched anyway. */
#include "harness/traffic/replay.h"

#include <assert.h>
#include <math.h>

#include "harness/base/random.h"

__extension__ typedef unsigned __int128 uint128;

/* 1 / rate as a 64-bit mantissa and a power of two: its relative error is below 2^-63. */
static void set_scale(struct pl_replay *replay, double rate)
{
    int exponent;
    long double mantissa = frexpl(1.0L / (long double)rate, &exponent); /* 0.5 up to 1 */
    replay->scale = (uint64_t)ldexpl(mantissa, 64);
    replay->shift = (uint32_t)(64 - exponent);
}

static int64_t due_of(const struct pl_replay *replay, const struct pl_recorded_packet *packet)
{
    uint64_t recorded = replay->base_ns + (uint64_t)packet->arrival_ns;
    return (int64_t)((uint128)recorded * replay->scale >> replay->shift);
}

/* Every step is invertible, so that different sessions never share an SSRC (the finaliser of
 * MurmurHash3, A. Appleby, 2011). */
static uint32_t scramble(uint32_t h)
{
    h = (h ^ h >> 16) * 0x85ebca6bu;
    h = (h ^ h >> 13) * 0xc2b2ae35u;
    return h ^ h >> 16;
}

static uint32_t session_of(const struct pl_replay *replay, uint32_t stream)
{
    return stream + replay->recording->stream_count * replay->copy;
}

static struct pl_replay_identity identity_of(const struct pl_replay *replay, uint32_t stream)
{
    uint32_t session = session_of(replay, stream);
    uint64_t state = replay->seed;
    uint32_t key = (uint32_t)pl_random_next(&state);
    state ^= (uint64_t)session << 32;
    uint64_t bases = pl_random_next(&state);
    return (struct pl_replay_identity){
        .ssrc = scramble(session ^ key),
        .timestamp = (uint32_t)bases,
        .sequence = (uint16_t)(bases >> 32),
    };
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
        .copy = copy,
    };
    set_scale(replay, options->rate);
    replay->identity = identity_of(replay, 0);
    replay->due_ns = due_of(replay, replay->packets);
}

static void move_on(struct pl_replay *replay)
{
    const struct pl_recording *recording = replay->recording;
    if (++replay->next == recording->packet_count) {
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
    const struct pl_replay_identity *identity = &replay->identity;
    uint64_t position = packet->position + replay->loop * stream->sequence_span;
    uint64_t timestamp = packet->timestamp + replay->loop * stream->timestamp_span;
    uint32_t session = session_of(replay, packet->stream);
    *arrival = (struct pl_arrival){
        .arrival_ns = replay->due_ns,
        .packet = packet,
        .datagram = replay->datagrams + packet->datagram_offset,
        .datagram_size = packet->datagram_size,
        .rebased = true,
        .position = position,
        .timestamp = timestamp,
        .session = session,
        .port = session,
        .ssrc = identity->ssrc,
        .wire_sequence = (uint16_t)(identity->sequence + position),
        .wire_timestamp = (uint32_t)(identity->timestamp + timestamp),
    };
    move_on(replay);
}

void pl_replay_identity(const struct pl_replay *replay, uint32_t stream, uint32_t *ssrc,
                        uint16_t *sequence, uint32_t *timestamp)
{
    struct pl_replay_identity identity = identity_of(replay, stream);
    *ssrc = identity.ssrc;
    *sequence = identity.sequence;
    *timestamp = identity.timestamp;
}
