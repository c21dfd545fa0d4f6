/* RTP within TCP: however segments cut it, in whatever order they come, with what lies between. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/traffic/recording.h"
#include "harness/traffic/tests/cmocka_all.h"
#include "harness/traffic/tests/crafted.h"

enum { PACKETS = 12, PAYLOAD = 40, PACKET = 4 + 12 + PAYLOAD, GAP_NS = 20000000 };
enum { FIRST = 1000, SERVER = 554, CLIENT = 40000 };

/* The head of an interleaved packet, and the packet. */
static void interleave(struct craft *stream, uint8_t channel, const struct craft *packet)
{
    craft_fill(stream, '$', 1);
    craft_fill(stream, channel, 1);
    craft_be16(stream, (uint32_t)packet->size);
    craft_bytes(stream, packet->data, packet->size);
}

/* Payloads are full of what looks like a packet's head. */
static void add_rtp(struct craft *stream, uint16_t sequence, uint32_t ssrc)
{
    static const uint8_t like_heads[] = {'$', 0, 0, 20, 0x80};
    struct craft packet = {.data = NULL};
    craft_rtp(&packet, &(struct craft_rtp){
                           .sequence = sequence, .timestamp = sequence, .ssrc = ssrc, .type = 96});
    for (unsigned i = 0; i < PAYLOAD / sizeof like_heads; i++)
        craft_bytes(&packet, like_heads, sizeof like_heads);
    interleave(stream, 0, &packet);
    craft_free(&packet);
}

static struct craft stream_of(uint32_t packets)
{
    struct craft stream = {.data = NULL};
    for (uint32_t i = 0; i < packets; i++)
        add_rtp(&stream, (uint16_t)i, 5);
    return stream;
}

struct way {
    uint16_t source, destination;
    uint32_t first; /* sequence of its first byte */
};

static const struct way down = {SERVER, CLIENT, FIRST}, up = {CLIENT, SERVER, 77};

static struct craft segment_of(struct way way, const char *flags, const struct craft *stream,
                               size_t at, size_t size)
{
    char recipe[128];
    struct craft piece = {.data = NULL}, frame = {.data = NULL};
    snprintf(recipe, sizeof recipe, "I06 %04x %04x %08x 00000000 50%s ffff 00000000", way.source,
             way.destination, way.first + (uint32_t)at, flags);
    craft_bytes(&piece, stream->data + at, size);
    craft_recipe(&frame, recipe, &piece);
    craft_free(&piece);
    return frame;
}

/* Of a stream's bytes from `at` on, as many as there are; one every 20 ms. */
static void add_segment(struct craft_file *file, struct way way, const struct craft *stream,
                        size_t at, size_t size)
{
    size_t left = stream->size - at;
    struct craft frame = segment_of(way, "18", stream, at, size < left ? size : left);
    craft_record(file, start_ns + file->records * GAP_NS, &frame);
    craft_free(&frame);
}

static struct craft_file begin_file(void)
{
    struct craft_file file = {.link = 101};
    craft_begin(&file);
    return file;
}

/* All packets in their order, byte for byte. */
static void assert_all(const struct pl_recording *recording, uint32_t packets)
{
    struct craft stream = stream_of(packets);
    assert_int_equal(recording->stream_count, 1);
    assert_int_equal(recording->packet_count, packets);
    for (uint32_t i = 0; i < packets; i++) {
        const struct pl_recorded_packet *packet = pl_recording_packets(recording) + i;
        assert_int_equal(packet->position, i);
        assert_int_equal(packet->datagram_size, PACKET - 4);
        assert_memory_equal(pl_recording_datagrams(recording) + packet->datagram_offset,
                            stream.data + i * PACKET + 4, PACKET - 4);
    }
    craft_free(&stream);
}

static void check_all(struct craft_file *file)
{
    struct pl_capture_counts counts;
    struct pl_recording *recording = must_read(file, NULL, &counts);
    assert_all(recording, PACKETS);
    free(recording);
}

static void segments_of_every_size(void **state)
{
    (void)state;
    struct craft stream = stream_of(PACKETS);
    for (size_t size = 1; size <= stream.size / 2; size++) {
        struct craft_file file = begin_file();
        for (size_t at = 0; at < stream.size; at += size)
            add_segment(&file, down, &stream, at, size);
        check_all(&file);
    }
    craft_free(&stream);
}

static void sequence_numbers_turn_over(void **state)
{
    (void)state;
    struct craft stream = stream_of(PACKETS);
    for (uint32_t before = 0; before < 200; before++) {
        struct craft_file file = begin_file();
        for (size_t at = 0; at < stream.size; at += 50)
            add_segment(&file, (struct way){SERVER, CLIENT, -before}, &stream, at, 50);
        check_all(&file);
    }
    craft_free(&stream);
}

/* Doubled, and sent again in other pieces, with some of what came before or some more. */
static void sent_again(void **state)
{
    (void)state;
    struct craft stream = stream_of(PACKETS);
    for (size_t again = 1; again <= 90; again++) {
        struct craft_file file = begin_file();
        for (size_t at = 0; at < stream.size; at += 45) {
            add_segment(&file, down, &stream, at, 45);
            add_segment(&file, down, &stream, at > 20 ? at - 20 : 0, again);
        }
        check_all(&file);
    }
    craft_free(&stream);
}

static void out_of_order(void **state)
{
    (void)state;
    struct craft stream = stream_of(PACKETS);
    for (size_t row = 2; row <= 20; row++) {
        struct craft_file file = begin_file();
        size_t count = (stream.size - 1 + 29) / 30;
        add_segment(&file, down, &stream, 0, 1); /* the first one tells where it begins */
        for (size_t from = 0; from < count; from += row)
            for (size_t i = from + row; i-- > from;)
                if (i < count)
                    add_segment(&file, down, &stream, 1 + 30 * i, 30);
        check_all(&file);
    }
    craft_free(&stream);
}

/* A message tells that packets will come, and where the first of them has its place. */
static void out_of_order_behind_a_message(void **state)
{
    (void)state;
    static const char *const messages[] = {"RTSP/1.0 200 OK\r\n\r\n",
                                           "RECORD rtsp://host/x RTSP/2.0\r\n\r\n"};
    for (size_t i = 0; i < 2; i++) {
        struct craft stream = {.data = NULL};
        struct craft_file file = begin_file();
        size_t head = strlen(messages[i]);
        craft_bytes(&stream, messages[i], head);
        for (uint32_t k = 0; k < PACKETS; k++)
            add_rtp(&stream, (uint16_t)k, 5);
        add_segment(&file, down, &stream, 0, head);
        for (size_t k = 0; k < PACKETS; k++)
            add_segment(&file, down, &stream, head + (k ^ 1) * PACKET, PACKET);
        check_all(&file);
        craft_free(&stream);
    }
}

/* All packets are read but those that the lost segment had bytes of, at the time they came. */
static void one_is_lost(void **state)
{
    (void)state;
    enum { SIZE = 30 };
    struct craft stream = stream_of(PACKETS);
    size_t count = (stream.size + SIZE - 1) / SIZE;
    for (size_t lost = 1; lost < count; lost++) {
        struct craft_file file = begin_file();
        struct pl_capture_counts counts;
        size_t first = lost * SIZE / PACKET, last = (lost * SIZE + SIZE - 1) / PACKET, k = 0;
        for (size_t i = 0; i < count; i++)
            if (i != lost)
                add_segment(&file, down, &stream, SIZE * i, SIZE);
        struct pl_recording *recording = must_read(&file, NULL, &counts);
        last = last < PACKETS ? last : PACKETS - 1;
        assert_int_equal(recording->packet_count, PACKETS - (last - first + 1));
        assert_int_equal(counts.sorted, 0);
        const struct pl_recorded_packet *packets = pl_recording_packets(recording);
        for (size_t i = 0; i < PACKETS; i++) {
            if (i >= first && i <= last)
                continue;
            size_t segment = (i * PACKET + PACKET - 1) / SIZE;
            assert_int_equal(pl_recording_datagrams(recording)[packets[k].datagram_offset + 3], i);
            if (packets[0].position == 0 && first > 0)
                assert_int_equal(packets[k].arrival_ns,
                                 (segment - (segment > lost) - (PACKET - 1) / SIZE) * GAP_NS);
            k++;
        }
        free(recording);
    }
    craft_free(&stream);
}

/* Nothing waits for a lost segment for ever, and what waited is older than what came by UDP
 * meanwhile. */
static void others_go_on_meanwhile(void **state)
{
    (void)state;
    enum { MANY = 200, LOST = 20 };
    struct craft stream = stream_of(MANY);
    struct craft_file file = begin_file();
    struct pl_capture_counts counts;
    for (uint32_t i = 0; i < MANY; i++) {
        struct craft rtp = {.data = NULL}, frame = {.data = NULL};
        if (i != LOST)
            add_segment(&file, down, &stream, (size_t)i * PACKET, PACKET);
        craft_rtp(&rtp, &(struct craft_rtp){.sequence = (uint16_t)i, .ssrc = 9, .type = 96});
        craft_recipe(&frame, "I11 U138c", &rtp);
        craft_record(&file, start_ns + file.records * GAP_NS, &frame);
        craft_free(&rtp);
        craft_free(&frame);
    }
    struct pl_recording *recording = must_read(&file, NULL, &counts);
    assert_int_equal(recording->stream_count, 2);
    assert_int_equal(recording->packet_count, 2 * MANY - 1);
    for (uint32_t i = 0; i < recording->packet_count; i++)
        assert_int_equal(pl_recording_packets(recording)[i].arrival_ns, (int64_t)i * GAP_NS);
    free(recording);
    craft_free(&stream);
}

static void messages_and_reports_between(void **state)
{
    (void)state;
    static const char *const messages[] = {"RTSP/1.0 200 OK\r\nCSeq: 4\r\n\r\n", "",
                                           "ANNOUNCE rtsp://x/$y RTSP/2.0\r\nCSeq: 1\r\n\r\n"};
    struct craft stream = {.data = NULL};
    for (uint32_t i = 0; i < PACKETS; i++) {
        struct craft report = {.data = NULL};
        craft_bytes(&stream, messages[i % 3], strlen(messages[i % 3]));
        add_rtp(&stream, (uint16_t)i, 5);
        craft_recipe(&report, "80c8 0006 00000005 0000000000000000", NULL);
        interleave(&stream, 1, &report);
        craft_free(&report);
    }
    for (size_t size = 1; size < 300; size += 7) {
        struct craft_file file = begin_file();
        struct pl_capture_counts counts;
        for (size_t at = 0; at < stream.size; at += size)
            add_segment(&file, down, &stream, at, size);
        struct pl_recording *recording = must_read(&file, NULL, &counts);
        assert_all(recording, PACKETS);
        assert_int_equal(counts.skipped[PL_SKIPPED_RTCP], PACKETS);
        free(recording);
    }
    craft_free(&stream);
}

/* A client that publishes, and hears from the server; each way by itself. */
static void two_directions(void **state)
{
    (void)state;
    struct craft stream = stream_of(PACKETS), other = {.data = NULL}, empty = {.data = NULL};
    struct craft_file file = begin_file();
    struct pl_capture_counts counts;
    for (uint32_t i = 0; i < PACKETS; i++)
        add_rtp(&other, (uint16_t)(500 + i), 6);
    for (size_t at = 0; at < stream.size; at += 50) {
        add_segment(&file, down, &stream, at, 50);
        add_segment(&file, up, &other, at, 50);
        add_segment(&file, (struct way){CLIENT, 80, 5}, &empty, 0, 0); /* of another connection */
    }
    size_t segments = file.records;
    struct pl_recording *recording = must_read(&file, NULL, &counts);
    assert_int_equal(recording->stream_count, 2);
    assert_int_equal(recording->packet_count, 2 * PACKETS);
    assert_int_equal(counts.frames, segments);
    /* of the third connection, and the first segment each way, in which no packet was whole */
    assert_int_equal(counts.skipped[PL_SKIPPED_TCP], segments / 3 + 2);
    free(recording);
    craft_free(&stream);
    craft_free(&other);
}

/* A new connection between the same ports counts from anywhere. */
static void ports_are_used_again(void **state)
{
    (void)state;
    struct craft stream = stream_of(PACKETS);
    for (unsigned k = 0; k < 2; k++) {
        struct craft_file file = begin_file();
        struct way next = {SERVER, CLIENT, k ? 5 : 0x70000000};
        for (size_t at = 0; at < stream.size / 2; at += PACKET)
            add_segment(&file, down, &stream, at, PACKET);
        struct craft opening =
            segment_of((struct way){SERVER, CLIENT, next.first - 1}, "12", &stream, 0, 0);
        craft_record(&file, start_ns + file.records * GAP_NS, &opening);
        craft_free(&opening);
        next.first -= (uint32_t)stream.size / 2;
        for (size_t at = stream.size / 2; at < stream.size; at += PACKET)
            add_segment(&file, next, &stream, at, PACKET);
        check_all(&file);
    }
    craft_free(&stream);
}

/* Connections that carry none make room for one that does. */
static void among_many_connections(void **state)
{
    (void)state;
    struct craft stream = stream_of(PACKETS), noise = {.data = NULL};
    struct craft_file file = begin_file();
    craft_bytes(&noise, "$\0\377\377\200...", 8);
    for (uint32_t i = 0; i < 600; i++)
        add_segment(&file, (struct way){(uint16_t)(1000 + i), 443, i}, &noise, 0, 8);
    for (size_t at = 0; at < stream.size; at += 50)
        add_segment(&file, down, &stream, at, 50);
    check_all(&file);
    craft_free(&stream);
    craft_free(&noise);
}

/* Of segments that the snap length cut, the packets that are there whole are read. */
static void cut_segments(void **state)
{
    (void)state;
    enum { HEADS = 40 };
    struct craft stream = stream_of(PACKETS);
    for (uint32_t kept = HEADS; kept <= HEADS + 3 * PACKET; kept++) {
        struct craft_file file = begin_file();
        struct pl_recording *recording;
        struct pl_capture_counts counts;
        struct pl_error error;
        for (uint32_t i = 0; i < PACKETS / 3; i++) {
            struct craft frame = segment_of(down, "18", &stream, 3 * i * PACKET, 3 * PACKET);
            uint32_t length = (uint32_t)frame.size;
            frame.size = kept;
            craft_record_of(&file, 0, start_ns + i * GAP_NS, &frame, kept, length);
            craft_free(&frame);
        }
        int rc = read_bytes(file.bytes.data, file.bytes.size, NULL, &recording, &counts, &error);
        uint32_t whole = (kept - HEADS) / PACKET;
        assert_int_equal(rc, whole < 2 ? -22 : 0); /* of one each there are no two in a row */
        if (rc == 0)
            assert_int_equal(recording->packet_count, whole * PACKETS / 3);
        free(recording);
        craft_free(&file.bytes);
    }
    craft_free(&stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_of_every_size),
        cmocka_unit_test(sequence_numbers_turn_over),
        cmocka_unit_test(sent_again),
        cmocka_unit_test(out_of_order),
        cmocka_unit_test(out_of_order_behind_a_message),
        cmocka_unit_test(one_is_lost),
        cmocka_unit_test(others_go_on_meanwhile),
        cmocka_unit_test(messages_and_reports_between),
        cmocka_unit_test(two_directions),
        cmocka_unit_test(ports_are_used_again),
        cmocka_unit_test(among_many_connections),
        cmocka_unit_test(cut_segments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
