/* Lays the plausible streams into a recording: what to keep, checks, the block itself. What needs
 * a whole stream at once (codec, spans) is in recording_streams.c. */
#include "harness/traffic/recording_build.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/traffic/recording_streams.h"

static const uint32_t no_stream = UINT32_MAX;

/* A year: loops of it, and a run of a month at a thousand times the rate, stay far below the 292
 * years that int64 nanoseconds hold. */
#define SPAN_MAX_NS (INT64_C(366) * 86400 * 1000000000)

/* Time stamps that are out of order by more are another fault than clocks that differ. */
#define SORTED_MAX_NS 10000000

struct building {
    struct pl_gathering *gathering;
    struct pl_capture_counts *counts;
    int64_t max_gap_ns; /* 0: gaps stay */
    const struct pl_payload_map *payloads;
    uint32_t *places; /* index in the recording of each gathered stream, or no_stream */
    uint32_t streams;
    uint32_t packets;
    uint64_t bytes; /* of datagrams */
    struct pl_recording *recording;
};

static int number_streams(struct building *b, struct pl_error *error)
{
    const struct pl_gathering *g = b->gathering;
    b->places = malloc((g->stream_count + 1) * sizeof *b->places);
    if (!b->places)
        return pl_error_set(error, -ENOMEM, "out of memory for %zu streams", g->stream_count);
    for (size_t i = 0; i < g->stream_count; i++)
        b->places[i] = pl_gathered_plausible(g->streams + i) ? b->streams++ : no_stream;
    if (b->streams > PL_STREAMS_MAX)
        return pl_error_set(error, -EINVAL,
                            "it holds %u RTP streams, at most %d are possible: narrow it with a "
                            "filter",
                            b->streams, PL_STREAMS_MAX);
    return 0;
}

static int refuse_cut(const struct pl_gathered_packet *packet, struct pl_error *error)
{
    return pl_error_set(error, -EINVAL,
                        "record %llu: an RTP packet of %u bytes was captured cut, and what decodes "
                        "its payload needs it whole: capture with tcpdump -s 0",
                        (unsigned long long)packet->record, packet->size);
}

/* In the unit that shows it: what is refused is never zero. */
static int refuse_order(const struct pl_gathered_packet *packet, int64_t late_ns,
                        struct pl_error *error)
{
    return pl_error_set(error, -EINVAL,
                        "record %llu: its time stamp is %.3f s before an earlier record's; up to "
                        "%d ms are sorted, more wants reordercap (of Wireshark)",
                        (unsigned long long)packet->record, (double)late_ns / 1e9,
                        SORTED_MAX_NS / 1000000);
}

static int compare_times(const void *a, const void *b)
{
    const struct pl_gathered_packet *x = a, *y = b;
    if (x->time_ns != y->time_ns)
        return x->time_ns < y->time_ns ? -1 : 1;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

/* Cards and processors stamp packets each by its own clock: some microseconds of disorder are no
 * fault of a capture. */
static int sort_packets(struct building *b, struct pl_error *error)
{
    int64_t latest_ns = INT64_MIN;
    bool in_order = true;
    for (size_t i = 0; i < b->gathering->packet_count; i++) {
        const struct pl_gathered_packet *packet = b->gathering->packets + i;
        if (b->places[packet->stream] == no_stream)
            continue;
        bool is_early = packet->time_ns < latest_ns;
        if (is_early && !packet->waited && latest_ns - packet->time_ns > SORTED_MAX_NS)
            return refuse_order(packet, latest_ns - packet->time_ns, error);
        b->counts->sorted += is_early && !packet->waited;
        in_order &= !is_early;
        latest_ns = is_early ? latest_ns : packet->time_ns;
    }
    if (!in_order)
        qsort(b->gathering->packets, b->gathering->packet_count, sizeof *b->gathering->packets,
              compare_times);
    return 0;
}

/* Counts what is kept, and turns away what cannot be replayed. */
static int check_packets(struct building *b, bool decodes, struct pl_error *error)
{
    for (size_t i = 0; i < b->gathering->packet_count; i++) {
        const struct pl_gathered_packet *packet = b->gathering->packets + i;
        if (b->places[packet->stream] == no_stream)
            continue;
        if (packet->completed && decodes)
            return refuse_cut(packet, error);
        b->counts->completed += packet->completed;
        b->packets++;
        b->bytes += packet->size;
    }
    return 0;
}

static int make_block(struct building *b, struct pl_error *error)
{
    uint64_t streams_offset = sizeof(struct pl_recording);
    uint64_t packets_offset = streams_offset + b->streams * sizeof(struct pl_recorded_stream);
    uint64_t datagrams_offset = packets_offset + b->packets * sizeof(struct pl_recorded_packet);
    uint64_t bytes = datagrams_offset + b->bytes;
    b->recording = calloc(1, bytes);
    if (!b->recording)
        return pl_error_set(error, -ENOMEM, "out of memory for a recording of %llu bytes",
                            (unsigned long long)bytes);
    *b->recording = (struct pl_recording){
        .bytes = bytes,
        .stream_count = b->streams,
        .packet_count = b->packets,
        .streams_offset = streams_offset,
        .packets_offset = packets_offset,
        .datagrams_offset = datagrams_offset,
    };
    return 0;
}

static struct pl_recorded_packet *packets_of(struct pl_recording *recording)
{
    return (struct pl_recorded_packet *)(void *)((char *)recording + recording->packets_offset);
}

static struct pl_recorded_stream *streams_of(struct pl_recording *recording)
{
    return (struct pl_recorded_stream *)(void *)((char *)recording + recording->streams_offset);
}

/* Positions and timestamps are as on the wire until the streams are unwrapped. */
static struct pl_recorded_packet lay_packet(const struct pl_gathered_packet *from, int64_t first_ns,
                                            uint32_t stream, uint32_t offset)
{
    return (struct pl_recorded_packet){
        .arrival_ns = from->time_ns - first_ns,
        .position = from->sequence,
        .timestamp = from->timestamp,
        .stream = stream,
        .datagram_offset = offset,
        .datagram_size = from->size,
        .payload_offset = from->payload_offset,
        .payload_size = from->payload_size,
        .payload_type = from->payload_type,
    };
}

static void lay_packets(struct building *b)
{
    struct pl_recorded_packet *packet = packets_of(b->recording);
    uint8_t *datagrams = (uint8_t *)b->recording + b->recording->datagrams_offset;
    uint32_t offset = 0;
    int64_t first_ns = -1, latest_ns = 0;
    for (size_t i = 0; i < b->gathering->packet_count; i++) {
        const struct pl_gathered_packet *from = b->gathering->packets + i;
        uint32_t stream = b->places[from->stream];
        if (stream == no_stream)
            continue;
        if (first_ns < 0)
            first_ns = latest_ns = from->time_ns;
        if (b->max_gap_ns && from->time_ns - latest_ns > b->max_gap_ns)
            first_ns += from->time_ns - latest_ns - b->max_gap_ns; /* all that follows is earlier */
        latest_ns = from->time_ns;
        *packet++ = lay_packet(from, first_ns, stream, offset);
        memcpy(datagrams + offset, b->gathering->bytes + from->offset, from->size);
        offset += from->size;
    }
}

static void lay_streams(struct building *b)
{
    struct pl_recorded_stream *streams = streams_of(b->recording);
    for (size_t i = 0; i < b->gathering->stream_count; i++)
        if (b->places[i] != no_stream)
            streams[b->places[i]].ssrc = b->gathering->streams[i].ssrc;
}

/* A replay needs time to pass: capture tools that keep no time write the same stamp everywhere. */
static int set_duration(struct pl_recording *recording, struct pl_error *error)
{
    int64_t last_ns = pl_recording_packets(recording)[recording->packet_count - 1].arrival_ns;
    if (last_ns == 0)
        return pl_error_set(error, -EINVAL,
                            "all %u RTP packets have the same time stamp; expected a capture with "
                            "real arrival times",
                            recording->packet_count);
    int64_t gap_ns = last_ns / ((int64_t)recording->packet_count - 1);
    if (last_ns > SPAN_MAX_NS)
        return pl_error_set(
            error, -EINVAL,
            "its time stamps span %lld days; expected a recording of a year at most",
            (long long)(last_ns / 86400000000000));
    recording->duration_ns = last_ns + gap_ns;
    return 0;
}

/* Senders pace themselves by the clock that their timestamps count, so a loop lasts what its
 * samples last: with the arrivals' mean gap instead, a day of loops drifts by milliseconds against
 * the samples and starves the reader. Kept as it is where the arrivals last longer than the
 * samples, since arrival times never fall. */
static void pace_by_samples(struct pl_recording *recording)
{
    const struct pl_recorded_stream *longest = NULL;
    int64_t last_ns = pl_recording_packets(recording)[recording->packet_count - 1].arrival_ns;
    for (uint32_t i = 0; i < recording->stream_count; i++) {
        const struct pl_recorded_stream *stream = &pl_recording_streams(recording)[i];
        if (stream->rate > 0 && (!longest || stream->packets > longest->packets))
            longest = stream;
    }
    if (!longest || longest->timestamp_span > (uint64_t)INT64_MAX / 1000000000)
        return;
    int64_t samples_ns = (int64_t)(longest->timestamp_span * 1000000000 / longest->rate);
    if (samples_ns > last_ns && samples_ns - last_ns < INT64_C(1000000000))
        recording->duration_ns = samples_ns;
}

static int lay_all(struct building *b, struct pl_error *error)
{
    int rc = make_block(b, error);
    if (rc != 0)
        return rc;
    lay_streams(b);
    lay_packets(b);
    rc = set_duration(b->recording, error);
    if (rc != 0)
        return rc;
    rc = pl_recording_finish_streams(b->recording, streams_of(b->recording),
                                     packets_of(b->recording), b->payloads, error);
    if (rc == 0)
        pace_by_samples(b->recording);
    return rc;
}

int pl_recording_build(struct pl_gathering *gathering, const struct pl_payload_map *payloads,
                       struct pl_recording **recording, const struct pl_capture_options *options,
                       struct pl_capture_counts *counts, struct pl_error *error)
{
    struct building b = {.gathering = gathering,
                         .payloads = payloads,
                         .counts = counts,
                         .max_gap_ns = options ? options->max_gap_ns : 0};
    int rc = number_streams(&b, error);
    if (rc == 0)
        rc = sort_packets(&b, error);
    if (rc == 0)
        rc = check_packets(&b, options && options->decodes, error);
    if (rc == 0 && b.packets > 0)
        rc = lay_all(&b, error);
    free(b.places);
    if (rc != 0) {
        free(b.recording);
        return rc;
    }
    *recording = b.recording;
    counts->skipped[PL_SKIPPED_NO_STREAM] += gathering->packet_count - b.packets;
    return 0;
}
