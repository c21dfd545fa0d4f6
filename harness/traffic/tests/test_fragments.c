/* IP packets in fragments: in any order, doubled, overlapping, incomplete, many at once, within
 * each other. */
#include <stdlib.h>
#include <string.h>

#include "harness/traffic/fragments.h"
#include "harness/traffic/tests/cmocka_all.h"
#include "harness/traffic/tests/crafted.h"

enum { PACKETS = 3, PARTS = 3, RAW = 101, COOKED = 276, RTP_BYTES = 12, UDP_BYTES = 8 };

static const char cooked[] = "0800 0000 00000000 0001 00 06 aabbccddeeff 0000";

/* The UDP datagram of one RTP packet, without addresses before it. */
static struct craft datagram_of(uint16_t sequence, uint32_t payload)
{
    struct craft rtp = {.data = NULL}, whole = {.data = NULL};
    craft_rtp(&rtp, &(struct craft_rtp){.sequence = sequence,
                                        .timestamp = sequence,
                                        .ssrc = 5,
                                        .type = 96,
                                        .payload = payload});
    craft_recipe(&whole, "U138c", &rtp);
    craft_free(&rtp);
    return whole;
}

struct part {
    bool ipv6, more;
    uint32_t id, interface;
    size_t offset, size;
};

/* A fragment as an IP packet; of Linux's cooked frames where it has an interface. */
static struct craft part_of(const struct craft *datagram, struct part p)
{
    struct craft piece = {.data = NULL}, ip = {.data = NULL}, frame = {.data = NULL};
    craft_bytes(&piece, datagram->data + p.offset, p.size);
    craft_recipe(&ip, p.ipv6 ? "J2c 11 00 0000 00000000" : "I11", &piece);
    uint8_t *field = ip.data + (p.ipv6 ? 42 : 6), *id = ip.data + (p.ipv6 ? 46 : 4);
    uint32_t flags = (uint32_t)(p.ipv6 ? p.offset | p.more : p.offset / 8 | p.more * 0x2000u);
    field[0] = (uint8_t)(flags >> 8);
    field[1] = (uint8_t)flags;
    id[0] = (uint8_t)(p.id >> 8);
    id[1] = (uint8_t)p.id;
    craft_recipe(&frame, p.interface ? cooked : "", &ip);
    if (p.interface)
        frame.data[7] = (uint8_t)p.interface;
    craft_free(&piece);
    craft_free(&ip);
    return frame;
}

static void add_part(struct craft_file *file, uint64_t time_ns, const struct craft *datagram,
                     struct part p)
{
    struct craft frame = part_of(datagram, p);
    craft_record(file, time_ns, &frame);
    craft_free(&frame);
}

/* In three parts, of 16, 24 and what is left. */
static struct part third(const struct craft *datagram, unsigned number, struct part p)
{
    static const size_t offsets[] = {0, 16, 40};
    p.offset = offsets[number];
    p.more = number < 2;
    p.size = (number < 2 ? offsets[number + 1] : datagram->size) - p.offset;
    return p;
}

static void assert_whole(const struct pl_recording *recording, uint32_t packets, uint32_t payload)
{
    assert_int_equal(recording->stream_count, 1);
    assert_int_equal(recording->packet_count, packets);
    for (uint32_t i = 0; i < packets; i++) {
        const struct pl_recorded_packet *packet = pl_recording_packets(recording) + i;
        struct craft datagram = datagram_of((uint16_t)packet->position, payload);
        assert_int_equal(packet->datagram_size, datagram.size - UDP_BYTES);
        assert_memory_equal(pl_recording_datagrams(recording) + packet->datagram_offset,
                            datagram.data + UDP_BYTES, datagram.size - UDP_BYTES);
        craft_free(&datagram);
    }
}

/* Writes packets whose parts come in this order. */
static void write_in_order(struct craft_file *file, struct part p, const unsigned *order,
                           unsigned count)
{
    file->link = p.interface ? COOKED : RAW;
    craft_begin(file);
    for (uint16_t i = 0; i < PACKETS; i++) {
        struct craft datagram = datagram_of(i, 50);
        p.id = 100u + i;
        for (unsigned k = 0; k < count; k++)
            add_part(file, start_ns + i * 1000, &datagram, third(&datagram, order[k], p));
        craft_free(&datagram);
    }
}

static void in_any_order(void **state)
{
    (void)state;
    static const unsigned orders[][PARTS] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                             {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (size_t i = 0; i < 2 * sizeof orders / sizeof *orders; i++) {
        struct craft_file file = {.link = RAW};
        struct pl_capture_counts counts;
        write_in_order(&file, (struct part){.ipv6 = i % 2}, orders[i / 2], PARTS);
        struct pl_recording *recording = must_read(&file, NULL, &counts);
        assert_whole(recording, PACKETS, 50);
        assert_int_equal(pl_capture_not_udp(&counts), 0);
        free(recording);
    }
}

/* One that came again after its packet was whole is of no packet. */
static void doubled(void **state)
{
    (void)state;
    static const unsigned order[] = {0, 0, 2, 2, 1, 1};
    struct craft_file file = {.link = RAW};
    struct pl_capture_counts counts;
    write_in_order(&file, (struct part){.ipv6 = false}, order, 6);
    struct pl_recording *recording = must_read(&file, NULL, &counts);
    assert_whole(recording, PACKETS, 50);
    assert_int_equal(counts.skipped[PL_SKIPPED_FRAGMENTS], PACKETS);
    free(recording);
}

/* A network that doubles packets doubles all of their fragments: two packets, as where they are
 * whole. */
static void doubled_packets_stay_two(void **state)
{
    (void)state;
    static const unsigned order[] = {0, 1, 2, 0, 1, 2};
    struct craft_file file = {.link = RAW};
    struct pl_capture_counts counts;
    write_in_order(&file, (struct part){.interface = 3}, order, 6);
    struct pl_recording *recording = must_read(&file, NULL, &counts);
    assert_int_equal(recording->packet_count, 2 * PACKETS);
    assert_int_equal(counts.copies, 0);
    assert_int_equal(counts.skipped[PL_SKIPPED_FRAGMENTS], 0);
    free(recording);
}

/* What a bridge hands on, each fragment under two interfaces in turn. */
static void of_two_interfaces(void **state)
{
    (void)state;
    struct craft_file file = {.link = COOKED};
    struct pl_capture_counts counts;
    craft_begin(&file);
    for (uint16_t i = 0; i < PACKETS; i++) {
        struct craft datagram = datagram_of(i, 50);
        for (unsigned k = 0; k < 2 * PARTS; k++)
            add_part(&file, start_ns + i * 1000, &datagram,
                     third(&datagram, k / 2, (struct part){.id = i, .interface = 2 + k % 2}));
        craft_free(&datagram);
    }
    struct pl_recording *recording = must_read(&file, NULL, &counts);
    assert_whole(recording, PACKETS, 50);
    assert_int_equal(counts.copies, PACKETS);
    assert_int_equal(counts.skipped[PL_SKIPPED_FRAGMENTS], 0);
    free(recording);
}

/* Bytes that are there already stay as they came. */
static void overlapping(void **state)
{
    (void)state;
    struct craft_file file = {.link = RAW};
    struct pl_capture_counts counts;
    craft_begin(&file);
    for (uint16_t i = 0; i < PACKETS; i++) {
        struct craft datagram = datagram_of(i, 50), other = {.data = NULL};
        struct part p = {.id = i, .more = true, .size = 24};
        craft_fill(&other, 0xff, datagram.size);
        add_part(&file, start_ns + i * 1000, &datagram, p);
        p.offset = 8; /* within, and beyond, with other bytes where it is there already */
        memcpy(other.data + 24, datagram.data + 24, 8);
        add_part(&file, start_ns + i * 1000, &other, p);
        p.offset = 32;
        p.more = false;
        p.size = datagram.size - 32;
        add_part(&file, start_ns + i * 1000, &datagram, p);
        craft_free(&datagram);
        craft_free(&other);
    }
    struct pl_recording *recording = must_read(&file, NULL, &counts);
    assert_whole(recording, PACKETS, 50);
    free(recording);
}

static void incomplete_ones_are_counted(void **state)
{
    (void)state;
    static const unsigned order[] = {0, 2};
    struct craft_file file = {.link = RAW};
    struct pl_capture_counts counts;
    write_in_order(&file, (struct part){.ipv6 = true}, order, 2);
    for (uint16_t i = 0; i < 2; i++) {
        struct craft datagram = datagram_of(i, 50);
        add_part(&file, start_ns + 10000 + i, &datagram, (struct part){.size = datagram.size});
        craft_free(&datagram);
    }
    struct pl_recording *recording = must_read(&file, NULL, &counts);
    assert_whole(recording, 2, 50);
    assert_int_equal(counts.skipped[PL_SKIPPED_FRAGMENTS], 2 * PACKETS);
    assert_int_equal(pl_capture_not_udp(&counts), 2 * PACKETS);
    free(recording);
}

/* Larger than a network's packets, up to all that an IP packet may have. */
static void large_packets(void **state)
{
    (void)state;
    static const uint32_t payloads[] = {1500, 4000, 65507 - RTP_BYTES};
    enum { MTU = 1480 };
    for (size_t i = 0; i < 3; i++) {
        struct craft_file file = {.link = RAW};
        struct pl_capture_counts counts;
        craft_begin(&file);
        for (uint16_t k = 0; k < PACKETS; k++) {
            struct craft datagram = datagram_of(k, payloads[i]);
            for (size_t at = 0; at < datagram.size; at += MTU) {
                struct part p = {.id = k, .offset = at, .size = MTU, .more = true};
                p.more = at + MTU < datagram.size;
                p.size = p.more ? MTU : datagram.size - at;
                add_part(&file, start_ns + k * 1000, &datagram, p);
            }
            craft_free(&datagram);
        }
        struct pl_recording *recording = must_read(&file, NULL, &counts);
        assert_whole(recording, PACKETS, payloads[i]);
        free(recording);
    }
}

/* A tunnel's packets in fragments, and in each of those a fragment. */
static void within_each_other(void **state)
{
    (void)state;
    for (size_t split = 8; split <= 64; split += 8) {
        struct craft_file file = {.link = RAW};
        struct pl_capture_counts counts;
        craft_begin(&file);
        for (uint16_t i = 0; i < 2 * PACKETS; i++) {
            struct craft datagram = datagram_of(i / 2, 1000);
            struct part p = {.id = i / 2u, .more = i % 2 == 1}; /* the last one first */
            p.offset = p.more ? 0 : split;
            p.size = p.more ? split : datagram.size - split;
            struct craft inner = part_of(&datagram, p);
            struct part outer[2] = {{.id = 500u + i, .more = true, .size = 16}};
            outer[1] = (struct part){.id = 500u + i, .offset = 16, .size = inner.size - 16};
            for (unsigned k = 0; k < 2; k++) {
                struct craft frame = part_of(&inner, outer[k]);
                frame.data[9] = 4; /* IP in IP */
                craft_record(&file, start_ns + i * 1000, &frame);
                craft_free(&frame);
            }
            craft_free(&datagram);
            craft_free(&inner);
        }
        struct pl_recording *recording = must_read(&file, NULL, &counts);
        assert_whole(recording, PACKETS, 1000);
        assert_int_equal(pl_capture_not_udp(&counts), 0);
        free(recording);
    }
}

static struct pl_frame add(struct pl_fragments *f, uint32_t id, uint32_t offset, bool more,
                           int64_t time_ns)
{
    static const uint8_t bytes[8] = "eight!!";
    struct pl_dissected part = {
        .payload = {bytes, sizeof bytes, 0},
        .fragment = {.id = id, .offset = offset, .more = more, .layer = PL_LAYER_UDP}};
    struct pl_frame whole;
    struct pl_error error;
    assert_int_equal(pl_fragments_add(f, &part, time_ns, &whole, &error), 0);
    return whole;
}

/* The oldest is given up, and what comes of it later, too. */
static void more_than_can_be_under_way(void **state)
{
    (void)state;
    enum { MORE = 44, ALL = PL_FRAGMENTS_PENDING + MORE };
    struct pl_fragments f = {.number = 0};
    unsigned whole = 0;
    for (uint32_t id = 0; id < ALL; id++)
        assert_int_equal(add(&f, id, 0, true, 0).captured, 0);
    assert_int_equal(f.given_up, MORE);
    for (uint32_t id = ALL; id-- > 0;)
        whole += add(&f, id, 8, false, 0).captured == 16;
    assert_int_equal(whole, PL_FRAGMENTS_PENDING);
    pl_fragments_close(&f);
    assert_int_equal(f.given_up, 2 * MORE);
}

/* A number comes again, of 65,536 that IPv4 has. */
static void what_waits_too_long_is_given_up(void **state)
{
    (void)state;
    struct pl_fragments f = {.number = 0};
    add(&f, 1, 0, true, 0);
    assert_int_equal(add(&f, 1, 8, false, PL_FRAGMENTS_WAIT_NS + 1).captured, 0);
    assert_int_equal(f.given_up, 1);
    assert_int_equal(add(&f, 1, 0, true, 2 * PL_FRAGMENTS_WAIT_NS).captured, 16);
    pl_fragments_close(&f);
    assert_int_equal(f.given_up, 1);
}

static void unsound_ones_are_counted(void **state)
{
    (void)state;
    static const uint8_t bytes[16] = {0};
    const struct pl_dissected parts[] = {
        {.payload = {bytes, 7, 0}, .fragment = {.more = true}},
        {.payload = {bytes, 8, 1}, .fragment = {.more = true}}, /* cut by the snap length */
        {.payload = {bytes, 0, 0}, .fragment = {.offset = 8}},
        {.payload = {bytes, 16, 0}, .fragment = {.offset = 65528}},
    };
    struct pl_fragments f = {.number = 0};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct pl_frame whole;
        struct pl_error error;
        assert_int_equal(pl_fragments_add(&f, parts + i, 0, &whole, &error), 0);
        assert_int_equal(whole.captured, 0);
        assert_int_equal(f.given_up, i + 1);
    }
    assert_null(f.pending[0]);
    pl_fragments_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_any_order),
        cmocka_unit_test(doubled),
        cmocka_unit_test(doubled_packets_stay_two),
        cmocka_unit_test(of_two_interfaces),
        cmocka_unit_test(overlapping),
        cmocka_unit_test(incomplete_ones_are_counted),
        cmocka_unit_test(large_packets),
        cmocka_unit_test(within_each_other),
        cmocka_unit_test(more_than_can_be_under_way),
        cmocka_unit_test(what_waits_too_long_is_given_up),
        cmocka_unit_test(unsound_ones_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
