/* Feeds arbitrary bytes to the capture reader, with options that the size chooses, and replays what
 * it accepts. */
#include <stdlib.h>

#include "harness/traffic/recording.h"
#include "harness/traffic/replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever was accepted has to hold together: every offset within the block, time never falling. */
static void check(const struct pl_recording *recording)
{
    struct pl_replay_options options = {.copies = 3, .rate = 1.5, .seed = 1};
    struct pl_replay replay;
    uint64_t datagrams = recording->bytes - recording->datagrams_offset;
    int64_t latest_ns = 0;
    pl_replay_start(&replay, recording, &options, 2);
    for (uint32_t i = 0; i < 2 * recording->packet_count; i++) {
        struct pl_arrival arrival;
        pl_replay_take(&replay, &arrival);
        const struct pl_recorded_packet *packet = arrival.packet;
        const struct pl_recorded_stream *stream = pl_recording_streams(recording) + packet->stream;
        if (packet->stream >= recording->stream_count || arrival.arrival_ns < latest_ns ||
            packet->position >= stream->sequence_span ||
            (uint64_t)packet->datagram_offset + packet->datagram_size > datagrams ||
            packet->payload_offset + packet->payload_size > packet->datagram_size)
            abort();
        latest_ns = arrival.arrival_ns;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pl_capture_options options = {.payload = "PCMU/8000/2",
                                         .filter = size % 2 ? "greater 30" : NULL,
                                         .decodes = size % 3 == 0};
    struct pl_recording *recording = NULL;
    struct pl_error error;
    if (pl_capture_read_memory(data, size, "input", &options, &recording, NULL, &error) != 0) {
        if (recording)
            abort();
        return 0;
    }
    check(recording);
    free(recording);
    return 0;
}
