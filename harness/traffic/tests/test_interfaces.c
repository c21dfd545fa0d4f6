/* pcapng of several interfaces: of two link types, in sections, in all kinds of blocks, damaged. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/traffic/capture_file.h"
#include "harness/traffic/tests/cmocka_all.h"
#include "harness/traffic/tests/crafted.h"

enum { ETHERNET = 1, RAW = 101, COOKED = 276, USB = 189, COUNT = 4 };

static const char *layers_of(uint32_t link)
{
    return link == ETHERNET ? "020202020202 030303030303 0800 I11 U138c"
           : link == RAW    ? "J11 U138c"
           : link == COOKED ? "0800 0000 00000001 0001 00 06 aabbccddeeff 0000 I11 U138e"
                            : "";
}

/* A packet of a stream of its own for each interface, one a millisecond. */
static void add_packet(struct craft_file *file, uint32_t link, uint32_t interface, uint16_t number)
{
    struct craft rtp = {.data = NULL}, frame = {.data = NULL};
    craft_rtp(&rtp,
              &(struct craft_rtp){.sequence = number, .ssrc = link, .type = 96, .payload = 5});
    craft_recipe(&frame, layers_of(link), &rtp);
    craft_record_of(file, interface, start_ns + file->records * 1000000, &frame,
                    (uint32_t)frame.size, (uint32_t)frame.size);
    craft_free(&rtp);
    craft_free(&frame);
}

/* Ethernet is interface 0, the other link type 1. */
static struct craft_file two_links(bool swapped, enum craft_block block, uint32_t other)
{
    struct craft_file file = {.link = ETHERNET, .pcapng = true, .swapped = swapped, .block = block};
    craft_begin(&file);
    file.link = other;
    craft_interface(&file, 9);
    for (uint16_t i = 0; i < COUNT; i++) {
        add_packet(&file, ETHERNET, 0, i);
        add_packet(&file, other, 1, i);
    }
    return file;
}

static void assert_two_streams(const struct pl_recording *recording)
{
    assert_int_equal(recording->stream_count, 2);
    assert_int_equal(recording->packet_count, 2 * COUNT);
    for (uint32_t i = 0; i < 2 * COUNT; i++) {
        assert_int_equal(pl_recording_packets(recording)[i].arrival_ns, i * 1000000);
        assert_int_equal(pl_recording_packets(recording)[i].datagram_size, 17);
    }
}

static void two_link_types(void **state)
{
    (void)state;
    static const uint32_t others[] = {RAW, COOKED, ETHERNET};
    for (unsigned bits = 0; bits < 12; bits++) {
        struct pl_capture_counts counts;
        struct craft_file file =
            two_links(bits & 1, bits & 2 ? CRAFT_OLD : CRAFT_ENHANCED, others[bits / 4]);
        struct pl_recording *recording = must_read(&file, NULL, &counts);
        if (others[bits / 4] == ETHERNET)
            assert_int_equal(counts.copies, COUNT); /* the same bytes on both */
        else
            assert_two_streams(recording);
        free(recording);
    }
}

/* @param swapped whether the first, and whether the second is in the other byte order */
static struct craft_file two_sections(bool first_swapped, bool second_swapped)
{
    struct craft_file file = {.link = ETHERNET, .pcapng = true, .swapped = first_swapped};
    craft_begin(&file);
    for (uint16_t i = 0; i < COUNT; i++)
        add_packet(&file, ETHERNET, 0, i);
    file.link = RAW;
    file.swapped = second_swapped;
    craft_begin(&file);
    for (uint16_t i = 0; i < COUNT; i++)
        add_packet(&file, RAW, 0, i);
    return file;
}

/* Each has interfaces of its own. */
static void sections(void **state)
{
    (void)state;
    for (unsigned swapped = 0; swapped < 2; swapped++) {
        struct pl_capture_counts counts;
        struct craft_file file = two_sections(swapped, swapped);
        struct pl_recording *recording = must_read(&file, NULL, &counts);
        assert_two_streams(recording);
        assert_int_equal(counts.frames, 2 * COUNT);
        free(recording);
        file = two_sections(swapped, !swapped);
        refuse(&file, NULL, "two byte orders", "tshark");
    }
}

/* They have no time, so that nothing can be replayed of them alone; of the first interface all. */
static void simple_blocks(void **state)
{
    (void)state;
    for (unsigned snap = 0; snap < 2; snap++) {
        struct craft_file file = {.link = ETHERNET, .pcapng = true, .block = CRAFT_SIMPLE};
        file.snap = snap ? 59 : 0; /* as long as a packet is */
        craft_begin(&file);
        file.link = RAW;
        craft_interface(&file, 9);
        for (uint16_t i = 0; i < COUNT; i++)
            add_packet(&file, ETHERNET, 0, i);
        refuse(&file, NULL, "all 4 RTP packets", "same time stamp");
    }
}

/* What is said to be longer than the snap length was cut to it. */
static void simple_blocks_that_were_cut(void **state)
{
    (void)state;
    struct craft_file file = {.link = ETHERNET, .snap = 59, .pcapng = true};
    struct craft frame = {.data = NULL};
    struct pl_capture_counts counts;
    craft_begin(&file);
    file.link = RAW;
    craft_interface(&file, 9);
    file.block = CRAFT_SIMPLE;
    craft_fill(&frame, 0xff, 59);
    craft_record_of(&file, 0, 0, &frame, 59, 1500);
    file.block = CRAFT_ENHANCED;
    for (uint16_t i = 0; i < COUNT; i++)
        add_packet(&file, RAW, 1, i);
    struct pl_recording *recording = must_read(&file, NULL, &counts);
    assert_int_equal(recording->packet_count, COUNT);
    assert_int_equal(counts.skipped[PL_SKIPPED_OTHER], 1);
    free(recording);
    craft_free(&frame);
}

static void interface_that_is_not_there(void **state)
{
    (void)state;
    for (unsigned old = 0; old < 2; old++) {
        struct craft_file file = two_links(false, old ? CRAFT_OLD : CRAFT_ENHANCED, RAW);
        add_packet(&file, RAW, 2, COUNT);
        refuse(&file, NULL, "record 9", "interface 2");
    }
}

static void filters_of_both_link_types(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t other, streams, filtered;
    } cases[] = {
        {"udp port 5004", RAW, 2, 0},        {"ip6", RAW, 1, COUNT},
        {"udp port 5004", COOKED, 1, COUNT}, {"udp port 5006", COOKED, 1, COUNT},
        {"udp port 5004", USB, 1, 0},        {"", USB, 1, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_capture_options options = {.filter = cases[i].text};
        struct pl_capture_counts counts;
        struct craft_file file = two_links(i % 2, CRAFT_ENHANCED, cases[i].other);
        struct pl_recording *recording = must_read(&file, &options, &counts);
        assert_int_equal(recording->stream_count, cases[i].streams);
        assert_int_equal(recording->packet_count, cases[i].streams * COUNT);
        assert_int_equal(counts.filtered, cases[i].filtered);
        assert_int_equal(counts.skipped[PL_SKIPPED_OTHER], cases[i].other == USB ? COUNT : 0);
        free(recording);
    }
    struct craft_file file = two_links(false, CRAFT_ENHANCED, RAW);
    refuse(&file, &(struct pl_capture_options){.filter = "udp prt 5"}, "'udp prt 5'", "syntax");
}

/* The first interface may be of a link type that nobody asks for. */
static void first_interface_is_of_another_kind(void **state)
{
    (void)state;
    struct pl_capture_options options = {.filter = "udp"};
    struct craft_file file = {.link = USB, .pcapng = true};
    craft_begin(&file);
    file.link = RAW;
    craft_interface(&file, 9);
    for (uint16_t i = 0; i < COUNT; i++)
        add_packet(&file, RAW, 1, i);
    struct pl_recording *recording = must_read(&file, &options, NULL);
    assert_int_equal(recording->packet_count, COUNT);
    free(recording);
    file = (struct craft_file){.link = USB, .pcapng = true};
    craft_begin(&file);
    craft_interface(&file, 9);
    refuse(&file, NULL, "189 (USB_LINUX)", "not supported");
}

/* Of a file cut at any byte, the packets that are whole count, and so do the bytes behind them. */
static void cut_at_every_byte(void **state)
{
    (void)state;
    struct craft_file file = two_links(false, CRAFT_ENHANCED, RAW);
    for (size_t size = file.ends[2]; size <= file.bytes.size; size++) {
        struct pl_recording *recording;
        struct pl_capture_counts counts;
        struct pl_error error;
        size_t whole = 0;
        while (whole < file.records && file.ends[whole] <= size)
            whole++;
        uint8_t *exact = malloc(size);
        assert_non_null(exact);
        memcpy(exact, file.bytes.data, size);
        assert_int_equal(read_bytes(exact, size, NULL, &recording, &counts, &error), 0);
        assert_int_equal(counts.frames, whole);
        assert_int_equal(counts.bytes_cut, size - file.ends[whole - 1]);
        free(recording);
        free(exact);
    }
    craft_free(&file.bytes);
}

/* Of a file damaged at any byte, what is read holds, or one line says what is wrong. */
static void damaged_at_every_byte(void **state)
{
    (void)state;
    static const uint8_t changes[] = {0xff, 0x01, 0x80};
    for (size_t i = 0; i < 3; i++) {
        struct craft_file file = two_links(i == 1, i == 2 ? CRAFT_OLD : CRAFT_ENHANCED, COOKED);
        for (size_t at = 0; at < file.bytes.size; at++) {
            struct pl_recording *recording;
            struct pl_capture_counts counts;
            struct pl_error error;
            file.bytes.data[at] ^= changes[i];
            if (!read_bytes(file.bytes.data, file.bytes.size, NULL, &recording, &counts, &error))
                assert_true(recording->packet_count <= counts.frames);
            free(recording);
            file.bytes.data[at] ^= changes[i];
        }
        craft_free(&file.bytes);
    }
}

/* Damage in the midst is said, and not taken for the end. */
static void damaged_lengths(void **state)
{
    (void)state;
    static const struct {
        size_t field;
        uint32_t value;
    } cases[] = {{4, 7}, {4, 8}, {4, 0x7ffffff0}, {20, UINT32_MAX}, {20, 0x10000}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct craft_file file = two_links(false, CRAFT_ENHANCED, RAW);
        memcpy(file.bytes.data + file.ends[3] + cases[i].field, &cases[i].value, 4);
        refuse(&file, NULL, "record 5", "damaged");
    }
}

static void copies_are_bounded(void **state)
{
    (void)state;
    struct craft_file file = two_links(false, CRAFT_ENHANCED, RAW);
    size_t copied = file.bytes.size + 4 * file.records;
    for (size_t fits = 0; fits < 2; fits++) {
        struct pl_capture_file capture = {.stream =
                                              fmemopen(file.bytes.data, file.bytes.size, "r")};
        struct pl_error error;
        assert_non_null(capture.stream);
        assert_int_equal(pl_capture_tag(&capture, "crafted", copied - 1 + fits, &error),
                         fits ? 0 : -EFBIG);
        assert_int_equal(capture.interface_count, fits ? 2 : 0);
        fclose(capture.stream);
        free(capture.interfaces);
    }
    craft_free(&file.bytes);
}

/* One interface needs no copy. */
static void one_interface_is_read_as_it_is(void **state)
{
    (void)state;
    struct craft_file file = {.link = ETHERNET, .pcapng = true};
    struct pl_error error;
    craft_begin(&file);
    add_packet(&file, ETHERNET, 0, 0);
    struct pl_capture_file capture = {.stream = fmemopen(file.bytes.data, file.bytes.size, "r")};
    FILE *before = capture.stream;
    assert_int_equal(pl_capture_tag(&capture, "crafted", 0, &error), 0);
    assert_ptr_equal(capture.stream, before);
    assert_int_equal(ftell(before), 0);
    assert_null(capture.interfaces);
    fclose(before);
    craft_free(&file.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_link_types),
        cmocka_unit_test(sections),
        cmocka_unit_test(simple_blocks),
        cmocka_unit_test(simple_blocks_that_were_cut),
        cmocka_unit_test(interface_that_is_not_there),
        cmocka_unit_test(filters_of_both_link_types),
        cmocka_unit_test(first_interface_is_of_another_kind),
        cmocka_unit_test(cut_at_every_byte),
        cmocka_unit_test(damaged_at_every_byte),
        cmocka_unit_test(damaged_lengths),
        cmocka_unit_test(copies_are_bounded),
        cmocka_unit_test(one_interface_is_read_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
