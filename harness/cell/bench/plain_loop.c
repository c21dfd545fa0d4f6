/* The floor under the harness: a plain loop that does a steady reader's mallocs, copies, conversion
 * and frees, with 138 packets in flight, and nothing else: no events, sessions, metering, integrity.
 * `ci/speed` runs it beside a cell and shows what the harness adds.
 *   plimsoll-plain-loop CAPTURE PACKETS        prints CPU ns a packet */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/pipelines/samples.h"
#include "harness/traffic/recording.h"

#define IN_FLIGHT 138      /* 2 sessions x 200 ms x 344.5 packets/s */
#define PACKET_BYTES 696   /* as in scenarios/steady-reader.yaml */
#define BUFFER_BYTES 2072
#define FRAME_BYTES 4120
#define HEAD_BYTES 24
#define FRAME_SAMPLES 441  /* 10 ms at 44.1 kHz */

struct plain_packet {
    uint8_t *buffer;
    uint32_t payload_offset;
    uint32_t payload_size;
    uint8_t rest[PACKET_BYTES - 16];
};
_Static_assert(sizeof(struct plain_packet) == PACKET_BYTES, "the scenario's packet");

struct plain_loop {
    struct plain_packet *ring[IN_FLIGHT];
    uint8_t *frame;
    uint32_t samples; /* in the frame, of one channel */
    pl_convert convert;
    uint32_t channels;
    uint32_t sample_bytes; /* of all channels in the payload */
};

static void *get(size_t size)
{
    void *block = malloc(size);
    if (!block)
        exit(1);
    return block;
}

static struct plain_packet *receive(const struct pl_recording *recording, uint64_t index)
{
    const struct pl_recorded_packet *recorded =
        &pl_recording_packets(recording)[index % recording->packet_count];
    uint8_t *buffer = get(BUFFER_BYTES);
    struct plain_packet *packet = get(PACKET_BYTES);
    memset(buffer, 0, HEAD_BYTES);
    memcpy(buffer + HEAD_BYTES, pl_recording_datagrams(recording) + recorded->datagram_offset,
           recorded->datagram_size);
    memset(packet, 0, sizeof *packet);
    packet->buffer = buffer;
    packet->payload_offset = HEAD_BYTES + recorded->payload_offset;
    packet->payload_size = recorded->payload_size;
    return packet;
}

/* Converts a packet into frames, each handed out and freed when it is full. */
static void play(struct plain_loop *loop, struct plain_packet *packet)
{
    uint32_t left = packet->payload_size / loop->sample_bytes;
    const uint8_t *in = packet->buffer + packet->payload_offset;
    while (left > 0) {
        uint32_t room = FRAME_SAMPLES - loop->samples, count = left < room ? left : room;
        float *out = (float *)(void *)(loop->frame + HEAD_BYTES);
        loop->convert(in, out + loop->samples * loop->channels, count * loop->channels);
        in += count * loop->sample_bytes;
        left -= count;
        loop->samples += count;
        if (loop->samples == FRAME_SAMPLES) {
            free(loop->frame);
            loop->frame = get(FRAME_BYTES);
            loop->samples = 0;
        }
    }
    free(packet->buffer);
    free(packet);
}

static void run(struct plain_loop *loop, const struct pl_recording *recording, uint64_t packets)
{
    loop->frame = get(FRAME_BYTES);
    for (uint64_t i = 0; i < packets; i++) {
        struct plain_packet **slot = &loop->ring[i % IN_FLIGHT];
        if (*slot)
            play(loop, *slot);
        *slot = receive(recording, i);
    }
    for (int i = 0; i < IN_FLIGHT; i++)
        if (loop->ring[i])
            play(loop, loop->ring[i]);
    free(loop->frame);
}

static double cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

int main(int argc, char **argv)
{
    struct pl_recording *recording = NULL;
    struct pl_error error;
    uint64_t packets = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;
    if (packets == 0) {
        fputs("usage: plimsoll-plain-loop CAPTURE PACKETS\n", stderr);
        return 2;
    }
    if (pl_capture_read(argv[1], &(struct pl_capture_options){0}, &recording, NULL, &error)) {
        fprintf(stderr, "plimsoll-plain-loop: %s\n", error.text);
        return 2;
    }
    const struct pl_recorded_stream *stream = pl_recording_streams(recording);
    struct plain_loop loop = {.channels = stream->channels};
    loop.convert = pl_convert_find((enum pl_codec)stream->codec, PL_FORMAT_F32);
    loop.sample_bytes = (uint32_t)pl_codec_sample_bytes((enum pl_codec)stream->codec) * stream->channels;
    if (!loop.convert) {
        fputs("plimsoll-plain-loop: the capture's payload gives no samples\n", stderr);
        return 2;
    }
    double before = cpu_ns();
    run(&loop, recording, packets);
    printf("%.1f\n", (cpu_ns() - before) / (double)packets);
    free(recording);
    return 0;
}
