/* IPv4 (RFC 791), IPv6 (RFC 8200), UDP (RFC 768) and TCP (RFC 9293). A length that claims more than
 * the frame had on the wire makes the packet malformed; link padding behind the packet is dropped.
 */
#include <string.h>

#include "harness/traffic/dissect_layers.h"

enum { TUNNELS_MAX = 8 };
enum { UDP_HEADER = 8, TCP_HEADER = 20, IPV4_HEADER = 20, IPV6_HEADER = 40 };
enum { HOP_BY_HOP = 0, ROUTING = 43, FRAGMENT = 44, DESTINATION = 60 }; /* next header values */

/* Cuts the frame to `size` bytes on the wire. */
static bool limit_to(struct pl_frame *frame, size_t size)
{
    if (size > frame->captured + frame->missing)
        return false;
    if (size < frame->captured)
        frame->captured = size;
    frame->missing = size - frame->captured;
    return true;
}

/* IANA's protocol numbers. */
static enum pl_layer layer_of_protocol(uint8_t protocol)
{
    switch (protocol) {
    case 4:
        return PL_LAYER_IPV4;
    case 6:
        return PL_LAYER_TCP;
    case 17:
        return PL_LAYER_UDP;
    case 41:
        return PL_LAYER_IPV6;
    case 47:
        return PL_LAYER_GRE;
    case 137:
        return PL_LAYER_MPLS;
    default:
        return PL_LAYER_UNKNOWN;
    }
}

static enum pl_layer found(struct pl_dissected *d, enum pl_found what)
{
    d->found = what;
    return PL_LAYER_FOUND;
}

enum pl_layer pl_strip_ip(struct pl_frame *frame, struct pl_dissected *d)
{
    int version = frame->captured ? frame->data[0] >> 4 : 0;
    return version == 4   ? pl_strip_ipv4(frame, d)
           : version == 6 ? pl_strip_ipv6(frame, d)
                          : PL_LAYER_UNKNOWN;
}

enum pl_layer pl_strip_ipv4(struct pl_frame *frame, struct pl_dissected *d)
{
    const uint8_t *header = frame->data;
    if (frame->captured < IPV4_HEADER || header[0] >> 4 != 4)
        return PL_LAYER_UNKNOWN;
    size_t header_size = 4u * (header[0] & 0x0fu), total = pl_get16(header + 2);
    uint32_t fragment = pl_get16(header + 6);
    if (header_size < IPV4_HEADER || total < header_size)
        return PL_LAYER_UNKNOWN;
    d->flow = (struct pl_flow){.version = 4};
    memcpy(d->flow.source, header + 12, 4);
    memcpy(d->flow.destination, header + 16, 4);
    enum pl_layer layer = layer_of_protocol(header[9]);
    d->fragment = (struct pl_fragment){.id = pl_get16(header + 4) | (uint32_t)header[9] << 16,
                                       .offset = 8 * (fragment & 0x1fff),
                                       .more = fragment & 0x2000,
                                       .layer = layer};
    if (!limit_to(frame, total) || !pl_frame_skip(frame, header_size))
        return PL_LAYER_UNKNOWN;
    bool is_fragment = d->fragment.more || d->fragment.offset;
    return is_fragment && layer ? found(d, PL_FOUND_FRAGMENT) : layer;
}

/* Section 4.5. One that is whole by itself is none (RFC 6946). */
static bool enter_fragment(const uint8_t *header, struct pl_dissected *d)
{
    uint32_t offset = pl_get16(header + 2);
    d->fragment = (struct pl_fragment){.id = pl_get32(header + 4),
                                       .offset = offset & 0xfff8,
                                       .more = offset & 1,
                                       .layer = layer_of_protocol(header[0])};
    return d->fragment.more || d->fragment.offset;
}

/* Each extension header tells the next one's type and its own length in units of 8 bytes beyond
 * the first (section 4.2 on). What is fragmented may hold more of them: not followed. */
static enum pl_layer skip_extensions(uint8_t next, struct pl_frame *frame, struct pl_dissected *d)
{
    while (next == HOP_BY_HOP || next == ROUTING || next == DESTINATION || next == FRAGMENT) {
        if (frame->captured < 8)
            return PL_LAYER_UNKNOWN;
        const uint8_t *header = frame->data;
        bool is_part = next == FRAGMENT && enter_fragment(header, d);
        size_t size = next == FRAGMENT ? 8 : 8 * (1 + (size_t)header[1]);
        next = header[0];
        if (!pl_frame_skip(frame, size))
            return PL_LAYER_UNKNOWN;
        if (is_part)
            return d->fragment.layer ? found(d, PL_FOUND_FRAGMENT) : PL_LAYER_UNKNOWN;
    }
    return layer_of_protocol(next);
}

enum pl_layer pl_strip_ipv6(struct pl_frame *frame, struct pl_dissected *d)
{
    const uint8_t *header = frame->data;
    if (frame->captured < IPV6_HEADER || header[0] >> 4 != 6)
        return PL_LAYER_UNKNOWN;
    d->flow = (struct pl_flow){.version = 6};
    memcpy(d->flow.source, header + 8, 16);
    memcpy(d->flow.destination, header + 24, 16);
    uint8_t next = header[6];
    if (!limit_to(frame, IPV6_HEADER + (size_t)pl_get16(header + 4)) ||
        !pl_frame_skip(frame, IPV6_HEADER))
        return PL_LAYER_UNKNOWN;
    return skip_extensions(next, frame, d);
}

/* @return false where the port is no tunnel's, or nothing is found in it */
static bool enter_tunnel(struct pl_frame *frame, struct pl_dissected *d)
{
    enum pl_layer tunnel = pl_layer_of_port(d->flow.destination_port);
    struct pl_dissected inner;
    if (tunnel == PL_LAYER_FOUND || d->tunnels == TUNNELS_MAX)
        return false;
    pl_dissect_within(d->tunnels + 1, tunnel, *frame, &inner);
    if (!inner.found)
        return false;
    inner.interface = d->interface;
    *d = inner;
    *frame = inner.payload;
    return true;
}

enum pl_layer pl_strip_udp(struct pl_frame *frame, struct pl_dissected *d)
{
    if (frame->captured < UDP_HEADER)
        return PL_LAYER_UNKNOWN;
    d->flow.source_port = pl_get16(frame->data);
    d->flow.destination_port = pl_get16(frame->data + 2);
    size_t size = pl_get16(frame->data + 4);
    if (size < UDP_HEADER || !limit_to(frame, size) || !pl_frame_skip(frame, UDP_HEADER))
        return PL_LAYER_UNKNOWN;
    return enter_tunnel(frame, d) ? PL_LAYER_FOUND : found(d, PL_FOUND_UDP);
}

enum pl_layer pl_strip_tcp(struct pl_frame *frame, struct pl_dissected *d)
{
    enum { SYN = 0x02 };
    if (frame->captured < TCP_HEADER)
        return PL_LAYER_UNKNOWN;
    const uint8_t *header = frame->data;
    d->flow.source_port = pl_get16(header);
    d->flow.destination_port = pl_get16(header + 2);
    d->opens = header[13] & SYN;
    d->sequence = pl_get32(header + 4) + d->opens;
    size_t size = 4u * (header[12] >> 4);
    if (size < TCP_HEADER || !pl_frame_skip(frame, size))
        return PL_LAYER_UNKNOWN;
    return found(d, PL_FOUND_TCP);
}
