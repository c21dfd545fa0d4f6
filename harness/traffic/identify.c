/* Finds packets by stream, timestamp within a loop and the lower half of the position: as much as
 * a header tells once its loop is known. */
#include "harness/traffic/identify.h"

#include "harness/base/random.h"
#include "harness/traffic/identity.h"

enum {
    LOOPS = 64,      /* that are told, however long they last */
    ROUNDS_MAX = 256 /* but that: each takes a look into the table, for a foreign header all */
};

struct pl_identifier {
    const struct pl_recorded_packet *packets;
    const struct pl_recorded_stream *streams;
    uint64_t seed;
    uint32_t stream_count;
    uint32_t sessions; /* of all copies */
    uint32_t epochs;   /* that there can be */
    uint64_t mask;
    uint32_t *table; /* index of a packet + 1, by hash, 0 where free; at least half is free */
};

/* What tells a packet within a loop. */
struct place {
    uint32_t stream;
    uint16_t position; /* its lower 16 bits */
    uint64_t timestamp;
};

static uint64_t table_size(const struct pl_recording *recording)
{
    uint64_t size = 2;
    while (size < 2 * (uint64_t)recording->packet_count)
        size *= 2;
    return size;
}

size_t pl_identifier_arena_bytes(const struct pl_recording *recording)
{
    return pl_arena_cost(sizeof(struct pl_identifier)) +
           pl_arena_cost(table_size(recording) * sizeof(uint32_t));
}

static bool is_at(const struct pl_recorded_packet *packet, const struct place *place)
{
    return packet->timestamp == place->timestamp && (uint16_t)packet->position == place->position &&
           packet->stream == place->stream;
}

/* Where the place's packet stands in the table, or where it would. */
static uint32_t *slot_of(const struct pl_identifier *identifier, const struct place *place)
{
    uint64_t state =
        place->timestamp ^ (uint64_t)place->stream << 48 ^ (uint64_t)place->position << 32;
    uint64_t i = pl_random_next(&state) & identifier->mask;
    while (identifier->table[i] != 0 &&
           !is_at(&identifier->packets[identifier->table[i] - 1], place))
        i = (i + 1) & identifier->mask;
    return &identifier->table[i];
}

static void fill_table(struct pl_identifier *identifier, uint32_t packet_count)
{
    for (uint32_t i = 0; i < packet_count; i++) {
        const struct pl_recorded_packet *packet = &identifier->packets[i];
        struct place place = {packet->stream, (uint16_t)packet->position, packet->timestamp};
        uint32_t *slot = slot_of(identifier, &place);
        if (*slot == 0)
            *slot = i + 1;
    }
}

/* With churn as many as SSRCs tell apart, since nobody knows here how long a run lasts. Never more,
 * so that the hostile sender's identities are of no epoch. */
static uint32_t epochs_of(const struct pl_traffic_settings *traffic, uint32_t sessions)
{
    uint32_t most = PL_IDENTITIES / sessions, outages = traffic->outage_count;
    return traffic->churn_count > 0 || outages >= most ? most : outages + 1;
}

struct pl_identifier *pl_identifier_open(const struct pl_traffic_settings *traffic,
                                         const struct pl_recording *recording, uint64_t seed,
                                         struct pl_arena *arena)
{
    struct pl_identifier *identifier = pl_arena_take(arena, sizeof *identifier);
    uint32_t *table = pl_arena_take(arena, table_size(recording) * sizeof *table);
    if (!identifier || !table)
        return NULL;
    uint32_t sessions = traffic->sessions * recording->stream_count;
    *identifier = (struct pl_identifier){
        .packets = pl_recording_packets(recording),
        .streams = pl_recording_streams(recording),
        .seed = seed,
        .stream_count = recording->stream_count,
        .sessions = sessions,
        .epochs = epochs_of(traffic, sessions),
        .mask = table_size(recording) - 1,
        .table = table,
    };
    fill_table(identifier, recording->packet_count);
    return identifier;
}

/* @param sequence,timestamp counted from the stream's start; the sequence's lower 16 bits */
static const struct pl_recorded_packet *find(const struct pl_identifier *identifier,
                                             uint32_t stream, uint64_t loop, uint16_t sequence,
                                             uint64_t timestamp)
{
    const struct pl_recorded_stream *s = &identifier->streams[stream];
    struct place place = {
        .stream = stream,
        .position = (uint16_t)(sequence - loop * s->sequence_span),
        .timestamp = timestamp - loop * s->timestamp_span,
    };
    uint32_t found = *slot_of(identifier, &place);
    return found > 0 ? &identifier->packets[found - 1] : NULL;
}

/* As find, of the loop that the timestamp tells. A packet without samples may stand at the very
 * end of a loop, where the next begins.
 * @param loop set on success */
static const struct pl_recorded_packet *find_loop(const struct pl_identifier *identifier,
                                                  uint32_t stream, uint16_t sequence,
                                                  uint64_t timestamp, uint64_t *loop)
{
    uint64_t span = identifier->streams[stream].timestamp_span;
    *loop = span > 0 ? timestamp / span : 0;
    const struct pl_recorded_packet *packet = find(identifier, stream, *loop, sequence, timestamp);
    if (packet || *loop == 0 || timestamp % span > 0)
        return packet;
    --*loop;
    return find(identifier, stream, *loop, sequence, timestamp);
}

/* Where a timestamp of 32 bits can stand among all, from the first round on. One round is enough
 * but for long loops, and for senders that leap when they draw a new base. */
static uint64_t rounds_of(const struct pl_recorded_stream *stream)
{
    uint64_t rounds = 1 + stream->timestamp_span / ((UINT64_C(1) << 32) / LOOPS);
    return rounds < ROUNDS_MAX ? rounds : ROUNDS_MAX;
}

bool pl_identify(const struct pl_identifier *identifier, uint32_t ssrc, uint16_t sequence,
                 uint32_t timestamp, struct pl_identified *identified)
{
    uint32_t index = pl_identity_index(identifier->seed, ssrc);
    uint32_t session = index % identifier->sessions, epoch = index / identifier->sessions;
    if (epoch >= identifier->epochs)
        return false;
    struct pl_identity identity = pl_identity_of(identifier->seed, index);
    uint32_t stream = session % identifier->stream_count;
    uint64_t loop = 0, rounds = rounds_of(&identifier->streams[stream]);
    const struct pl_recorded_packet *packet = NULL;
    for (uint64_t round = 0; !packet && round < rounds; round++)
        packet = find_loop(identifier, stream, (uint16_t)(sequence - identity.sequence),
                           round << 32 | (uint32_t)(timestamp - identity.timestamp), &loop);
    if (!packet)
        return false;
    *identified = (struct pl_identified){
        .packet = packet,
        .position = packet->position + loop * identifier->streams[stream].sequence_span,
        .session = session,
        .epoch = epoch,
    };
    return true;
}

int64_t pl_identifier_reach_ns(const struct pl_recording *recording, double rate)
{
    uint64_t fastest = 0; /* units a loop */
    for (uint32_t i = 0; i < recording->stream_count; i++)
        if (pl_recording_streams(recording)[i].timestamp_span > fastest)
            fastest = pl_recording_streams(recording)[i].timestamp_span;
    double reach_ns =
        fastest ? 0x1p32 / (double)fastest * (double)recording->duration_ns / rate : 0x1p63;
    return reach_ns < 0x1p63 ? (int64_t)reach_ns : INT64_MAX;
}
