/* Finishes the streams of a recording: unwraps, finds codecs and spans. Keeps a tally beside each
 * stream, so that a few passes over the packets do for all streams together. */
#include "harness/traffic/recording_streams.h"

#include <errno.h>
#include <stdlib.h>

enum { PAYLOAD_TYPES = 128 };

struct tally {
    int64_t sequence_high, sequence_low; /* relative to the first packet's */
    int64_t timestamp_high, timestamp_low;
    int64_t end_high; /* highest timestamp + duration of a packet with samples */
    uint32_t types[PAYLOAD_TYPES];
    struct pl_payload payload;
    uint16_t sequence_first;
    uint32_t timestamp_first;
    uint32_t sorted; /* how far its timestamps are sorted out */
};

struct finishing {
    const struct pl_recording *recording;
    struct pl_recorded_stream *streams;
    struct pl_recorded_packet *packets;
    struct tally *tallies;
};

/* By the shorter way around the 16-bit circle from the highest so far (RFC 3550 A.1). */
static int64_t unwrap_sequence(struct tally *tally, uint16_t wire)
{
    uint16_t high = (uint16_t)(tally->sequence_first + (uint64_t)tally->sequence_high);
    int64_t value = tally->sequence_high + (int16_t)(uint16_t)(wire - high);
    if (value > tally->sequence_high)
        tally->sequence_high = value;
    if (value < tally->sequence_low)
        tally->sequence_low = value;
    return value;
}

static int64_t unwrap_timestamp(struct tally *tally, uint32_t wire)
{
    uint32_t high = (uint32_t)(tally->timestamp_first + (uint64_t)tally->timestamp_high);
    int64_t value = tally->timestamp_high + (int32_t)(wire - high);
    if (value > tally->timestamp_high)
        tally->timestamp_high = value;
    if (value < tally->timestamp_low)
        tally->timestamp_low = value;
    return value;
}

/* First pass: positions become relative to the stream's first packet, maybe negative. */
static void unwrap(struct finishing *f)
{
    for (uint32_t i = 0; i < f->recording->packet_count; i++) {
        struct pl_recorded_packet *packet = f->packets + i;
        struct pl_recorded_stream *stream = f->streams + packet->stream;
        struct tally *tally = f->tallies + packet->stream;
        if (stream->packets++ == 0) {
            tally->sequence_first = (uint16_t)packet->position;
            tally->timestamp_first = (uint32_t)packet->timestamp;
        }
        stream->payload_bytes += packet->payload_size;
        tally->types[packet->payload_type]++;
        packet->position = (uint64_t)unwrap_sequence(tally, (uint16_t)packet->position);
        packet->timestamp = (uint64_t)unwrap_timestamp(tally, (uint32_t)packet->timestamp);
    }
}

static void find_codecs(struct finishing *f, const struct pl_payload_map *payloads)
{
    for (uint32_t i = 0; i < f->recording->stream_count; i++) {
        struct pl_recorded_stream *stream = f->streams + i;
        struct tally *tally = f->tallies + i;
        for (uint32_t type = 1; type < PAYLOAD_TYPES; type++)
            if (tally->types[type] > tally->types[stream->payload_type])
                stream->payload_type = type;
        tally->payload = payloads->types[stream->payload_type];
        stream->codec = tally->payload.codec;
        stream->rate = tally->payload.rate;
        stream->channels = tally->payload.channels;
    }
}

/* How long a packet with samples lasts, in units of its clock; 0 for any other. */
static int packet_length(const struct finishing *f, const struct pl_recorded_packet *packet,
                         uint32_t *length, struct pl_error *error)
{
    const struct pl_recorded_stream *stream = f->streams + packet->stream;
    const struct pl_payload *payload = &f->tallies[packet->stream].payload;
    uint32_t sample = pl_payload_sample_bytes(payload);
    *length = 0;
    if (sample == 0 || packet->payload_type != stream->payload_type)
        return 0;
    if (packet->payload_size % sample != 0)
        return pl_error_set(error, -EINVAL,
                            "RTP packet %zu (SSRC 0x%08x): %u bytes are no whole number of "
                            "samples of %s/%u/%u: is that its payload?",
                            (size_t)(packet - f->packets) + 1, stream->ssrc, packet->payload_size,
                            pl_codec_name(payload->codec), payload->rate, payload->channels);
    *length = packet->payload_size / sample;
    return 0;
}

/* Second pass: relative to the lowest, and the ends of the packets. */
static int settle(struct finishing *f, struct pl_error *error)
{
    for (uint32_t i = 0; i < f->recording->packet_count; i++) {
        struct pl_recorded_packet *packet = f->packets + i;
        struct tally *tally = f->tallies + packet->stream;
        packet->position -= (uint64_t)tally->sequence_low;
        packet->timestamp -= (uint64_t)tally->timestamp_low;
        uint32_t length;
        int rc = packet_length(f, packet, &length, error);
        if (rc != 0)
            return rc;
        int64_t end = (int64_t)packet->timestamp + length;
        if (end > tally->end_high)
            tally->end_high = end;
    }
    return 0;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* The median of the steps between different timestamps, 1 when all are the same. */
static uint64_t median_step(uint64_t *timestamps, size_t count)
{
    size_t steps = 0;
    qsort(timestamps, count, sizeof *timestamps, compare);
    for (size_t i = 1; i < count; i++)
        if (timestamps[i] != timestamps[i - 1])
            timestamps[steps++] = timestamps[i] - timestamps[i - 1];
    if (steps == 0)
        return 1;
    qsort(timestamps, steps, sizeof *timestamps, compare);
    return timestamps[steps / 2];
}

/* An opaque packet does not tell how long it lasts: as long as the steps between them. */
static void set_spans(struct finishing *f, uint64_t *by_stream)
{
    for (uint32_t i = 0; i < f->recording->stream_count; i++) {
        struct pl_recorded_stream *stream = f->streams + i;
        const struct tally *tally = f->tallies + i;
        stream->sequence_span = (uint64_t)(tally->sequence_high - tally->sequence_low) + 1;
        stream->timestamp_span = (uint64_t)tally->end_high;
        if (stream->codec == PL_CODEC_OPAQUE)
            stream->timestamp_span += median_step(by_stream, stream->packets);
        by_stream += stream->packets;
    }
}

/* All timestamps, stream after stream. */
static void sort_by_stream(struct finishing *f, uint64_t *by_stream)
{
    uint32_t start = 0;
    for (uint32_t i = 0; i < f->recording->stream_count; i++) {
        f->tallies[i].sorted = start;
        start += f->streams[i].packets;
    }
    for (uint32_t i = 0; i < f->recording->packet_count; i++)
        by_stream[f->tallies[f->packets[i].stream].sorted++] = f->packets[i].timestamp;
}

static int finish(struct finishing *f, const struct pl_payload_map *payloads, uint64_t *by_stream,
                  struct pl_error *error)
{
    unwrap(f);
    find_codecs(f, payloads);
    int rc = settle(f, error);
    if (rc != 0)
        return rc;
    sort_by_stream(f, by_stream);
    set_spans(f, by_stream);
    return 0;
}

int pl_recording_finish_streams(const struct pl_recording *recording,
                                struct pl_recorded_stream *streams,
                                struct pl_recorded_packet *packets,
                                const struct pl_payload_map *payloads, struct pl_error *error)
{
    struct finishing f = {.recording = recording, .streams = streams, .packets = packets};
    f.tallies = calloc(recording->stream_count, sizeof *f.tallies);
    uint64_t *by_stream = malloc(recording->packet_count * sizeof *by_stream);
    int rc;
    if (f.tallies && by_stream)
        rc = finish(&f, payloads, by_stream, error);
    else
        rc = pl_error_set(error, -ENOMEM, "out of memory for %u streams", recording->stream_count);
    free(f.tallies);
    free(by_stream);
    return rc;
}
