/* Every file format, link layer and IP layer that a capture may have leads to the same recording.
 */
#include <string.h>

#include "harness/traffic/recording.h"
#include "harness/traffic/tests/cmocka_all.h"
#include "harness/traffic/tests/crafted.h"

#include <stdlib.h>

enum { PACKETS = 5, PAYLOAD = 8 };
static const uint64_t first_ns = 1700000000123456000;
static const uint64_t gap_ns = 2902000;

/* The recording holds the packets that write_packets wrote, byte for byte. */
static void assert_packets(const struct pl_recording *recording)
{
    assert_int_equal(recording->stream_count, 1);
    assert_int_equal(recording->packet_count, PACKETS);
    for (uint32_t i = 0; i < PACKETS; i++) {
        const struct pl_recorded_packet *packet = pl_recording_packets(recording) + i;
        const uint8_t *datagram = pl_recording_datagrams(recording) + packet->datagram_offset;
        assert_int_equal(packet->arrival_ns, i * gap_ns);
        assert_int_equal(packet->position, i);
        assert_int_equal(packet->timestamp, i * 2);
        assert_int_equal(packet->payload_size, PAYLOAD);
        for (uint32_t byte = 0; byte < PAYLOAD; byte++)
            assert_int_equal(datagram[packet->payload_offset + byte], 100 + i + byte);
    }
    assert_int_equal(recording->duration_ns, PACKETS * gap_ns);
}

static struct craft_rtp packet_at(uint32_t i)
{
    return (struct craft_rtp){.sequence = (uint16_t)(100 + i),
                              .timestamp = 5000 + 2 * i,
                              .ssrc = 9,
                              .type = 10,
                              .payload = PAYLOAD};
}

static void check(struct craft_file file, struct craft_frame frame, struct craft_rtp shape)
{
    struct pl_capture_counts counts;
    file.link = frame.link;
    craft_begin(&file);
    for (uint32_t i = 0; i < PACKETS; i++) {
        struct craft_rtp rtp = packet_at(i);
        rtp.csrcs = shape.csrcs;
        rtp.extended = shape.extended;
        rtp.extension_words = shape.extension_words;
        rtp.padding = shape.padding;
        craft_rtp_record(&file, first_ns + i * gap_ns, &frame, &rtp);
    }
    struct pl_recording *recording = must_read(&file, NULL, &counts);
    assert_packets(recording);
    assert_int_equal(counts.frames, PACKETS);
    assert_int_equal(pl_capture_not_udp(&counts) + pl_capture_not_rtp(&counts) + counts.filtered +
                         counts.bytes_cut,
                     0);
    free(recording);
}

static void check_frame(struct craft_frame frame)
{
    check((struct craft_file){.link = 0}, frame, (struct craft_rtp){.type = 10});
}

static void file_formats(void **state)
{
    (void)state;
    for (unsigned bits = 0; bits < 8; bits++)
        check((struct craft_file){.pcapng = bits & 1, .swapped = bits & 2, .micro = bits & 4},
              (struct craft_frame){.link = 1}, (struct craft_rtp){.type = 10});
}

static void link_types(void **state)
{
    (void)state;
    static const uint32_t links[] = {0, 1, 12, 101, 108, 113, 228, 276};
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        check_frame((struct craft_frame){.link = links[i]});
    static const uint32_t links_6[] = {0, 1, 12, 101, 108, 113, 229, 276};
    for (size_t i = 0; i < sizeof links_6 / sizeof *links_6; i++)
        check_frame((struct craft_frame){.link = links_6[i], .ipv6 = true});
}

static void loopback_families_in_both_orders(void **state)
{
    (void)state;
    static const uint32_t families[] = {10, 24, 28, 30};
    check_frame((struct craft_frame){.link = 0, .big_family = true});
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        check_frame((struct craft_frame){.ipv6 = true, .family = families[i]});
        check_frame((struct craft_frame){.ipv6 = true, .family = families[i], .big_family = true});
    }
}

static void vlan_tags(void **state)
{
    (void)state;
    static const uint32_t links[] = {1, 113, 276};
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        for (uint32_t tags = 1; tags <= 3; tags++)
            check_frame((struct craft_frame){.link = links[i], .tags = tags, .ipv6 = tags == 2});
}

static void ip_options_extension_headers_and_trailers(void **state)
{
    (void)state;
    check_frame((struct craft_frame){.link = 1, .ipv4_options = 10});
    check_frame((struct craft_frame){.link = 1, .ipv6 = true, .extension_headers = true});
    check_frame((struct craft_frame){.link = 1, .trailer = 20});
    check_frame((struct craft_frame){.link = 1, .ipv6 = true, .trailer = 20});
    check_frame((struct craft_frame){.link = 1, .fragment = 0x4000}); /* don't fragment */
}

static void rtp_with_csrcs_extension_and_padding(void **state)
{
    (void)state;
    struct craft_frame frame = {.link = 1};
    check((struct craft_file){.link = 1}, frame, (struct craft_rtp){.csrcs = 3});
    check((struct craft_file){.link = 1}, frame,
          (struct craft_rtp){.extended = true, .extension_words = 2});
    check((struct craft_file){.link = 1}, frame, (struct craft_rtp){.padding = 4});
}

static void interfaces_keep_their_own_clock_units(void **state)
{
    (void)state;
    struct craft_file file = {.pcapng = true, .link = 1};
    struct craft_frame shape = {.link = 1};
    static const uint64_t unit_ns[] = {1, 1000, 1000000};
    craft_begin(&file);
    craft_interface(&file, 6);
    craft_interface(&file, 3);
    for (uint32_t i = 0; i < 3; i++) {
        struct craft payload = {.data = NULL}, frame = {.data = NULL};
        struct craft_rtp rtp = packet_at(i);
        craft_rtp(&payload, &rtp);
        craft_frame(&frame, &shape, &payload);
        craft_record_of(&file, i, (1700000000000000000 + i * 2000000) / unit_ns[i], &frame,
                        (uint32_t)frame.size, (uint32_t)frame.size);
        craft_free(&payload);
        craft_free(&frame);
    }
    struct pl_recording *recording = must_read(&file, NULL, NULL);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(pl_recording_packets(recording)[i].arrival_ns, i * 2000000);
    free(recording);
}

/* What is no UDP is counted as such, and what is no RTP too, beside a good stream. */
static void others_are_counted(void **state)
{
    (void)state;
    struct craft_file file = {.link = 1};
    struct craft junk = {.data = NULL};
    craft_begin(&file);
    const struct craft_frame good = {.link = 1};
    const struct craft_frame others[] = {
        {.link = 1, .protocol = 6},      {.link = 1, .ipv6 = true, .protocol = 44},
        {.link = 1, .fragment = 0x2000}, {.link = 1, .fragment = 0x0001},
        {.link = 1, .udp_excess = 1},    {.link = 1, .protocol = 6, .tags = 2},
    };
    const size_t count = sizeof others / sizeof *others;
    for (uint32_t i = 0; i < PACKETS; i++) {
        struct craft_rtp rtp = packet_at(i);
        craft_rtp_record(&file, first_ns + i * gap_ns, &good, &rtp);
    }
    for (size_t i = 0; i < count; i++) {
        struct craft_rtp rtp = packet_at((uint32_t)i);
        craft_rtp_record(&file, first_ns, others + i, &rtp);
    }
    craft_fill(&junk, 0xff, 3);
    craft_record(&file, first_ns, &junk); /* not even a link layer */
    struct craft_rtp alone = {.ssrc = 77, .type = 96, .payload = 3};
    struct craft_rtp rtcp = {.ssrc = 9, .type = 200 & 127, .payload = 8};
    craft_rtp_record(&file, first_ns, &good, &alone);
    craft_rtp_record(&file, first_ns, &good, &rtcp);
    struct pl_capture_counts counts;
    struct pl_recording *recording = must_read(&file, NULL, &counts);
    assert_packets(recording);
    assert_int_equal(counts.frames, PACKETS + count + 3);
    assert_int_equal(pl_capture_not_udp(&counts), count + 1);
    assert_int_equal(pl_capture_not_rtp(&counts), 2);
    free(recording);
    craft_free(&junk);
}

/* Frames cut at every length, wire length kept: they never parse and never crash. */
static void frames_of_every_length(void **state)
{
    (void)state;
    const struct craft_frame shapes[] = {
        {.link = 1, .tags = 2, .ipv4_options = 2},
        {.link = 276, .tags = 1, .ipv6 = true, .extension_headers = true},
        {.link = 0},
        {.link = 113},
    };
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        struct craft payload = {.data = NULL}, frame = {.data = NULL};
        struct craft_rtp rtp = packet_at(0);
        craft_rtp(&payload, &rtp);
        craft_frame(&frame, shapes + s, &payload);
        struct craft_file file = {.link = shapes[s].link};
        craft_begin(&file);
        for (uint32_t i = 0; i < 2; i++) {
            rtp = packet_at(i);
            craft_rtp_record(&file, first_ns + i, shapes + s, &rtp);
        }
        size_t whole = frame.size;
        for (frame.size = 0; frame.size < whole; frame.size++)
            craft_record(&file, first_ns, &frame);
        struct pl_capture_counts counts;
        struct pl_recording *recording = must_read(&file, NULL, &counts);
        assert_int_equal(recording->packet_count, 2);
        assert_int_equal(pl_capture_not_udp(&counts), whole);
        free(recording);
        craft_free(&payload);
        craft_free(&frame);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file_formats),
        cmocka_unit_test(link_types),
        cmocka_unit_test(loopback_families_in_both_orders),
        cmocka_unit_test(vlan_tags),
        cmocka_unit_test(ip_options_extension_headers_and_trailers),
        cmocka_unit_test(rtp_with_csrcs_extension_and_padding),
        cmocka_unit_test(interfaces_keep_their_own_clock_units),
        cmocka_unit_test(others_are_counted),
        cmocka_unit_test(frames_of_every_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
