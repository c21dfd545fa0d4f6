/* Writes small captures of every kind into a folder. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/traffic/tests/crafted.h"
#include "harness/traffic/tests/crafted_layers.h"

enum { PACKETS = 3, GAP_NS = 20000000 };

static void write_file(const char *folder, const char *name, struct craft_file *file)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "wb");
    if (!out || fwrite(file->bytes.data, 1, file->bytes.size, out) != file->bytes.size ||
        fclose(out)) {
        perror(path);
        exit(1);
    }
    craft_free(&file->bytes);
}

static struct craft rtp_of(uint16_t sequence, uint32_t ssrc, uint32_t payload)
{
    struct craft rtp = {.data = NULL};
    craft_rtp(&rtp, &(struct craft_rtp){.sequence = sequence,
                                        .timestamp = 160u * sequence,
                                        .ssrc = ssrc,
                                        .payload = payload});
    return rtp;
}

static void add_frame(struct craft_file *file, uint32_t interface, const char *recipe,
                      const struct craft *payload)
{
    struct craft frame = {.data = NULL};
    craft_recipe(&frame, recipe, payload);
    craft_record_of(file, interface, start_ns + file->records * GAP_NS, &frame,
                    (uint32_t)frame.size, (uint32_t)frame.size);
    craft_free(&frame);
}

static void add_stream(struct craft_file *file, uint32_t interface, const char *recipe,
                       uint32_t ssrc)
{
    for (uint16_t i = 0; i < PACKETS; i++) {
        struct craft rtp = rtp_of(i, ssrc, 20);
        add_frame(file, interface, recipe, &rtp);
        craft_free(&rtp);
    }
}

/* A file for each group's rows of one link type, and in it a stream for each row. */
static void write_group(const char *folder, const struct crafted_group *group)
{
    char name[64];
    for (size_t i = 0; i < group->count; i++) {
        struct craft_file file = {.link = (uint32_t)group->rows[i].link};
        craft_begin(&file);
        for (size_t k = 0; k < group->count; k++)
            if (group->rows[k].link == group->rows[i].link)
                add_stream(&file, 0, group->rows[k].recipe, (uint32_t)k + 1);
        snprintf(name, sizeof name, "%s-%d.pcap", group->name, group->rows[i].link);
        write_file(folder, name, &file);
    }
}

static void write_interfaces(const char *folder, bool swapped, const char *name)
{
    struct craft_file file = {.link = 1, .pcapng = true, .swapped = swapped};
    craft_begin(&file);
    file.link = 101;
    craft_interface(&file, 6);
    add_stream(&file, 0, "020202020202 030303030303 0800 I11 U138c", 1);
    add_stream(&file, 0, "020202020202 030303030303 8100 0064 0800 I11 U138c", 2);
    craft_begin(&file);
    file.block = CRAFT_OLD;
    add_stream(&file, 0, "J11 U138c", 3);
    file.block = CRAFT_SIMPLE;
    add_frame(&file, 0, "I11 U0035 1234", NULL);
    write_file(folder, name, &file);
}

/* Two halves of each packet, as IPv4 and as IPv6 have it; those of the latter stand in a tunnel. */
static void write_fragments(const char *folder)
{
    struct craft_file file = {.link = 101};
    craft_begin(&file);
    for (uint16_t i = 0; i < 2 * PACKETS; i++) {
        bool ipv6 = i % 2;
        struct craft rtp = rtp_of(i / 2, ipv6 + 1u, 76), whole = {.data = NULL};
        craft_recipe(&whole, "U138c", &rtp);
        for (unsigned half = 0; half < 2; half++) {
            struct craft piece = {.data = whole.data + half * 48, .size = 48}, ip = {.data = NULL};
            craft_recipe(&ip, ipv6 ? "J2c 11 00 0000 0000 0000" : "I11", &piece);
            uint8_t *field = ip.data + (ipv6 ? 42 : 6);
            field[0] = !ipv6 && half == 0 ? 0x20 : 0;
            field[1] = (uint8_t)(ipv6 ? half * 48 + (half == 0) : half * 6);
            ip.data[ipv6 ? 47 : 5] = (uint8_t)i;
            add_frame(&file, 0, ipv6 ? "I29" : "", &ip);
            craft_free(&ip);
        }
        craft_free(&rtp);
        craft_free(&whole);
    }
    write_file(folder, "fragments.pcap", &file);
}

/* Channels, indications, and what else STUN, DTLS and RTCP have. */
static void write_relayed(const char *folder)
{
    static const char indication[] = "I11 U0d96 0017 0034 2112a442 0102030405060708090a0b0c "
                                     "0012 0008 0001 1234 0a000001 0013 0020";
    struct craft_file file = {.link = 101};
    craft_begin(&file);
    add_frame(&file, 0, "I11 U0d96 0001 0000 2112a442 0102030405060708090a0b0c", NULL);
    add_stream(&file, 0, "I11 U0d96 4001 0020", 1);
    add_stream(&file, 0, indication, 2);
    add_stream(&file, 0, "J11 U138c", 3);
    add_frame(&file, 0, "I11 U138c 16fefd 0000 000000000001 0000", NULL);
    add_frame(&file, 0, "I11 U138d 80c8 0006 00000003 0000000000000000 00000000 00000000 00000000",
              NULL);
    write_file(folder, "relayed.pcap", &file);
}

static void add_segment(struct craft_file *file, const struct craft *stream, size_t at, size_t end)
{
    struct craft piece = {.data = stream->data + at, .size = end - at};
    char recipe[128];
    snprintf(recipe, sizeof recipe, "I06 022a 9c40 %08zx 00000001 5018 ffff 00000000", 1 + at);
    add_frame(file, 0, recipe, &piece);
}

/* What the server sends; the first packet behind its answer begins at `*head`. */
static struct craft answer_and_packets(size_t *head)
{
    static const char answer[] = "RTSP/1.0 200 OK\r\nCSeq: 3\r\nSession: 1\r\n"
                                 "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n";
    struct craft stream = {.data = NULL};
    craft_bytes(&stream, answer, strlen(answer));
    *head = stream.size;
    for (uint16_t i = 0; i < 2 * PACKETS; i++) {
        struct craft rtp = rtp_of(i, 1, 20);
        craft_recipe(&stream, "2400 0020", &rtp);
        craft_recipe(&stream, "2401 0008 80c9 0001 00000001", NULL);
        craft_free(&rtp);
    }
    return stream;
}

/* In segments that end within packets, two and two of them in turn where they are not in order. */
static void write_interleaved(const char *folder, bool in_order, const char *name)
{
    enum { SIZE = 36 };
    struct craft_file file = {.link = 101};
    size_t head;
    struct craft stream = answer_and_packets(&head);
    size_t count = (stream.size - head + SIZE - 1) / SIZE;
    craft_begin(&file);
    add_segment(&file, &stream, 0, head);
    for (size_t i = 0; i < count; i++) {
        size_t k = in_order || (i | 1) == count ? i : i ^ 1, end = head + (k + 1) * SIZE;
        add_segment(&file, &stream, head + k * SIZE, end < stream.size ? end : stream.size);
    }
    craft_free(&stream);
    write_file(folder, name, &file);
}

/* Two cards, of which one's clock is late. */
static void write_disorder(const char *folder)
{
    struct craft_file file = {.link = 101};
    craft_begin(&file);
    for (uint16_t i = 0; i < 4 * PACKETS; i++) {
        struct craft rtp = rtp_of(i / 2, 1u + i % 2, 20), frame = {.data = NULL};
        craft_recipe(&frame, "I11 U138c", &rtp);
        craft_record(&file, start_ns + i * GAP_NS - i % 2 * (GAP_NS + 12), &frame);
        craft_free(&rtp);
        craft_free(&frame);
    }
    write_file(folder, "two-clocks.pcap", &file);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: plimsoll-write-captures FOLDER\n");
        return 2;
    }
    for (const struct crafted_group *group = crafted_groups; group->name; group++)
        write_group(argv[1], group);
    write_interfaces(argv[1], false, "interfaces-of-two-links.pcapng");
    write_interfaces(argv[1], true, "interfaces-of-two-links-swapped.pcapng");
    write_fragments(argv[1]);
    write_relayed(argv[1]);
    write_interleaved(argv[1], true, "interleaved.pcap");
    write_interleaved(argv[1], false, "interleaved-out-of-order.pcap");
    write_disorder(argv[1]);
    return 0;
}
