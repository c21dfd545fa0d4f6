/* Writes the RTP of a capture to stdout, rebased: what two recordings made by the same command have
 * in common. Ports, arrival times and the random timestamp base are gone; order, sequence,
 * timestamps and payloads are there. `| sha256sum` gives the hash in a recording's lock file.
 * What the capture holds goes to stderr, as key=value words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/traffic/recording.h"
#include "harness/traffic/rtp.h"

/* Framed as RFC 4571 section 2 does over TCP: the length in 16 bits, big-endian, then the packet.
 * Sequence and timestamp count from the stream's lowest, the SSRC is the stream's number. */
static int write_packet(const struct pl_recording *recording,
                        const struct pl_recorded_packet *packet)
{
    uint8_t framed[2 + UINT16_MAX];
    uint32_t size = packet->datagram_size;
    framed[0] = (uint8_t)(size >> 8);
    framed[1] = (uint8_t)size;
    memcpy(framed + 2, pl_recording_datagrams(recording) + packet->datagram_offset, size);
    pl_rtp_rebase(framed + 2, (uint16_t)packet->position, (uint32_t)packet->timestamp,
                  packet->stream);
    return fwrite(framed, 1, size + 2, stdout) == size + 2 ? 0 : -1;
}

static int write_recording(const struct pl_recording *recording)
{
    for (uint32_t i = 0; i < recording->packet_count; i++)
        if (write_packet(recording, pl_recording_packets(recording) + i) != 0)
            return -1;
    return fflush(stdout);
}

static void describe(const struct pl_recording *recording, const struct pl_capture_counts *counts)
{
    for (uint32_t i = 0; i < recording->stream_count; i++) {
        const struct pl_recorded_stream *stream = pl_recording_streams(recording) + i;
        fprintf(stderr, "codec=%s rate=%u channels=%u packets=%u sequence_span=%llu\n",
                pl_codec_name((enum pl_codec)stream->codec), stream->rate, stream->channels,
                stream->packets, (unsigned long long)stream->sequence_span);
    }
    fprintf(stderr, "streams=%u duration_ns=%lld bytes_cut=%llu\n", recording->stream_count,
            (long long)recording->duration_ns, (unsigned long long)counts->bytes_cut);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: plimsoll-rebased-rtp CAPTURE\n");
        return 2;
    }
    struct pl_recording *recording;
    struct pl_capture_counts counts;
    struct pl_error error;
    if (pl_capture_read(argv[1], NULL, &recording, &counts, &error) != 0) {
        fprintf(stderr, "plimsoll-rebased-rtp: %s\n", error.text);
        return 2;
    }
    int rc = write_recording(recording);
    if (rc != 0)
        perror("plimsoll-rebased-rtp: stdout");
    else
        describe(recording, &counts);
    free(recording);
    return rc == 0 ? 0 : 1;
}
