/* What makes a stream, and what a recording says of it: unwrapping, spans, codecs. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/traffic/recording.h"
#include "harness/traffic/tests/cmocka_all.h"
#include "harness/traffic/tests/craft.h"

/* Builds captures packet by packet, 1 ms apart, and reads them. */
struct bench {
    struct craft_file file;
    struct craft_frame frame;
    struct pl_recording *recording;
    struct pl_capture_counts counts;
    struct pl_error error;
};

static void begin(struct bench *b)
{
    *b = (struct bench){.file = {.link = 1}, .frame = {.link = 1}};
    craft_begin(&b->file);
}

static void add(struct bench *b, uint32_t sequence, uint32_t timestamp, uint32_t ssrc, uint8_t type,
                uint32_t payload)
{
    struct craft_rtp rtp = {.sequence = (uint16_t)sequence,
                            .timestamp = timestamp,
                            .ssrc = ssrc,
                            .type = type,
                            .payload = payload};
    craft_rtp_record(&b->file, (b->file.records + 1) * 1000000, &b->frame, &rtp);
}

static int finish(struct bench *b, const char *payload)
{
    struct pl_capture_options options = {.payload = payload};
    int rc = pl_capture_read_memory(b->file.bytes.data, b->file.bytes.size, "crafted", &options,
                                    &b->recording, &b->counts, &b->error);
    craft_free(&b->file.bytes);
    return rc;
}

static const struct pl_recorded_stream *stream_of(const struct bench *b, uint32_t index)
{
    return pl_recording_streams(b->recording) + index;
}

static void assert_position(const struct bench *b, uint32_t index, uint64_t position,
                            uint64_t timestamp)
{
    const struct pl_recorded_packet *packet = pl_recording_packets(b->recording) + index;
    assert_int_equal(packet->position, position);
    assert_int_equal(packet->timestamp, timestamp);
}

static void sequence_and_timestamp_wrap(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    for (uint32_t i = 0; i < 10; i++)
        add(&b, 65531 + i, 0xfffffc00u + 320 * i, 1, 10, 1280);
    assert_int_equal(finish(&b, NULL), 0);
    for (uint32_t i = 0; i < 10; i++)
        assert_position(&b, i, i, 320 * i);
    assert_int_equal(stream_of(&b, 0)->sequence_span, 10);
    assert_int_equal(stream_of(&b, 0)->timestamp_span, 3200);
    assert_int_equal(stream_of(&b, 0)->payload_bytes, 12800);
    free(b.recording);
}

/* 200,000 packets: three times around 16 bits, and once around 32 in timestamps. */
static void wraps_add_up(void **state)
{
    (void)state;
    struct bench b;
    const uint32_t count = 200000;
    begin(&b);
    for (uint32_t i = 0; i < count; i++)
        add(&b, 50000 + i, 7 + i * 30000, 1, 96, 0);
    assert_int_equal(finish(&b, NULL), 0);
    assert_position(&b, count - 1, count - 1, (count - 1) * 30000ull);
    assert_int_equal(stream_of(&b, 0)->sequence_span, count);
    assert_int_equal(stream_of(&b, 0)->timestamp_span, count * 30000ull);
    free(b.recording);
}

/* The lowest came second, across the wrap: positions count from it. */
static void reordering_and_duplicates_are_kept(void **state)
{
    (void)state;
    static const uint16_t order[] = {1, 0, 2, 2, 3, 6, 5, 4, 3, 7};
    struct bench b;
    begin(&b);
    for (unsigned i = 0; i < 10; i++)
        add(&b, 65535u + order[i], 0xffffff80u + 128u * order[i], 1, 10, 512);
    assert_int_equal(finish(&b, NULL), 0);
    assert_int_equal(b.recording->packet_count, 10);
    for (unsigned i = 0; i < 10; i++) {
        assert_position(&b, i, order[i], 128u * order[i]);
        assert_int_equal(pl_recording_packets(b.recording)[i].arrival_ns, i * 1000000);
    }
    assert_int_equal(stream_of(&b, 0)->sequence_span, 8);
    assert_int_equal(stream_of(&b, 0)->timestamp_span, 8 * 128);
    free(b.recording);
}

static void loss_keeps_its_place(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    add(&b, 10, 0, 1, 0, 160);
    add(&b, 11, 160, 1, 0, 160);
    add(&b, 2011, 320000, 1, 0, 80);
    assert_int_equal(finish(&b, NULL), 0);
    assert_position(&b, 2, 2001, 320000);
    assert_int_equal(stream_of(&b, 0)->sequence_span, 2002);
    assert_int_equal(stream_of(&b, 0)->timestamp_span, 320080);
    free(b.recording);
}

static void codecs_of_static_types(void **state)
{
    (void)state;
    static const uint8_t types[] = {0, 8, 10, 11, 9, 96};
    static const char *const names[] = {"PCMU", "PCMA", "L16", "L16", "opaque", "opaque"};
    static const uint32_t rates[] = {8000, 8000, 44100, 44100, 8000, 0};
    static const uint32_t channels[] = {1, 1, 2, 1, 1, 0};
    static const uint32_t samples[] = {160, 160, 40, 80, 0, 0};
    struct bench b;
    begin(&b);
    for (uint32_t i = 0; i < 12; i++)
        add(&b, i / 6, 1000 * (i / 6), i % 6, types[i % 6], 160);
    assert_int_equal(finish(&b, NULL), 0);
    assert_int_equal(b.recording->stream_count, 6);
    for (uint32_t i = 0; i < 6; i++) {
        const struct pl_recorded_stream *stream = stream_of(&b, i);
        uint64_t last = samples[i] ? samples[i] : 1000; /* opaque: the median step */
        assert_string_equal(pl_codec_name((enum pl_codec)stream->codec), names[i]);
        assert_int_equal(stream->ssrc, i);
        assert_int_equal(stream->rate, rates[i]);
        assert_int_equal(stream->channels, channels[i]);
        assert_int_equal(stream->payload_type, types[i]);
        assert_int_equal(stream->packets, 2);
        assert_int_equal(stream->timestamp_span, 1000 + last);
    }
    free(b.recording);
}

static void dynamic_types_are_what_the_user_says(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    for (uint32_t i = 0; i < 4; i++)
        add(&b, i / 2, 128 * (i / 2), i % 2, i % 2 ? 97 : 9, 768);
    assert_int_equal(finish(&b, "L16/48000/3"), 0);
    assert_int_equal(stream_of(&b, 0)->codec, PL_CODEC_OPAQUE); /* G.722 stays what it is */
    assert_int_equal(stream_of(&b, 1)->codec, PL_CODEC_L16);
    assert_int_equal(stream_of(&b, 1)->rate, 48000);
    assert_int_equal(stream_of(&b, 1)->timestamp_span, 128 + 768 / 6);
    free(b.recording);
}

/* Video: several packets a frame, one long pause; a loop adds the usual step. */
static void opaque_span_takes_the_median_step(void **state)
{
    (void)state;
    static const uint32_t stamps[] = {0, 0, 0, 3000, 3000, 9000, 6000, 99000, 99000, 102000};
    struct bench b;
    begin(&b);
    for (uint32_t i = 0; i < 10; i++)
        add(&b, i, 5 + stamps[i], 1, 96, 100);
    assert_int_equal(finish(&b, NULL), 0);
    assert_position(&b, 7, 7, 99000);
    assert_int_equal(stream_of(&b, 0)->timestamp_span, 102000 + 3000);
    free(b.recording);
}

static void constant_timestamps_still_move(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    for (uint32_t i = 0; i < 3; i++)
        add(&b, i, 77, 1, 96, 100);
    assert_int_equal(finish(&b, NULL), 0);
    assert_int_equal(stream_of(&b, 0)->timestamp_span, 1);
    free(b.recording);
}

/* As AES67 has it: 48 samples a packet of 1 ms, 3 bytes each. */
static void l24_has_three_bytes_a_sample(void **state)
{
    (void)state;
    static const struct {
        const char *payload;
        uint32_t bytes, rate, channels, samples;
    } cases[] = {{"L24/48000/2", 288, 48000, 2, 48},
                 {"L24/96000", 288, 96000, 1, 96},
                 {"l24/48000/8", 1152, 48000, 8, 48}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench b;
        begin(&b);
        for (uint32_t k = 0; k < 3; k++)
            add(&b, k, k * cases[i].samples, 1, 98, cases[i].bytes);
        assert_int_equal(finish(&b, cases[i].payload), 0);
        assert_int_equal(stream_of(&b, 0)->codec, PL_CODEC_L24);
        assert_int_equal(stream_of(&b, 0)->rate, cases[i].rate);
        assert_int_equal(stream_of(&b, 0)->channels, cases[i].channels);
        assert_int_equal(stream_of(&b, 0)->timestamp_span, 3 * cases[i].samples);
        free(b.recording);
    }
    struct bench b;
    begin(&b);
    add(&b, 0, 0, 0xabc, 98, 288);
    add(&b, 1, 48, 0xabc, 98, 286);
    assert_int_equal(finish(&b, "L24/48000/2"), -EINVAL);
    assert_non_null(strstr(b.error.text, "286 bytes"));
}

/* Telephone events among L16: the events keep their type, and need be no samples. */
static void the_most_frequent_type_names_the_stream(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    add(&b, 0, 0, 1, 101, 3);
    add(&b, 1, 0, 1, 10, 512);
    add(&b, 2, 128, 1, 10, 512);
    assert_int_equal(finish(&b, NULL), 0);
    assert_int_equal(stream_of(&b, 0)->codec, PL_CODEC_L16);
    assert_int_equal(stream_of(&b, 0)->payload_type, 10);
    assert_int_equal(pl_recording_packets(b.recording)[0].payload_type, 101);
    assert_int_equal(stream_of(&b, 0)->timestamp_span, 256);
    free(b.recording);
}

static void half_a_sample_is_refused(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    add(&b, 0, 0, 0xabc, 10, 512);
    add(&b, 1, 128, 0xabc, 10, 510);
    assert_int_equal(finish(&b, NULL), -EINVAL);
    assert_non_null(strstr(b.error.text, "RTP packet 2 (SSRC 0x00000abc): 510 bytes"));
    assert_non_null(strstr(b.error.text, "L16/44100/2"));
}

/* Sequences of what is no stream: one packet, constant, falling, steps by two, leaps. */
static void implausible_streams_are_no_rtp(void **state)
{
    (void)state;
    static const uint16_t sequences[][4] = {
        {5, 5, 5, 5}, {9, 8, 7, 6}, {2, 4, 6, 8}, {0, 1, 9000, 30000}, {1, 2, 60000, 20000}};
    struct bench b;
    begin(&b);
    for (uint32_t i = 0; i < 5; i++)
        for (uint32_t step = 0; step < 4; step++)
            add(&b, sequences[i][step], step, 100 + i, 96, 10);
    add(&b, 0, 0, 50, 96, 10);
    add(&b, 0, 0, 1, 96, 10);
    add(&b, 1, 0, 1, 96, 10);
    assert_int_equal(finish(&b, NULL), 0);
    assert_int_equal(b.recording->stream_count, 1);
    assert_int_equal(b.recording->packet_count, 2);
    assert_int_equal(stream_of(&b, 0)->ssrc, 1);
    assert_int_equal(pl_capture_not_rtp(&b.counts), 21);
    assert_int_equal(b.counts.frames, 23);
    assert_int_equal(pl_recording_packets(b.recording)[0].stream, 0);
    assert_int_equal(pl_recording_packets(b.recording)[0].arrival_ns, 0);
    assert_int_equal(b.recording->duration_ns, 2000000);
    free(b.recording);
}

/* One leap among many steps is a sender that began anew; the stream stays. */
static void a_single_leap_is_kept(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    for (uint32_t i = 0; i < 6; i++)
        add(&b, i < 3 ? i : 20000 + i, 0, 1, 96, 10);
    assert_int_equal(finish(&b, NULL), 0);
    assert_int_equal(stream_of(&b, 0)->sequence_span, 20006);
    free(b.recording);
}

static void ports_and_addresses_part_streams(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    for (uint32_t i = 0; i < 6; i++) {
        b.frame.port = i % 3 == 1 ? 7000 : 5004;
        b.frame.ipv6 = i % 3 == 2;
        add(&b, i / 3, 0, 1, 96, 10);
    }
    assert_int_equal(finish(&b, NULL), 0);
    assert_int_equal(b.recording->stream_count, 3);
    for (uint32_t i = 0; i < 6; i++)
        assert_int_equal(pl_recording_packets(b.recording)[i].stream, i % 3);
    free(b.recording);
}

/* So many that they meet in the table behind: one SSRC, 900 ports. */
static void many_ports_of_one_ssrc(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    for (uint32_t i = 0; i < 1800; i++) {
        b.frame.port = (uint16_t)(10000 + i % 900);
        add(&b, i / 900, 0, 1, 96, 10);
    }
    assert_int_equal(finish(&b, NULL), 0);
    assert_int_equal(b.recording->stream_count, 900);
    assert_int_equal(pl_capture_not_rtp(&b.counts), 0);
    for (uint32_t i = 0; i < 1800; i++)
        assert_int_equal(pl_recording_packets(b.recording)[i].stream, i % 900);
    free(b.recording);
}

static void read_streams(uint32_t count, int expected, struct bench *b)
{
    begin(b);
    for (uint32_t i = 0; i < 2 * count; i++)
        add(b, i / count, 0, i % count, 96, 1);
    assert_int_equal(finish(b, NULL), expected);
}

static void at_most_1024_streams(void **state)
{
    (void)state;
    struct bench b;
    read_streams(PL_STREAMS_MAX, 0, &b);
    assert_int_equal(b.recording->stream_count, PL_STREAMS_MAX);
    assert_int_equal(pl_recording_packets(b.recording)[2047].stream, 1023);
    free(b.recording);
    read_streams(PL_STREAMS_MAX + 1, -EINVAL, &b);
    assert_non_null(strstr(b.error.text, "1025 RTP streams, at most 1024"));
}

/* The block lies as its head says, without gaps, and holds each datagram as it came. */
static void the_block_is_flat(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    for (uint32_t i = 0; i < 3; i++)
        add(&b, i, 0, 1, 96, 10 * i);
    assert_int_equal(finish(&b, NULL), 0);
    const struct pl_recording *r = b.recording;
    assert_int_equal(r->streams_offset, sizeof *r);
    assert_int_equal(r->packets_offset, sizeof *r + sizeof(struct pl_recorded_stream));
    assert_int_equal(r->datagrams_offset,
                     r->packets_offset + 3 * sizeof(struct pl_recorded_packet));
    assert_int_equal(r->bytes, r->datagrams_offset + 12 + 22 + 32);
    const struct pl_recorded_packet *last = pl_recording_packets(r) + 2;
    assert_int_equal(last->datagram_offset, 12 + 22);
    assert_int_equal(last->datagram_size, 32);
    const uint8_t head[] = {0x80, 96, 0, 2};
    assert_memory_equal(pl_recording_datagrams(r) + last->datagram_offset, head, sizeof head);
    free(b.recording);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sequence_and_timestamp_wrap),
        cmocka_unit_test(wraps_add_up),
        cmocka_unit_test(reordering_and_duplicates_are_kept),
        cmocka_unit_test(loss_keeps_its_place),
        cmocka_unit_test(codecs_of_static_types),
        cmocka_unit_test(dynamic_types_are_what_the_user_says),
        cmocka_unit_test(l24_has_three_bytes_a_sample),
        cmocka_unit_test(opaque_span_takes_the_median_step),
        cmocka_unit_test(constant_timestamps_still_move),
        cmocka_unit_test(the_most_frequent_type_names_the_stream),
        cmocka_unit_test(half_a_sample_is_refused),
        cmocka_unit_test(implausible_streams_are_no_rtp),
        cmocka_unit_test(a_single_leap_is_kept),
        cmocka_unit_test(ports_and_addresses_part_streams),
        cmocka_unit_test(many_ports_of_one_ssrc),
        cmocka_unit_test(at_most_1024_streams),
        cmocka_unit_test(the_block_is_flat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
