/* The floor under the harness: a plain loop that does a steady reader's mallocs, copies, conversion
 * and frees, in the same order (what arrives in 10 ms, then a frame of each session), and nothing
 * else: no events, sorting, metering, integrity. The order matters: freeing a packet right before
 * the next is allocated would spare glibc half of its work.
 * As in a cell, what is held at the end is not freed within the measured time.
 * `ci/speed` runs it beside a cell and shows what the harness adds.
 *   plimsoll-plain-loop CAPTURE PACKETS SESSIONS        prints CPU ns a packet */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/pipelines/decode_samples.h"
#include "harness/traffic/recording.h"

#define SESSIONS_MAX 65536 /* as in harness/traffic/replay.h */
#define LATENCY_TICKS 20   /* 200 ms of 10 ms */
#define PACKET_SAMPLES 128 /* of the recording, of one channel */
#define RING 128           /* packets of a session, more than the latency holds */
#define PACKET_BYTES 696   /* as in scenarios/steady-reader.yaml */
#define BUFFER_BYTES 2072
#define FRAME_BYTES 4120
#define HEAD_BYTES 24
#define FRAME_SAMPLES 441 /* 10 ms at 44.1 kHz */

struct plain_packet {
    uint8_t *buffer;
    uint32_t payload_offset;
    uint32_t payload_size;
    uint8_t rest[PACKET_BYTES - 16];
};
_Static_assert(sizeof(struct plain_packet) == PACKET_BYTES, "the scenario's packet");

struct plain_session {
    struct plain_packet *ring[RING];
    uint64_t received;
    uint64_t played;
    uint32_t skip; /* samples of the first packet that were played */
};

struct plain_loop {
    struct plain_session *sessions;
    uint64_t session_count;
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

static void drop_first(struct plain_session *session)
{
    struct plain_packet *packet = session->ring[session->played++ % RING];
    free(packet->buffer);
    free(packet);
    session->skip = 0;
}

/* One frame of one session, allocated, filled, handed out and freed. */
static void play(const struct plain_loop *loop, struct plain_session *session)
{
    uint8_t *frame = get(FRAME_BYTES);
    float *out = (float *)(void *)(frame + HEAD_BYTES);
    for (uint32_t done = 0; done < FRAME_SAMPLES;) {
        const struct plain_packet *packet = session->ring[session->played % RING];
        uint32_t left = packet->payload_size / loop->sample_bytes - session->skip;
        uint32_t count = left < FRAME_SAMPLES - done ? left : FRAME_SAMPLES - done;
        loop->convert(packet->buffer + packet->payload_offset + session->skip * loop->sample_bytes,
                      out + done * loop->channels, (size_t)count * loop->channels);
        done += count;
        session->skip += count;
        if (count == left)
            drop_first(session);
    }
    free(frame);
}

static void run(struct plain_loop *loop, const struct pl_recording *recording, uint64_t packets)
{
    uint64_t received = 0;
    for (uint64_t tick = 1; received < packets; tick++) {
        uint64_t due = tick * FRAME_SAMPLES / PACKET_SAMPLES;
        for (; loop->sessions[0].received < due; received += loop->session_count)
            for (uint64_t i = 0; i < loop->session_count; i++) {
                struct plain_session *session = &loop->sessions[i];
                session->ring[session->received % RING] = receive(recording, session->received);
                session->received++;
            }
        for (uint64_t i = 0; i < loop->session_count && tick > LATENCY_TICKS; i++)
            play(loop, &loop->sessions[i]);
    }
}

static void drop_all(struct plain_loop *loop)
{
    for (uint64_t i = 0; i < loop->session_count; i++)
        while (loop->sessions[i].played < loop->sessions[i].received)
            drop_first(&loop->sessions[i]);
    free(loop->sessions);
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
    uint64_t packets = argc == 4 ? strtoull(argv[2], NULL, 10) : 0;
    uint64_t sessions = argc == 4 ? strtoull(argv[3], NULL, 10) : 0;
    if (packets == 0 || sessions == 0 || sessions > SESSIONS_MAX) {
        fputs("usage: plimsoll-plain-loop CAPTURE PACKETS SESSIONS\n", stderr);
        return 2;
    }
    if (pl_capture_read(argv[1], &(struct pl_capture_options){0}, &recording, NULL, &error)) {
        fprintf(stderr, "plimsoll-plain-loop: %s\n", error.text);
        return 2;
    }
    const struct pl_recorded_stream *stream = pl_recording_streams(recording);
    struct plain_loop loop = {.channels = stream->channels, .session_count = sessions};
    loop.convert = pl_convert_find((enum pl_codec)stream->codec, PL_FORMAT_F32);
    loop.sample_bytes =
        (uint32_t)pl_codec_sample_bytes((enum pl_codec)stream->codec) * stream->channels;
    if (!loop.convert) {
        fputs("plimsoll-plain-loop: the capture's payload gives no samples\n", stderr);
        return 2;
    }
    loop.sessions = get(sessions * sizeof *loop.sessions);
    memset(loop.sessions, 0, sessions * sizeof *loop.sessions);
    double before = cpu_ns();
    run(&loop, recording, packets);
    printf("%.1f\n", (cpu_ns() - before) / (double)packets);
    drop_all(&loop);
    free(recording);
    return 0;
}
