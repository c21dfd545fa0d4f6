/* Writes captures: RFC 3550 and below, pcap and pcapng (draft-ietf-opsawg-pcap, -pcapng). */
#include "harness/traffic/tests/craft.h"

#include <stdlib.h>
#include <string.h>

void craft_free(struct craft *craft)
{
    free(craft->data);
    *craft = (struct craft){.data = NULL};
}

void craft_bytes(struct craft *craft, const void *bytes, size_t size)
{
    if (craft->capacity - craft->size < size) {
        craft->capacity = 2 * craft->capacity + size + 64;
        craft->data = realloc(craft->data, craft->capacity);
        if (!craft->data)
            abort();
    }
    if (size > 0)
        memcpy(craft->data + craft->size, bytes, size);
    craft->size += size;
}

void craft_fill(struct craft *craft, uint8_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        craft_bytes(craft, &value, 1);
}

static void craft_8(struct craft *craft, uint32_t value)
{
    craft_fill(craft, (uint8_t)value, 1);
}

void craft_be16(struct craft *craft, uint32_t value)
{
    craft_8(craft, value >> 8);
    craft_8(craft, value);
}

void craft_be32(struct craft *craft, uint32_t value)
{
    craft_be16(craft, value >> 16);
    craft_be16(craft, value);
}

void craft_rtp(struct craft *out, const struct craft_rtp *rtp)
{
    craft_8(out, 0x80 | (rtp->padding ? 0x20u : 0) | (rtp->extended ? 0x10u : 0) | rtp->csrcs);
    craft_8(out, rtp->type);
    craft_be16(out, rtp->sequence);
    craft_be32(out, rtp->timestamp);
    craft_be32(out, rtp->ssrc);
    craft_fill(out, 0xcc, 4 * (size_t)rtp->csrcs);
    if (rtp->extended) {
        craft_be16(out, 0xbede);
        craft_be16(out, rtp->extension_words);
        craft_fill(out, 0xee, 4 * (size_t)rtp->extension_words);
    }
    for (uint32_t i = 0; i < rtp->payload; i++)
        craft_8(out, rtp->sequence + i);
    if (rtp->padding) {
        craft_fill(out, 0, rtp->padding - 1u);
        craft_8(out, rtp->padding);
    }
}

static void craft_family(struct craft *out, const struct craft_frame *frame)
{
    uint32_t family = frame->family ? frame->family : frame->ipv6 ? 10 : 2;
    bool big = frame->big_family || frame->link == 108;
    craft_be32(out, big ? family : __builtin_bswap32(family));
}

/* Behind the place of an EtherType: tags, and the EtherType of IP. */
static void craft_type(struct craft *out, const struct craft_frame *frame, bool place)
{
    uint32_t type = frame->ipv6 ? 0x86dd : 0x0800;
    if (place) {
        craft_be16(out, frame->tags > 1 ? 0x88a8 : frame->tags == 1 ? 0x8100 : type);
        return;
    }
    for (uint32_t left = frame->tags; left > 0; left--) {
        craft_be16(out, 100 + left);
        craft_be16(out, left > 2 ? 0x88a8 : left == 2 ? 0x8100 : type);
    }
}

static void craft_link(struct craft *out, const struct craft_frame *frame)
{
    switch (frame->link) {
    case 0:
    case 108:
        craft_family(out, frame);
        return;
    case 1:
        craft_fill(out, 2, 12);
        craft_type(out, frame, true);
        break;
    case 113:
        craft_fill(out, 3, 14);
        craft_type(out, frame, true);
        break;
    case 276:
        craft_type(out, frame, true);
        craft_fill(out, 4, 18);
        break;
    default:
        return;
    }
    craft_type(out, frame, false);
}

static void craft_ipv4(struct craft *out, const struct craft_frame *frame, size_t size)
{
    craft_8(out, 0x45 + frame->ipv4_options);
    craft_8(out, 0);
    craft_be16(out, (uint32_t)(20 + 4 * frame->ipv4_options + size));
    craft_be16(out, 7);
    craft_be16(out, frame->fragment);
    craft_8(out, 64);
    craft_8(out, frame->protocol ? frame->protocol : 17);
    craft_be16(out, 0);
    craft_be32(out, 0x0a000001);
    craft_be32(out, 0x0a000002);
    craft_fill(out, 1, 4 * (size_t)frame->ipv4_options);
}

static void craft_ipv6(struct craft *out, const struct craft_frame *frame, size_t size)
{
    uint8_t protocol = frame->protocol ? frame->protocol : 17;
    craft_be32(out, 0x60000000);
    craft_be16(out, (uint32_t)(size + (frame->extension_headers ? 8 + 16 + 8 : 0)));
    craft_8(out, frame->extension_headers ? 0 : protocol);
    craft_8(out, 64);
    craft_fill(out, 0x20, 16);
    craft_fill(out, 0x21, 16);
    if (!frame->extension_headers)
        return;
    craft_8(out, 60); /* hop-by-hop, then destination options */
    craft_fill(out, 0, 7);
    craft_8(out, 43); /* destination options of 16 bytes, then routing */
    craft_8(out, 1);
    craft_fill(out, 0, 14);
    craft_8(out, protocol);
    craft_fill(out, 0, 7);
}

void craft_frame(struct craft *out, const struct craft_frame *frame, const struct craft *payload)
{
    size_t size = 8 + payload->size;
    craft_link(out, frame);
    if (frame->ipv6)
        craft_ipv6(out, frame, size);
    else
        craft_ipv4(out, frame, size);
    craft_be16(out, 4000);
    craft_be16(out, frame->port ? frame->port : 5004);
    craft_be16(out, (uint32_t)size + frame->udp_excess);
    craft_be16(out, 0);
    craft_bytes(out, payload->data, payload->size);
    craft_fill(out, 0x55, frame->trailer);
}

static void file_16(struct craft_file *file, uint32_t value)
{
    uint16_t v = (uint16_t)value;
    v = file->swapped ? __builtin_bswap16(v) : v;
    craft_bytes(&file->bytes, &v, sizeof v);
}

static void file_32(struct craft_file *file, uint32_t value)
{
    value = file->swapped ? __builtin_bswap32(value) : value;
    craft_bytes(&file->bytes, &value, sizeof value);
}

static uint32_t snap_of(const struct craft_file *file)
{
    return file->snap ? file->snap : 262144;
}

void craft_interface(struct craft_file *file, uint8_t digits)
{
    file_32(file, 1);
    file_32(file, 32);
    file_16(file, file->link);
    file_16(file, 0);
    file_32(file, snap_of(file));
    file_16(file, 9); /* if_tsresol */
    file_16(file, 1);
    craft_8(&file->bytes, digits);
    craft_fill(&file->bytes, 0, 3);
    file_32(file, 0); /* opt_endofopt */
    file_32(file, 32);
}

static void begin_pcapng(struct craft_file *file)
{
    file_32(file, 0x0a0d0d0a);
    file_32(file, 28);
    file_32(file, 0x1a2b3c4d);
    file_16(file, 1);
    file_16(file, 0);
    file_32(file, UINT32_MAX);
    file_32(file, UINT32_MAX);
    file_32(file, 28);
    craft_interface(file, file->micro ? 6 : 9);
}

void craft_begin(struct craft_file *file)
{
    if (file->pcapng) {
        begin_pcapng(file);
        return;
    }
    file_32(file, file->micro ? 0xa1b2c3d4 : 0xa1b23c4d);
    file_16(file, 2);
    file_16(file, 4);
    file_32(file, 0);
    file_32(file, 0);
    file_32(file, snap_of(file));
    file_32(file, file->link);
}

static void begin_block(struct craft_file *file, uint32_t interface, uint64_t ticks, uint32_t size)
{
    static const uint32_t types[] = {[CRAFT_ENHANCED] = 6, [CRAFT_OLD] = 2, [CRAFT_SIMPLE] = 3};
    file_32(file, types[file->block]);
    file_32(file, size);
    if (file->block == CRAFT_SIMPLE)
        return;
    if (file->block == CRAFT_OLD) {
        file_16(file, interface);
        file_16(file, 0xffff);
    } else {
        file_32(file, interface);
    }
    file_32(file, (uint32_t)(ticks >> 32));
    file_32(file, (uint32_t)ticks);
}

void craft_record_of(struct craft_file *file, uint32_t interface, uint64_t ticks,
                     const struct craft *frame, uint32_t captured, uint32_t length)
{
    uint64_t second = file->micro ? 1000000 : 1000000000;
    uint32_t padding = (uint32_t)(-frame->size & 3);
    bool simple = file->pcapng && file->block == CRAFT_SIMPLE;
    uint32_t block = (simple ? 16 : 32) + (uint32_t)frame->size + padding;
    if (file->pcapng) {
        begin_block(file, interface, ticks, block);
    } else {
        file_32(file, (uint32_t)(ticks / second));
        file_32(file, (uint32_t)(ticks % second));
    }
    if (!simple)
        file_32(file, captured);
    file_32(file, length);
    craft_bytes(&file->bytes, frame->data, frame->size);
    if (file->pcapng) {
        craft_fill(&file->bytes, 0, padding);
        file_32(file, block);
    }
    if (file->records < sizeof file->ends / sizeof *file->ends)
        file->ends[file->records] = file->bytes.size;
    file->records++;
}

void craft_record(struct craft_file *file, uint64_t time_ns, const struct craft *frame)
{
    craft_record_of(file, 0, file->micro ? time_ns / 1000 : time_ns, frame, (uint32_t)frame->size,
                    (uint32_t)frame->size);
}

void craft_rtp_record(struct craft_file *file, uint64_t time_ns, const struct craft_frame *frame,
                      const struct craft_rtp *rtp)
{
    struct craft payload = {.data = NULL};
    struct craft whole = {.data = NULL};
    craft_rtp(&payload, rtp);
    craft_frame(&whole, frame, &payload);
    craft_record(file, time_ns, &whole);
    craft_free(&payload);
    craft_free(&whole);
}
